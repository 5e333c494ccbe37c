import Loopback
import Testing

@testable import GatewayDaemon

extension GatewayTests {
    /// What a running gateway tells of its links.
    @Suite("Links")
    struct LinkRowTests {
        @Test("XEP-0114 §3: a link's row tells what is stored for it, on the wire and behind a connection that is gone")
        func queued() async throws {
            try await Stage.play { stage in
                try await stage.server.keepPongs()
                #expect(try await stage.ask(Note("one", call: "c1")) == 202)
                _ = try await stage.server.stanzas.next()
                var row = try #require(try await stage.command(ControlRequest.links, [:]).rows.first)
                #expect(row["link"] == "xmpp:example.net")
                #expect(row["state"] == "open")
                #expect([row["sent"], row["unconfirmed"], row["queued"]] == ["1", "1", "0"])

                try await stage.server.goDown()
                try await stage.eventually("the link is down") {
                    try await stage.command(ControlRequest.links, [:]).rows.first?["state"] == "waiting"
                }
                #expect(try await stage.ask(Note("two", call: "c2")) == 202)
                row = try #require(try await stage.command(ControlRequest.links, ["peer": "example.net"]).rows.first)
                #expect([row["unconfirmed"], row["queued"]] == ["0", "2"])
                #expect(row["reason"]?.isEmpty == false)
                #expect(try await stage.command(ControlRequest.links, ["peer": "example.org"]).rows.isEmpty)
            }
        }
    }
}
