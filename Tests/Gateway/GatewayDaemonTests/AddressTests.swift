import Ledger
import Loopback
import SIPMessages
import Testing
import XMLStreams

@testable import GatewayDaemon

extension GatewayTests {
    /// The address store between the shores.
    @Suite("Addresses")
    struct AddressTests {
        @Test("A spelling that no rule gives back is learned, and replies go there, also after a restart")
        func learned() async throws {
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                var note = Note("hello", call: "c1")
                note.from = "sip:Romeo.M@example.net"
                #expect(try await stage.ask(note) == 202)
                #expect(try await stage.server.stanzas.next().attribute("from") == "romeo.m@example.net")
                try await stage.write("reply", id: "m1", to: "romeo.m@example.net")
                #expect(try await stage.phone.calls.next().uri == "sip:Romeo.M@example.net")
                try await stage.restart()
                try await stage.write("again", id: "m2", to: "romeo.m@example.net")
                #expect(try await stage.phone.calls.next().uri == "sip:Romeo.M@example.net")

                // Another user who differs in case only has no JID left.
                note.from = "sip:romeo.m@example.net"
                note.callID = "c2"
                note.branch += "-2"
                #expect(try await stage.ask(note) == 403)
                try await stage.recorded(.refused)
                #expect(try stage.records(.refused).first?.reason == "addr-collision")
                #expect(try await stage.server.stanzas.rest().isEmpty)
            }
        }

