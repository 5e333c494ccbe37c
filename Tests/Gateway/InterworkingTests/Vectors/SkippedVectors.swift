@testable import VectorSupport

/// Vectors that are not run, each with its reason.
///
/// A vector leaves the list with the work that makes it pass. What a folder of another place holds is judged by the
/// rows that it exercises.
enum SkippedVectors {
    /// The reason why a folder is not run; nil when it is.
    static func reason(_ folder: VectorFolder) -> String? {
        if let reason = byContent(folder) { return reason }
        return byRows(folder)
    }

    /// Families of rows whose translation does not exist.
    private static let families: [(prefix: String, reason: String)] = [
        ("MUC-", "rooms are not translated"), ("E2E-", "end-to-end objects are not translated"),
    ]

    /// The rows of the family CHAT that are not about sessions alone: states of writing.
    private static let chatStates = 26...48

    private static func byContent(_ folder: VectorFolder) -> String? {
        if folder.isAboutPresence { return "presence is run through a whole gateway, in GatewayDaemonTests" }
        for file in folder.files {
            if file.kind == .msrp { return "sessions are not translated" }
            let text = HeaderText.text(file.bytes)
            if file.kind == .stanza || file.kind == .stanzaError {
                if !text.contains("<message") { return "queries are not translated" }
            }
            let methods = ["PUBLISH ", "INVITE ", "BYE ", "ACK "]
            if file.kind == .sip, methods.contains(where: text.hasPrefix) { return "only MESSAGE is translated" }
        }
        let context = folder.context.joined(separator: "\n")
        let kinds = ["session ", "room-session "]
        if kinds.contains(where: context.contains) { return "what is known concerns sessions" }
        return nil
    }

    /// A row of a message in passing does not skip; a folder whose first row is of another family does.
    private static func byRows(_ folder: VectorFolder) -> String? {
        guard let first = folder.identifiers.first else { return nil }
        if first.hasPrefix("CHAT-"), let number = Int(first.dropFirst(5)), !chatStates.contains(number) {
            return "sessions are not translated"
        }
        return families.first { first.hasPrefix($0.prefix) }?.reason
    }
}
