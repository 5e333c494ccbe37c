/// A picture as a web server gave it.
public struct Picture: Sendable, Equatable {
    /// The media type, which is also what its first bytes say: `image/png`, `image/jpeg`, `image/gif` or `image/webp`.
    public let type: String
    /// The picture.
    public let bytes: [UInt8]

    /// Takes what a web server gave.
    ///
    /// - Parameters:
    ///   - bytes: the content.
    ///   - type: the Content-Type; nil for none.
    /// - Throws: ``HTTPSFault`` with `.malformed` when it is no picture, or not the one that it is said to be.
    ///
    /// Source: RFC 9110 §8.3.
    init(_ bytes: [UInt8], said type: String?) throws(HTTPSFault) {
        let essence = (type ?? "").prefix { $0 != ";" && $0 != " " && $0 != "\t" }.lowercased()
        guard let found = Self.type(of: bytes), found == essence else {
            throw HTTPSFault(.malformed, "the document is no picture of a type that is taken")
        }
        self.type = found
        self.bytes = bytes
    }

    /// What is asked for.
    static let types = ["image/png", "image/jpeg", "image/gif", "image/webp"]

    /// Pictures that can hold scripts are none.
    private static func type(of bytes: [UInt8]) -> String? {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return types[0] }
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return types[1] }
        if bytes.starts(with: "GIF8".utf8) { return types[2] }
        return bytes.starts(with: "RIFF".utf8) && bytes.dropFirst(8).starts(with: "WEBP".utf8) ? types[3] : nil
    }
}

/// The bounds of retrieving pictures.
public struct PictureLimits: Sendable, Equatable {
    /// The most bytes of a picture.
    public var bytes = 64 << 10
    /// How many are retrieved at one time.
    public var retrievals = 8
    /// How many redirects are followed.
    public var redirects = 3
    /// How many seconds one retrieval may take, with all redirects.
    public var seconds: Int64 = 10
    /// The port of web servers; no other is followed.
    public var webPort: UInt16 = 443

    /// The defaults.
    public init() {}
}