        @Test("ADDR-055: a pair has the row that made it, and the time of its last use to the hour, from either shore")
        func uses() async throws {
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                var number = 0
                func ask() async throws {
                    number += 1
                    var note = Note("hello", call: "c\(number)")
                    note.from = "sip:Romeo.M@example.net"
                    #expect(try await stage.ask(note) == 202)
                    _ = try await stage.server.stanzas.next()
                }
                func pair() throws -> AddressPair? { try stage.reader().address(jid: "romeo.m@example.net") }
                try await ask()
                try await stage.eventually("the pair is stored") { try pair() != nil }
                let first = try #require(try pair())
                #expect(first.firstSeen == first.lastUsed)
                let rules = try #require(try stage.records(.accepted).first?.rules)
                #expect(first.rule.hasSuffix(".same") && rules.contains(first.rule))
                stage.time.advance(milliseconds: AddressIndex.usePause - 1)
                try await ask()
                #expect(try pair() == first)
                stage.time.advance(milliseconds: 1)
                try await ask()
                try await stage.eventually("its use is stored") { try pair()?.lastUsed != first.lastUsed }
                let second = try #require(try pair())
                #expect(second.lastUsed == first.lastUsed + AddressIndex.usePause)
                #expect(second.firstSeen == first.firstSeen && second.uri == first.uri)
                stage.time.advance(milliseconds: AddressIndex.usePause)
                try await stage.write("reply", id: "m1", to: "romeo.m@example.net")
                _ = try await stage.phone.calls.next()
                try await stage.eventually("so is a use from the other shore") {
                    try pair()?.lastUsed == second.lastUsed + AddressIndex.usePause
                }
            }
        }

        @Test("ADDR-035: whom the rules lead back to owns the JID too, also after a restart, until a pair is added")
        func derived() async throws {
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                var number = 0
                func ask(_ user: String) async throws -> Int? {
                    number += 1
                    var note = Note("hello", call: "c\(number)")
                    note.from = "sip:\(user)@example.net"
                    note.branch = "z9hG4bK-\(number)"
                    return try await stage.ask(note)
                }
                #expect(try await ask("romeo.m") == 202)
                #expect(try await stage.server.stanzas.next().attribute("from") == "romeo.m@example.net")
                for _ in 1...2 {
                    #expect(try await ask("Romeo.M") == 403)
                    #expect(try await ask("romeo.m") == 202)
                    #expect(try await stage.server.stanzas.next().attribute("from") == "romeo.m@example.net")
                    #expect(try await recipient(stage, "m\(number)", "romeo.m") == "sip:romeo.m@example.net")
                    try await stage.restart()
                }
                #expect(try stage.records(.refused).map(\.reason) == ["addr-collision", "addr-collision"])
                // It is none of the pairs that operators see.
                #expect(try stage.reader().addresses(limit: 10).isEmpty)
                #expect(try stage.reader().address(jid: "romeo.m@example.net") == nil)
                let derived = try stage.reader().addresses(AddressFilter(kind: .derived), limit: 10)
                #expect(derived.map(\.uri) == ["sip:romeo.m@example.net"])

                let pair = ["jid": "romeo2@example.net", "uri": "sip:Romeo.M@example.net"]
                #expect(try await stage.command(ControlRequest.addAddress, pair).code == 0)
                #expect(try await ask("Romeo.M") == 202)
                #expect(try await stage.server.stanzas.next().attribute("from") == "romeo2@example.net")
                #expect(try await ask("romeo.m") == 202)
                #expect(try await stage.server.stanzas.next().attribute("from") == "romeo.m@example.net")

                // A pair for the JID itself goes before who was seen.
                let other = ["jid": "romeo.m@example.net", "uri": "sip:ROMEO.M@example.net"]
                #expect(try await stage.command(ControlRequest.addAddress, other).code == 0)
                #expect(try await ask("romeo.m") == 403)
                #expect(try await ask("ROMEO.M") == 202)
                #expect(try await stage.server.stanzas.next().attribute("from") == "romeo.m@example.net")
            }
        }

        @Test("ADDR-035: who subscribes owns the JID as who writes does, also after a restart")
        func watching() async throws {
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                var note = Note("hello", call: "c1")
                for (number, (watcher, other)) in [("Romeo.M", "romeo.m"), ("mercutio", "Mercutio")].enumerated() {
                    let jid = watcher.lowercased()
                    let wish = Stage.Wish(from: "sip:\(watcher)@example.net", call: "w\(number)")
                    #expect(try await stage.watch(wish).status == 200)
                    #expect(try await stage.notification().request.method == .notify)
                    #expect(try await stage.shown().kind == "subscribe \(jid)@example.net juliet@example.com")
                    #expect(try await recipient(stage, "m\(number)", jid) == "sip:\(watcher)@example.net")
                    for attempt in 1...2 {
                        note.from = "sip:\(other)@example.net"
                        (note.callID, note.branch) = ("c\(number)\(attempt)", "z9hG4bK-\(number)\(attempt)")
                        #expect(try await stage.ask(note) == 403, "\(other)")
                        if attempt == 1 { try await stage.restart() }
                    }
                }
                let reasons = [String](repeating: "addr-collision", count: 4)
                try await stage.eventually("each refusal says why") {
                    try stage.records(.refused).map(\.reason) == reasons
                }
            }
        }

        @Test("Beyond the bound of its domain an address is not learned; its messages cross, replies go by the rules")
        func bound() async throws {
            try await Stage.play(limits: "{learned-addresses: 1}") { stage in
                try await stage.phone.answersAll(200)
                var note = Note("hello", call: "c1")
                for (number, user) in ["Romeo", "Mercutio", "Benvolio"].enumerated() {
                    note.from = "sip:\(user)@example.net"
                    note.callID = "c\(number)"
                    note.branch = "z9hG4bK-\(number)"
                    #expect(try await stage.ask(note) == 202, "\(user)")
                    let sender = try await stage.server.stanzas.next().attribute("from")
                    #expect(sender == "\(user.lowercased())@example.net")
                }
                #expect(try await recipient(stage, "m1", "romeo") == "sip:Romeo@example.net")
                #expect(try await recipient(stage, "m2", "mercutio") == "sip:mercutio@example.net")
                #expect(try stage.reader().addresses(limit: 10).count == 1)
                // A place that is free again is for the next who writes; who was learned keeps the pair over a restart.
                #expect(try await stage.command(ControlRequest.removeAddress, ["jid": "romeo@example.net"]).code == 0)
                note.from = "sip:Mercutio@example.net"
                (note.callID, note.branch) = ("c3", "z9hG4bK-3")
                #expect(try await stage.ask(note) == 202)
                #expect(try await recipient(stage, "m3", "mercutio") == "sip:Mercutio@example.net")
                try await stage.restart()
                note.from = "sip:Benvolio@example.net"
                (note.callID, note.branch) = ("c4", "z9hG4bK-4")
                #expect(try await stage.ask(note) == 202)
                #expect(try await recipient(stage, "m4", "benvolio") == "sip:benvolio@example.net")
                #expect(try await recipient(stage, "m5", "mercutio") == "sip:Mercutio@example.net")

                // Of those whom the rules lead back to as many are kept: the next one's JID goes to any spelling.
                let spellings = [("abram", 202), ("peter", 202), ("Abram", 403), ("Peter", 202), ("peter", 202)]
                for (number, (user, status)) in spellings.enumerated() {
                    note.from = "sip:\(user)@example.net"
                    (note.callID, note.branch) = ("d\(number)", "z9hG4bK-d\(number)")
                    #expect(try await stage.ask(note) == status, "\(user)")
                }
                // Nor is one more kept who subscribes.
                #expect(try await stage.watch(Stage.Wish(from: "sip:tybalt@example.net")).status == 200)
                note.from = "sip:Tybalt@example.net"
                (note.callID, note.branch) = ("e1", "z9hG4bK-e1")
                #expect(try await stage.ask(note) == 202)
                let derived = try stage.reader().addresses(AddressFilter(kind: .derived), limit: 10)
                #expect(derived.map(\.jid) == ["abram@example.net"])
            }
        }

        @Test("An escape in the spelling is the same user")
        func escaped() async throws {
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                var note = Note("hello", call: "c1")
                for (number, user) in ["Romeo", "%52omeo", "Rom%65o"].enumerated() {
                    note.from = "sip:\(user)@example.net"
                    note.callID = "c\(number)"
                    note.branch = "z9hG4bK-\(number)"
                    #expect(try await stage.ask(note) == 202, "\(user)")
                    #expect(try await stage.server.stanzas.next().attribute("from") == "romeo@example.net")
                }
                #expect(try stage.reader().addresses(limit: 10).count == 1)
            }
        }

        /// The Request-URI of a message to a user.
        private func recipient(_ stage: Stage, _ id: String, _ user: String) async throws -> String {
            try await stage.write("hello", id: id, to: "\(user)@example.net")
            return try await stage.phone.calls.next().uri
        }

        @Test("What a command adds, imports and removes changes what crosses next")
        func commands() async throws {
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                #expect(try await recipient(stage, "m1", "mercutio") == "sip:mercutio@example.net")
                let pair = ["jid": "mercutio@example.net", "uri": "sip:Merc.Utio@example.net"]
                #expect(try await stage.command(ControlRequest.addAddress, pair).code == 0)
                #expect(try await recipient(stage, "m2", "mercutio") == "sip:Merc.Utio@example.net")

                // Both addresses have an owner now.
                for other in [
                    ["jid": "mercutio@example.net", "uri": "sip:other@example.net"],
                    ["jid": "other@example.net", "uri": "sip:Merc.Utio@example.net"],
                ] {
                    let reply = try await stage.command(ControlRequest.addAddress, other)
                    #expect(reply.code == 1)
                    #expect(reply.message?.isEmpty == false)
                }
                #expect(try await recipient(stage, "m3", "mercutio") == "sip:Merc.Utio@example.net")

                let csv =
                    "jid,uri\ntybalt@example.net,sip:Tybalt.C@example.net\nparis@example.net,sip:Paris.C@example.net\n"
                #expect(try await stage.command(ControlRequest.importAddresses, ["csv": csv]).code == 0)
                #expect(try await recipient(stage, "m4", "tybalt") == "sip:Tybalt.C@example.net")
                #expect(try await recipient(stage, "m5", "paris") == "sip:Paris.C@example.net")
                let clash = "jid,uri\nnew@example.net,sip:New@example.net\nold@example.net,sip:Paris.C@example.net\n"
                #expect(try await stage.command(ControlRequest.importAddresses, ["csv": clash]).code == 1)
                #expect(try await recipient(stage, "m6", "new") == "sip:new@example.net")

                #expect(
                    try await stage.command(ControlRequest.removeAddress, ["jid": "mercutio@example.net"]).code == 0
                )
                #expect(try await recipient(stage, "m7", "mercutio") == "sip:mercutio@example.net")
                #expect(
                    try await stage.command(ControlRequest.removeAddress, ["jid": "mercutio@example.net"]).code == 1
                )
                let acts = try stage.records().filter { $0.event.hasPrefix("address") }
                #expect(acts.map(\.event) == ["address-added", "addresses-imported", "address-removed"])
                #expect(acts.allSatisfy { $0.actor?.isEmpty == false })
            }
        }

        @Test("A pair that an operator wrote with an im: URI holds both ways")
        func instant() async throws {
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                let pair = ["jid": "mercutio@example.net", "uri": "im:m.utio@example.net"]
                #expect(try await stage.command(ControlRequest.addAddress, pair).code == 0)
                try await stage.write("hello", id: "m1", to: "mercutio@example.net")
                #expect(try await stage.phone.calls.next().uri == "sip:m.utio@example.net")
                var note = Note("reply", call: "c1")
                note.from = "sip:m.utio@example.net"
                #expect(try await stage.ask(note) == 202)
                #expect(try await stage.server.stanzas.next().attribute("from") == "mercutio@example.net")
            }
        }

        @Test("A pair holds for the user of the XMPP shore as well")
        func ownUser() async throws {
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                let pair = ["jid": "juliet@example.com", "uri": "sip:Juliet.C@example.com"]
                #expect(try await stage.command(ControlRequest.addAddress, pair).code == 0)
                try await stage.write("hello", id: "m1")
                let call = try await stage.phone.calls.next()
                #expect(call.from.hasPrefix("sip:Juliet.C@example.com"))
                var note = Note("reply", call: "c1")
                note.to = "sip:Juliet.C@example.com"
                #expect(try await stage.ask(note) == 202)
                #expect(try await stage.server.stanzas.next().attribute("to")?.hasPrefix("juliet@example.com") == true)
            }
        }
    }
}
