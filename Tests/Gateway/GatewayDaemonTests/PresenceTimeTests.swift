import Foundation
import SIPMessages
import Testing

@testable import GatewayDaemon

extension GatewayTests {
    /// The times that documents of the gateway tell.
    @Suite("Times of presence")
    struct PresenceTimeTests {
        @Test("PRES-037, RFC 3863 §4.1.7: a stamp is told once; what changes later has a later time")
        func stamps() async throws {
            try await Stage.play { stage in
                try await stage.approvedWatcher()
                let delay = "<delay xmlns='urn:xmpp:delay' from='example.com' stamp='2026-09-21T10:00:00Z'/>"
                var times: [String] = []
                for show in ["away", "dnd", "xa"] {
                    try await stage.wait(seconds: 5)
                    try await stage.say(nil, "<show>\(show)</show>\(delay)")
                    let text = try await stage.notification().text
                    #expect(text.contains(">\(show)</show>"))
                    let time = text.components(separatedBy: "<timestamp>").dropFirst().first?.prefix { $0 != "<" }
                    times.append(try #require(time.map { String($0) }))
                }
                #expect(times.first == "2026-09-21T10:00:00Z")
                #expect(times == times.sorted() && Set(times).count == times.count, "\(times)")
            }
        }
    }
}
