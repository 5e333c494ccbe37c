import BridgeCore
import Testing

@Suite("A link to one peer of the XMPP shore")
struct LinkPeerTests {
    private let users = ["juliet@example.com", "carol@example.org", "dan@sub.example.com"]

    private func into(_ user: String) -> WatchKey {
        WatchKey(watcher: Transcript.romeo, presentity: user, target: .xmpp)
    }

    private func out(_ user: String) -> WatchKey {
        WatchKey(watcher: user, presentity: Transcript.romeo, target: .cpim)
    }

    /// Romeo and users of three domains see one another.
    private func play() -> Transcript {
        var play = Transcript()
        for (number, user) in users.enumerated() {
            _ = play.after(.watching(into(user), subscription: UInt64(number), note: nil, nick: nil))
            _ = play.after(.approved(into(user)))
            _ = play.after(.said(into(user), Transcript.open("balcony")))
            let record = WatchRecord(key: out(user), state: 1, request: nil, parts: [Transcript.open("orchard")])
            play.flow.restore(record, isSubscribed: true)
        }
        return play
    }

    @Test("RFC 6121 §4.3: when a peer is back its users are asked and shown, and those of no other domain")
    func up() {
        var play = play()
        #expect(play.after(.linkUp(domain: "example.net", peer: "other.example")) == [])
        #expect(play.after(.linkUp(domain: "other.example", peer: "example.com")) == [])
        #expect(play.after(.advanced) == [])
        _ = play.after(.linkUp(domain: "example.net", peer: "example.com"))
        let effects = play.after(.advanced)
        #expect(effects.count == 2)
        #expect(effects.contains(.probe(into("juliet@example.com"))))
        #expect(effects.contains(.show(out("juliet@example.com"), [Transcript.open("orchard")], to: nil)))
        // Without a peer all are meant.
        _ = play.after(.linkUp(domain: "example.net"))
        #expect(play.after(.advanced).count == 6)
    }

    @Test("What users of a peer said holds for a while when the peer is gone; what others said holds on")
    func down() {
        var play = play()
        _ = play.after(.linkDown(domain: "example.net", peer: "example.com"))
        _ = play.after(.linkDown(domain: "other.example", peer: "example.org"))
        #expect(play.pass(59_999) == [])
        let juliet = into("juliet@example.com")
        #expect(play.pass(1) == [.store(juliet), .changed(juliet)])
        #expect(play.pass(3_600_000) == [])
        #expect(play.flow.parts(of: juliet).allSatisfy { !$0.isOpen })
        for user in users.dropFirst() { #expect(play.flow.parts(of: into(user)).contains { $0.isOpen }) }
    }
}
