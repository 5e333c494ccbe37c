import Addressing
import MIME
import MappingTables
import PIDF

extension PresenceTranslator {
    /// Reads who waits at a presence server for a decision of a user of the XMPP shore.
    ///
    /// A watcher counts when the server may speak for its domain, as it would have to for a request of its own.
    ///
    /// - Parameters:
    ///   - body: the body of a NOTIFY of `presence.winfo`.
    ///   - user: the user who is watched.
    ///   - contact: a user of the server, by whom the route is found.
    ///   - facts: what is known.
    /// - Returns: who waits; a refusal for a body that cannot be read, whose fault is among the notes.
    ///
    /// Source: RFC 3858 §3, §4, RFC 3857 §4.7.1.
    public func watchers(
        in body: PresenceBody,
        of user: Correspondent,
        by contact: Correspondent,
        facts: Facts
    ) -> Translated<WatcherReading> {
        Crossing.run(setting(facts, contact)) { crossing throws(Refusal) in
            let information = try Self.information(in: body, &crossing)
            var reading = WatcherReading(version: information.version, isFull: information.isFull, waiting: [])
            var seen: Set<String> = []
            for list in information.lists where list.package == "presence" && Self.isAddress(list.resource, of: user) {
                for watcher in list.watchers where watcher.status == .pending || watcher.status == .waiting {
                    guard let operation = request(of: watcher, to: user, &crossing),
                        seen.insert(operation.contact.key).inserted
                    else { continue }
                    reading.waiting.append(operation)
                }
            }
            return .value(reading)
        }
    }

    private static func information(
        in body: PresenceBody,
        _ crossing: inout Crossing
    ) throws(Refusal) -> WatcherInformation {
        let type: MediaType
        do throws(MIMEError) { type = try MediaType(body.type) } catch { throw .unreadablePresence }
        let charset = type.charset
        guard type.is("application", "watcherinfo+xml"), charset == nil || charset == "utf-8" else {
            throw .unreadablePresence
        }
        do throws(PIDFError) {
            return try PIDFReader().readWatchers(body.bytes[...], isKnownUTF8: charset != nil)
        } catch {
            crossing.notes.append(error.code.rawValue)
            throw .malformedBody(isTooLarge: error.code == .limit)
        }
    }

    /// What a watcher asked of the user; nil for one who cannot cross.
    private func request(
        of watcher: WatcherInformation.Watcher,
        to user: Correspondent,
        _ crossing: inout Crossing
    ) -> PresenceOperation? {
        guard let sender = try? AddressURI(watcher.uri), !AddressTranslator.isAnonymous(sender),
            crossing.facts.peer.authenticatedDomains?.contains(messages.domain(of: sender)) == true,
            let ends = try? messages.ends(from: sender, to: .sip(user.uri), &crossing), ends.sender.jid.local != nil
        else { return nil }
        let name = SingleLine.text(watcher.displayName ?? "", limit: 256)
        return PresenceOperation(
            kind: .subscribe(note: nil),
            user: Correspondent(jid: user.jid.bare.jid, uri: user.uri),
            contact: ends.sender,
            nick: name.isEmpty || crossing.isSet(.nick, "off") ? nil : name
        )
    }

    /// Whether a URI is the address of a user.
    private static func isAddress(_ text: String, of user: Correspondent) -> Bool {
        guard let uri = try? AddressURI(text) else { return false }
        return AddressKey(uri) == AddressKey(.sip(user.uri))
    }
}
