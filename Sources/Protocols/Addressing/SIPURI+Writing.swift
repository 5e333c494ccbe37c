extension SIPURI: CustomStringConvertible {
    /// The URI with scheme, as it is written on the wire; spellings of user, host and parameters are kept.
    public var description: String {
        if password == nil, port == nil, parameters.isEmpty, headers == nil {
            return UTF8Text.address(scheme: isSecure ? "sips:" : "sip:", user, host.description)
        }
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the bytes of ``description``.
    public func append(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: (isSecure ? "sips:" : "sip:").utf8)
        if let user {
            bytes.append(contentsOf: user.utf8)
            if let password {
                bytes.append(UInt8(ascii: ":"))
                bytes.append(contentsOf: password.utf8)
            }
            bytes.append(UInt8(ascii: "@"))
        }
        bytes.append(contentsOf: host.description.utf8)
        if let port {
            bytes.append(UInt8(ascii: ":"))
            bytes.append(contentsOf: String(port).utf8)
        }
        for parameter in parameters {
            bytes.append(UInt8(ascii: ";"))
            bytes.append(contentsOf: parameter.name.utf8)
            if let value = parameter.value {
                bytes.append(UInt8(ascii: "="))
                bytes.append(contentsOf: value.utf8)
            }
        }
        if let headers {
            bytes.append(UInt8(ascii: "?"))
            bytes.append(contentsOf: headers.utf8)
        }
    }

    /// The one spelling that all equal URIs share: for keys and for storage.
    ///
    /// Escapes of unreserved characters are undone, the others are upper-case; the host is lower-case without final
    /// dot; parameters stand in order of their names.
    public var canonicalDescription: String {
        if password == nil, port == nil, parameters.isEmpty, headers == nil {
            let user = user.map { PercentEncoding.canonical($0) }
            return UTF8Text.address(scheme: isSecure ? "sips:" : "sip:", user, host.canonical)
        }
        var text = isSecure ? "sips:" : "sip:"
        if let user {
            text += PercentEncoding.canonical(user)
            if let password { text += ":" + PercentEncoding.canonical(password) }
            text += "@"
        }
        text += host.canonical
        if let port { text += ":\(port)" }
        for (name, value) in canonicalParameters {
            text += ";" + name
            if let value { text += "=" + value }
        }
        let headers = canonicalHeaders
        if !headers.isEmpty { text += "?" + headers.joined(separator: "&") }
        return text
    }

    /// The one spelling that all URIs of the same user at the same host share, as a `sip` URI whatever the scheme: no
    /// password, port, parameters or headers.
    public var canonicalAddress: String {
        UTF8Text.address(scheme: "sip:", user.map { PercentEncoding.canonical($0) }, host.canonical)
    }

    /// The parameters in canonical spelling, in order of their names.
    var canonicalParameters: [(name: String, value: String?)] {
        if parameters.isEmpty { return [] }
        return parameters.map { ($0.canonicalName, $0.canonicalValue) }.sorted { $0.0 < $1.0 }
    }

    /// The headers with lower-case names, in order.
    var canonicalHeaders: [String] {
        guard let headers, !headers.isEmpty else { return [] }
        return headers.utf8.split(separator: UInt8(ascii: "&")).map { header in
            let parts = header.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = PercentEncoding.canonical(String(decoding: parts[0], as: UTF8.self), lowercased: true)
            if parts.count == 1 { return name }
            return name + "=" + PercentEncoding.canonical(String(decoding: parts[1], as: UTF8.self))
        }.sorted()
    }
}
