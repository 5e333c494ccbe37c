import ArgumentParser

/// The forms of an item on the command line.
enum Form: String, ExpressibleByArgument, CaseIterable {
    /// A message or presence stanza.
    case xmpp
    /// A Message/CPIM object.
    case cpim
    /// A SIP request or response.
    case sip
    /// A presence document.
    case pidf
}
