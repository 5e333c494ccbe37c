extension ContactPresence {
    /// Language and payload as bytes to keep, the language first, then a zero byte.
    ///
    /// Resource and availability are kept by the caller, who compares them.
    public var stored: [UInt8] { Array((language ?? "").utf8) + [0] + payload }

    /// Reads what ``stored`` wrote; nil for anything else.
    ///
    /// - Parameter stored: the bytes.
    public init?(stored: [UInt8]) {
        guard let end = stored.firstIndex(of: 0) else { return nil }
        let language = String(decoding: stored[..<end], as: UTF8.self)
        self.init(
            resource: nil,
            isAvailable: true,
            payload: Array(stored[(end + 1)...]),
            language: language.isEmpty ? nil : language
        )
    }
}
