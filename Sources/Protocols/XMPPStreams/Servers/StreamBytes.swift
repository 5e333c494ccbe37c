/// Cuts what came into pieces that end with a tag.
///
/// A parser that is fed whole tags stops at the end of an element, so that whoever drives a stream knows what stands
/// behind it: bytes that injure `<starttls/>`, or the header of the next stream, which belongs to another parser.
///
/// Source: RFC 6120 §5.4.3.3, §4.3.3.
public enum StreamBytes {
    /// Takes the bytes up to and including the first `>`.
    ///
    /// - Parameter bytes: what came and is not yet read; loses what is returned.
    /// - Returns: the first piece; all when there is no such byte.
    public static func next(_ bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let end = bytes.firstIndex(of: 0x3E).map { $0 + 1 } ?? bytes.endIndex
        let piece = bytes[..<end]
        bytes = bytes[end...]
        return piece
    }
}
