/// The part of an XML declaration that has to be known before libxml2 is asked.
enum XMLDeclaration {
    /// The value of the encoding declaration, or nil when there is none.
    ///
    /// - Parameter bytes: the declaration behind `<?`.
    /// - Returns: the value as written.
    static func encoding(in bytes: [UInt8]) -> ArraySlice<UInt8>? {
        let name = Array("encoding".utf8)
        guard bytes.count > name.count else { return nil }
        for start in 0..<(bytes.count - name.count) where bytes[start...].starts(with: name) {
            var index = start + name.count
            func skipSpace() { while index < bytes.count, bytes[index] <= 0x20 { index += 1 } }
            skipSpace()
            guard index < bytes.count, bytes[index] == 0x3D else { continue }
            index += 1
            skipSpace()
            guard index < bytes.count, bytes[index] == 0x22 || bytes[index] == 0x27 else { continue }
            let quote = bytes[index]
            let end = bytes[(index + 1)...].firstIndex(of: quote) ?? bytes.endIndex
            return bytes[(index + 1)..<end]
        }
        return nil
    }
}
