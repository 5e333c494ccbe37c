import PIDF

/// What a published document says, as it was read once; opaque.
public struct PublishedContent: Sendable, Hashable {
    let document: PresenceDocument
}
