import ArgumentParser

/// Crossings, from the outbox and the log.
struct Messages: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find messages, see what became of them, and send again what is held.",
        discussion: """
            Example: isthmus messages list --address juliet@example.com --since 1h --config gateway.yaml
            """,
        subcommands: [MessagesList.self, MessagesShow.self, MessagesReprocess.self, MessagesDrop.self]
    )
}
