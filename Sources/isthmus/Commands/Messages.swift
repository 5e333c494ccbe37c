import ArgumentParser

/// Crossings, from the outbox and the log.
struct Messages: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find messages and see what became of them.",
        discussion: """
            Example: isthmus messages list --address juliet@example.com --since 1h --config gateway.yaml
            """,
        subcommands: [MessagesList.self, MessagesShow.self]
    )
}
