/// The root of a stream, whose name and namespaces outlive its start tag.
extension SAXReader {
    private static func string(_ pointer: UnsafePointer<UInt8>?) -> String {
        guard let pointer = unsafe pointer else { return "" }
        // libxml2 ends every name with a zero byte.
        var count = 0
        while unsafe pointer[count] != 0 { count += 1 }
        return unsafe String(
            decoding: ampersandsRestored(UnsafeBufferPointer(start: pointer, count: count)),
            as: UTF8.self
        )
    }

    static func declarations(
        _ pairs: UnsafeBufferPointer<UnsafePointer<UInt8>?>
    ) -> [XML.NamespaceDeclaration] {
        stride(from: 0, to: pairs.count - 1, by: 2).map { place in
            unsafe XML.NamespaceDeclaration(prefix: string(pairs[place]), namespace: string(pairs[place + 1]))
        }
    }

    /// Whether an element has the name of the root; one look at the first letter says no to most.
    func isRoot(_ local: UnsafePointer<UInt8>, _ uri: UnsafePointer<UInt8>?) -> Bool {
        // libxml2 ends every name with a zero byte, which is in no name of ours.
        for (index, byte) in rootName.local.enumerated() where unsafe local[index] != byte { return false }
        return unsafe local[rootName.local.count] == 0 && Self.string(uri) == rootName.uri
    }

    mutating func rememberRoot(
        _ local: UnsafePointer<UInt8>,
        _ prefix: UnsafePointer<UInt8>?,
        _ uri: UnsafePointer<UInt8>?,
        _ pairs: UnsafeBufferPointer<UnsafePointer<UInt8>?>
    ) {
        unsafe rootName = (Array(Self.string(local).utf8), Self.string(uri))
        var tag = Array("<".utf8)
        if unsafe prefix != nil { tag += Array(unsafe Self.string(prefix).utf8) + [0x3A] }
        tag += Array(unsafe Self.string(local).utf8)
        for declaration in unsafe Self.declarations(pairs) {
            tag += Array((declaration.prefix.isEmpty ? " xmlns" : " xmlns:\(declaration.prefix)").utf8)
            tag += Array("='".utf8)
            Escaping.append(declaration.namespace, to: &tag, as: .attribute)
            tag += Array("'".utf8)
        }
        replay = tag + Array(">".utf8)
    }
}
