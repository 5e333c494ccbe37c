import Foundation
import Testing

@Suite("try")
struct TryTests {
    @Test("Messages, an error, subscriptions and presence cross, each from its source to its target")
    func steps() throws {
        let run = try Program.run(["try", "--json"])
        #expect(run.code == 0, "\(run.errors)")
        let steps = try run.objects()
        let texts = { (key: String) in steps.map { $0[key] as? String ?? "" } }
        #expect(
            zip(texts("from"), texts("to")).map { "\($0) \($1)" } == [
                "xmpp cpim", "cpim xmpp", "xmpp xmpp", "xmpp cpim", "cpim xmpp", "cpim xmpp", "cpim xmpp", "xmpp cpim",
            ]
        )
        let beginnings = [
            "MESSAGE sip:romeo@example.net", "<message ", "<message ", "SUBSCRIBE sip:romeo@example.net",
            "<presence ", "<presence ", "<presence ", "NOTIFY sip:romeo@127.0.0.1",
        ]
        for (target, beginning) in zip(texts("target"), beginnings) {
            #expect(target.hasPrefix(beginning), "\(target)")
        }
        let presence = Array(zip(texts("target"), steps).dropFirst(3))
        #expect(presence[1].0.contains("type='subscribed'"))
        #expect(presence[2].0.contains("<show>away</show>"))
        #expect(presence[3].0.contains("type='subscribe'"))
        #expect(presence[4].0.contains("<rpid:busy/>"))
        for index in [2, 4] {
            #expect((presence[index].1["pivot"] as? String)?.contains("urn:ietf:params:xml:ns:pidf") == true)
            let rules = presence[index].1["rules"] as? [String] ?? []
            #expect(rules.contains { $0.hasPrefix("presence.show.") }, "\(rules)")
        }
    }
}
