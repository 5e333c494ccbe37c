import Addressing
import BridgeCore
import Interworking
import Ledger
import Logging
import MappingTables
import SIMPLELegs
import XMLStreams
import XMPPLegs
import XMPPStanzas

/// Presence from the XMPP shore: what its leg reports becomes an event of the flow.
extension Gateway {
    func accept(
        _ operation: PresenceOperation,
        of stanza: PresenceStanza,
        account: @autoclosure () -> Arrival.Account,
        trace: @autoclosure () -> [String]
    ) {
        let user = operation.user.key
        let contact = operation.contact.key
        let out = WatchKey(watcher: user, presentity: contact, target: .cpim)
        let into = WatchKey(watcher: contact, presentity: user, target: .xmpp)
        let device = operation.user.jid.resource ?? ""
        if let pair = operation.user.pair { learn(pair) }
        learn(stanza.element.language, of: user)
        switch operation.kind {
        case .subscribe(let note):
            notes[out] = note
            if let name = operation.nick { correspondents.saw(name: name, of: user) }
            record(.subscription, "subscribe", account(), trace())
            handle(.asked(out, request: operation.id))
        case .unsubscribe:
            record(.subscription, "unsubscribe", account(), trace())
            handle(.unsubscribed(out, request: operation.id))
        case .subscribed:
            record(.subscription, "subscribed", account(), trace())
            let keepsUnasked = generation.route(peer: operation.contact.uri.host.canonical)
                .switches.isSet(.preapproval, "on")
            handle(keepsUnasked ? .preapproved(into) : .approved(into))
        case .unsubscribed:
            record(.subscription, "unsubscribed", account(), trace())
            handle(.watcherAnswered(out, .unauthorized))
            // Only for whom the user let see it is the answer to a question of ours a refusal.
            let isAnswer = operation.id?.hasPrefix(XMPPLeg.verifyPrefix) == true
            if !isAnswer || presence.isApproved(into) { handle(.refused(into)) }
        case .probe: handle(.probed(out, by: operation.user.jid.description))
        case .available:
            let part = part(of: operation, stanza, into, isOpen: true)
            simple?.publish(part, of: into)
            handle(.said(into, part))
            handle(.watcherOnline(out, device: device, true))
        case .unavailable:
            let part = part(of: operation, stanza, into, isOpen: false)
            simple?.publish(part, of: into)
            handle(device.isEmpty ? .silent(into, part) : .said(into, part))
            handle(.watcherOnline(out, device: device, false))
            personal.offline(device, out)
        case .error(let error):
            failed(operation, error, account(), trace())
        }
    }

    /// The language of a stanza, which its sender's server adds where the sender has said it for its stream.
    ///
    /// Source: RFC 6120 §8.1.5.
    private func learn(_ language: String?, of user: String) {
        guard let language, 1...Self.largestLanguage ~= language.utf8.count, languages[user] != language else { return }
        languages[user] = language
    }

    /// Room for a language tag, in bytes.
    ///
    /// Source: RFC 5646 §4.4.1.
    static let largestLanguage = 35

    /// The language of a user of the XMPP shore.
    func language(of user: String) -> String? { languages[user] }

    /// A user of the XMPP shore, or its server, says that what it was sent could not be processed.
    private func failed(
        _ operation: PresenceOperation,
        _ error: StanzaError,
        _ account: Arrival.Account,
        _ trace: [String]
    ) {
        let out = WatchKey(watcher: operation.user.key, presentity: operation.contact.key, target: .cpim)
        record(.subscription, "error " + error.condition.rawValue, account, trace)
        if operation.id?.hasPrefix(XMPPLeg.verifyPrefix) == true {
            let isGone = error.condition == .itemNotFound || error.condition == .gone
            return handle(.watcherAnswered(out, isGone ? .gone : .other))
        }
        // Only what was asked of a user has an answer that counts. What it was shown comes back for reasons that pass,
        // and servers go on showing (RFC 6121 §4.4.2); who is gone is found when the subscription is verified.
        guard let id = operation.id, id.hasPrefix(XMPPLeg.askPrefix) || id.hasPrefix(XMPPLeg.probePrefix) else {
            logger.debug(
                "a presence that was shown came back",
                metadata: ["peer": "\(account.peer)", "error.code": "\(error.condition.rawValue)"]
            )
            return scheduleFlush()
        }
        let translator = PresenceTranslator(generation: generation)
        let end = translator.end(for: error.condition, of: operation.contact)
        handle(.askFailed(out.reversed, reason: end.reason, retryAfter: end.retryAfter.map { Int($0) }))
    }

    private func part(
        of operation: PresenceOperation,
        _ stanza: PresenceStanza,
        _ key: WatchKey,
        isOpen: Bool
    ) -> PresencePart {
        var writer = XML.Writer()
        writer.reserve(Self.usualStanza)
        writer.copy(stanza.element)
        // It stays for as long as the device is there, so it takes no more memory than it has bytes.
        var content: [UInt8] = []
        content.reserveCapacity(writer.bytes.count)
        content.append(contentsOf: writer.bytes)
        said = (content, stanza.element)
        return PresencePart(
            name: operation.user.jid.resource ?? "",
            isOpen: isOpen,
            content: content,
            seen: seen(stanza, by: operation.user.jid, key)
        )
    }

    /// When a device says something: when that was first sent, or now where the watcher was told of something later.
    ///
    /// A server that is asked again answers with the stamp of long ago (RFC 6121 §4.3.2), after others were told.
    ///
    /// Source: RFC 3863 §4.1.7.
    private func seen(_ stanza: PresenceStanza, by user: JID, _ key: WatchKey) -> Int64 {
        let newest = presence.parts(of: key).lazy.map(\.seen).max()
        let sent = PresenceTranslator.sent(stanza, by: user, now: now.wall, gateway: constantFacts.gatewayDomain)
        if let sent, newest.map({ $0 < sent }) ?? true { return sent }
        return max(nextSeen(), newest.map { $0 + 1 } ?? 0)
    }

    /// Room for most presences, in bytes.
    private static let usualStanza = 512

    /// The time, or a little later, so that no two changes have the same.
    ///
    /// Source: RFC 3863 §4.1.7.
    private func nextSeen() -> Int64 {
        lastSeen = max(now.wall, lastSeen + 1)
        return lastSeen
    }
}
