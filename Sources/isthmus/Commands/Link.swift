import ArgumentParser

/// Links to XMPP servers.
struct Link: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show links to XMPP servers, and find out why one does not come up.",
        discussion: """
            A link is the stream of a component, or the streams between a domain of the gateway and one of another server.

            Example: isthmus link diagnose example.com --config gateway.yaml
            """,
        subcommands: [LinkStatus.self, LinkDiagnose.self]
    )
}
