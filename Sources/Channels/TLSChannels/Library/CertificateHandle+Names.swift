import COpenSSL

extension CertificateHandle {
    /// id-on-xmppAddr and id-on-dnsSRV.
    private static let (xmppAddress, srvName) = ("1.3.6.1.5.5.7.8.5", "1.3.6.1.5.5.7.8.7")

    /// The names of the subject, read from the decoded structure, never from a printed form.
    var names: CertificateNames {
        var names = CertificateNames()
        names.commonNames = commonNames
        var critical: Int32 = 0
        // -1 when the extension is absent; -2 when there are several, and then none counts.
        let found = unsafe X509_get_ext_d2i(pointer, NID_subject_alt_name, &critical, nil)
        names.hasAlternativeNames = critical != -1
        LibraryErrors.clear()
        guard let found = unsafe found else {
            names.malformedCount = critical == -1 ? 0 : 1
            return names
        }
        // The stack and all in it are ours and are freed at the end.
        let stack = OpaquePointer(found)
        defer { unsafe GENERAL_NAMES_free(stack) }
        let count = unsafe isthmus_names_count(stack)
        for index in 0..<count {
            guard let name = unsafe isthmus_names_at(stack, index) else { continue }
            unsafe read(name, into: &names)
        }
        return names
    }

    private func read(_ name: UnsafeMutablePointer<GENERAL_NAME>, into names: inout CertificateNames) {
        let kind = unsafe isthmus_name_kind(name)
        guard [GEN_DNS, GEN_URI, GEN_OTHERNAME].contains(kind) else {
            return
        }
        let other = unsafe isthmus_name_object(name).map { unsafe Self.dotted($0) }
        if let other, other != Self.xmppAddress, other != Self.srvName { return }
        guard let text = unsafe Self.string(of: name) else {
            names.malformedCount += 1
            return
        }
        let isUTF8 = unsafe other != nil && isthmus_name_string_type(name) == V_ASN1_UTF8STRING
        switch (kind, other) {
        case (_, Self.xmppAddress) where isUTF8: names.xmppAddresses.append(text)
        case (_, Self.srvName) where !isUTF8: names.srvNames.append(text)
        case (GEN_DNS, _): names.dnsNames.append(text)
        case (GEN_URI, _): names.uris.append(text)
        default: names.malformedCount += 1
        }
    }

    /// The text of a name; nil when it is of a wrong type, not UTF-8, empty, or holds a NUL that could hide its end.
    private static func string(of name: UnsafeMutablePointer<GENERAL_NAME>) -> String? {
        var length: Int32 = 0
        // The bytes belong to the name, which outlives the copy.
        guard let start = unsafe isthmus_name_string(name, &length), length > 0 else { return nil }
        let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: Int(length)))
        guard !bytes.contains(0) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func dotted(_ object: OpaquePointer) -> String {
        var buffer = [CChar](repeating: 0, count: 80)
        // Writes at most the count, with a NUL.
        let count = unsafe OBJ_obj2txt(&buffer, Int32(buffer.count), object, 1)
        guard count > 0, count < buffer.count else { return "" }
        return String(decoding: buffer.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private var commonNames: [String] {
        let name = unsafe X509_get_subject_name(pointer)
        var found: [String] = []
        var index: Int32 = -1
        while true {
            index = unsafe X509_NAME_get_index_by_NID(name, NID_commonName, index)
            guard index >= 0 else { return found }
            var text: UnsafeMutablePointer<UInt8>?
            // The library allocates the UTF-8 form, which is freed once copied.
            let count = unsafe ASN1_STRING_to_UTF8(
                &text,
                X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index))
            )
            guard count >= 0, let start = unsafe text else { continue }
            let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: Int(count)))
            unsafe CRYPTO_free(start, "", 0)
            if !bytes.contains(0) { found.append(String(decoding: bytes, as: UTF8.self)) }
        }
    }
}
