/// What a message says once MIME is undone: plain text, marked-up text, or the address of something stored elsewhere.
struct MessageText: Equatable {
    /// The plain text in UTF-8, line ends as received; nil when there is only marked-up text.
    var plain: ArraySlice<UInt8>?
    /// HTML in UTF-8, as received.
    var html: ArraySlice<UInt8>?
    /// The URL of a body that is stored elsewhere.
    var url: String?
    /// The parts that rows take, in order.
    var parts: [FoundPart] = []
    /// The language of the part that was chosen.
    var language: String?
    /// What was dropped, by loss class.
    var losses: [String] = []
    /// What was tolerated, in the words of records.
    var notes: [String] = []
}

/// What a body is.
enum BodyKind: Equatable {
    /// A message that somebody reads.
    case message(MessageText)
    /// A report or a state that is no text: receipts and composing states.
    case signal(String)
}
