public import Addressing
import XMPPStanzas

/// Whom a stanza is from and to.
public struct StanzaParties: Sendable {
    /// Who sent it.
    public let sender: JID
    /// Whom it is for.
    public let recipient: JID

    /// Takes addresses that were read.
    ///
    /// - Parameters:
    ///   - sender: who sent the stanza.
    ///   - recipient: whom it is for.
    public init(sender: JID, recipient: JID) {
        self.sender = sender
        self.recipient = recipient
    }

    /// Reads the addresses of a stanza; nil where one is missing or malformed.
    init?(_ stanza: some Stanza) {
        do throws(AddressError) {
            guard let sender = try stanza.fromAddress, let recipient = try stanza.toAddress else { return nil }
            self.init(sender: sender, recipient: recipient)
        } catch { return nil }
    }
}
