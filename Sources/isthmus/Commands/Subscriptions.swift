import ArgumentParser

/// Who watches whom.
struct Subscriptions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find subscriptions to presence, and repair or end them.",
        discussion: """
            A subscription has a watcher, who sees, and a presentity, who is seen. Its direction is that of its request: \
            to-cpim when a user of the XMPP shore watches one of the CPIM shore, to-xmpp the other way round. It is \
            asked until the presentity decides, then approved; leaving while its end is told to the other side.

            Example: isthmus subscriptions list --user juliet@example.com --config gateway.yaml
            """,
        subcommands: [SubscriptionsList.self, SubscriptionsShow.self, SubscriptionsRepair.self, SubscriptionsDrop.self]
    )
}
