/// The classes of what can be lost; the loss table says of each what is done.
public enum LossClass: String, Sendable, CaseIterable {
    /// Marked-up text of which only the plain text crossed.
    case html = "message.html"
    /// A part of a multipart that has no counterpart.
    case part = "message.part"
    /// An extension element that no row names.
    case element = "message.extension"
    /// A header of a Message/CPIM object that no row names.
    case header = "message.header"
    /// Subjects in further languages.
    case subject = "message.subject"
    /// Bodies in further languages.
    case body = "message.body"
    /// Recipients of copies.
    case copies = "message.copies"
    /// The thread of the conversation.
    case thread = "message.thread"
    /// A value that its converter could not convert.
    case value = "message.value"
    /// Characters that the target cannot carry.
    case characters = "message.characters"
    /// Reactions to an earlier message.
    case reactions = "message.reactions"
    /// A message that failed after its sender was told that it was accepted.
    case undelivered = "message.undelivered"

    /// An activity that the other side has no word for, or of which only a part crossed.
    case presenceActivity = "presence.activity"
    /// A mood that the other side has no word for.
    case presenceMood = "presence.mood"
    /// A show that is none of the four, or that stands beside an absence.
    case presenceShow = "presence.show.unknown"
    /// An element of a stanza that no row names.
    case presenceElement = "presence.element"
    /// An element of a document that no row names.
    case presenceDocument = "presence.document"
    /// A tuple that is no resource of the user.
    case presenceTuple = "presence.tuple"
    /// A note that has no place on the other side.
    case presenceNote = "presence.note"
    /// A value of presence that its converter could not convert.
    case presenceValue = "presence.value"

    /// What can be done about a loss of this class.
    public var actions: [LossAction] {
        switch self {
        case .undelivered: [.note, .tell]
        case .html, .part, .element, .header, .subject, .body, .copies, .thread, .value, .characters, .reactions:
            [.note, .hold, .refuse]
        case .presenceActivity, .presenceMood, .presenceShow, .presenceElement, .presenceDocument, .presenceTuple,
            .presenceNote, .presenceValue:
            // Presence is never refused nor held for what it lacks: the rest of it is still true.
            [.note]
        }
    }
}

/// What is done about a loss.
public enum LossAction: String, Sendable, CaseIterable {
    /// It stands in the record.
    case note
    /// The sender is told in a message of the gateway's own.
    case tell
    /// The item is kept until a person has it translated again.
    case hold
    /// The item is refused.
    case refuse
}

/// What a loss table says.
public struct LossTable: Sendable {
    /// What is done, by class.
    public struct Entry: Sendable {
        /// What is done.
        public let action: LossAction
        /// The row that says so.
        public let row: RowID
    }

    let entries: [LossClass: Entry]
    /// Explains what is done; nil in live traffic.
    var observer: TableObserver?

    /// What is done about a class.
    ///
    /// - Parameter lossClass: the class.
    /// - Returns: the action of its row; the table is total.
    public func action(_ lossClass: LossClass) -> LossAction {
        if let observer { observer.explain(lossClass, entries[lossClass]) }
        return entries[lossClass]?.action ?? .note
    }

    /// The row that says what is done about a class.
    ///
    /// - Parameter lossClass: the class.
    /// - Returns: the row; the table is total.
    public func row(_ lossClass: LossClass) -> RowID? { entries[lossClass]?.row }
}
