import Foundation
import Ledger
import Loopback
import SIPMessages
import Testing
import XMLStreams

@testable import GatewayDaemon

extension GatewayTests {
    /// Presence through a whole gateway.
    @Suite("Presence")
    struct PresenceTests {
        // MARK: A watcher of the SIP shore

        @Test("RFC 8048 §5.3.1, RFC 6665 §4.2.1.2: SUBSCRIBE is stored, answered, told as pending, and asks the user")
        func sipWatcherAsks() async throws {
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                let answer = try await stage.watch()
                #expect(answer.status == 200)
                #expect(answer.headers.expires == 600)
                #expect(try stage.reader().watches().count == 1)
                let first = try await stage.notification()
                #expect(first.request.headers.text(.subscriptionState)?.hasPrefix("pending;expires=") == true)
                #expect(first.text.isEmpty)
                let (kind, element) = try await stage.shown()
                #expect(kind == "subscribe romeo@example.net juliet@example.com")
                #expect(element.first("nick", "http://jabber.org/protocol/nick")?.text == "Romeo M.")
            }
        }

        @Test("RFC 8048 §5.3.1, §6.2, pres.mode: notify: after the approval each change is told with all devices")
        func sipWatcherSees() async throws {
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                _ = try await stage.watch()
                _ = try await stage.notification()
                _ = try await stage.shown()
                try await stage.say("subscribed", from: "juliet@example.com")
                let approved = try await stage.notification()
                #expect(approved.request.headers.text(.subscriptionState)?.hasPrefix("active;expires=") == true)
                #expect(approved.text.isEmpty)
                try await stage.wait(seconds: 5)
                try await stage.say(nil, "<show>dnd</show><status>Wooing Romeo</status>")
                let busy = try await stage.notification()
                #expect(busy.contentType == "application/pidf+xml")
                #expect(busy.text.contains("entity='pres:juliet@example.com'"))
                #expect(busy.text.contains("<tuple id='ID-balcony'>"))
                #expect(busy.text.contains("<show xmlns='jabber:client'>dnd</show>"))
                #expect(busy.text.contains("Wooing Romeo"))
                try await stage.wait(seconds: 5)
                try await stage.say(from: "juliet@example.com/chamber")
                let both = try await stage.notification()
                #expect(both.text.contains("ID-balcony") && both.text.contains("ID-chamber"))
                #expect(both.cseq > busy.cseq)
                #expect(both.fromTag == busy.fromTag && both.callID == "w1")
            }
        }

        @Test("RFC 3856 §6.10: many changes in a short time are one document, the newest")
        func pace() async throws {
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                _ = try await stage.watch()
                _ = try await stage.notification()
                _ = try await stage.shown()
                try await stage.say("subscribed", from: "juliet@example.com")
                _ = try await stage.notification()
                for number in 1...10 { try await stage.say(nil, "<status>\(number)</status>") }
                try await stage.eventually("the last change is stored") {
                    try stage.reader().watches().first.map {
                        String(decoding: $0.parts, as: UTF8.self).contains("<status>10</status>")
                    } ?? false
                }
                try await stage.wait(seconds: 5)
                let one = try await stage.notification()
                #expect(one.text.contains(">10</note>"))
                try await stage.wait(seconds: 20)
                try await stage.say(nil, "<status>11</status>")
                #expect(try await stage.notification().text.contains(">11</note>"))
            }
        }

        @Test("RFC 6121 §3.4, sub.preapproval: on keeps an approval that nobody asked for, off does not")
        func approvalUnasked() async throws {
            try await Stage.play(tables: [SiteTable.switches("sub.preapproval: on")]) { stage in
                try await stage.phone.answersAll(200)
                try await stage.say("subscribed", from: "juliet@example.com")
                try await stage.eventually("the approval is stored") { try stage.reader().watches().count == 1 }
                _ = try await stage.watch()
                let first = try await stage.notification()
                #expect(first.request.headers.text(.subscriptionState)?.hasPrefix("active;expires=") == true)
            }
            try await Stage.play(tables: [SiteTable.switches("sub.preapproval: off")]) { stage in
                try await stage.phone.answersAll(200)
                try await stage.say("subscribed", from: "juliet@example.com")
                _ = try await stage.watch()
                let first = try await stage.notification()
                #expect(first.request.headers.text(.subscriptionState)?.hasPrefix("pending;expires=") == true)
                #expect(try await stage.shown().kind == "subscribe romeo@example.net juliet@example.com")
            }
        }

        @Test("RFC 6121 §3.2.3: a refusal ends the subscription")
        func refusal() async throws {
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                _ = try await stage.watch()
                _ = try await stage.notification()
                _ = try await stage.shown()
                try await stage.say("unsubscribed", from: "juliet@example.com")
                let last = try await stage.notification()
                #expect(last.request.headers.text(.subscriptionState) == "terminated;reason=rejected")
                try await stage.eventually("nothing is kept") { try stage.reader().watches().isEmpty }
                try await stage.eventually("no dialog is kept") { try stage.reader().usages().isEmpty }
            }
        }

        @Test("RFC 8048 §5.3.3: a watcher that unsubscribes is told that all is closed, and its authorization stays")
        func sipWatcherLeaves() async throws {
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                let answer = try await stage.watch()
                _ = try await stage.notification()
                _ = try await stage.shown()
                try await stage.say("subscribed", from: "juliet@example.com")
                let active = try await stage.notification()
                try await stage.wait(seconds: 5)
                try await stage.say(nil, "<show>away</show>")
                let away = try await stage.notification()
                let tag = try #require(try answer.headers.to().tag)
                let target = active.request.headers.text(.contact)?.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" }
                var end = Stage.Wish(cseq: 2, expires: 0)
                end.dialog = (tag, String(target ?? ""))
                #expect(try await stage.watch(end).status == 200)
                let last = try await stage.notification()
                #expect(last.request.headers.text(.subscriptionState) == "terminated;reason=timeout")
                #expect(last.text.contains("<basic>closed</basic>"))
                #expect(!last.text.contains("<basic>open</basic>"))
                let times = [away, last].map { $0.text.split(separator: "timestamp>").dropFirst().first }
                #expect(times[0] != nil && times[0] != times[1])
                #expect(try await stage.shown().kind == "unavailable romeo@example.net juliet@example.com")
                #expect(try stage.reader().watches().map(\.state) == [2])
                // The next one needs no approval.
                #expect(try await stage.watch(Stage.Wish(call: "w2")).status == 200)
                let again = try await stage.notification()
                #expect(again.request.headers.text(.subscriptionState)?.hasPrefix("active") == true)
            }
        }

        @Test("SIP-SUB-023: beyond the bound of one watcher it is refused, others go on, and a refusal makes room")
        func boundOfOneWatcher() async throws {
            try await Stage.play(limits: "{subscriptions-per-watcher: 2}") { stage in
                try await stage.phone.answersAll(200)
                for name in ["juliet", "nurse"] {
                    let wish = Stage.Wish(to: "sip:\(name)@example.com", call: name)
                    #expect(try await stage.watch(wish).status == 200)
                    _ = try await stage.notification()
                    #expect(try await stage.shown().kind == "subscribe romeo@example.net \(name)@example.com")
                }
                let third = Stage.Wish(to: "sip:rosaline@example.com", call: "rosaline")
                let refused = try await stage.watch(third)
                #expect(refused.status == 503 && refused.headers.text(.retryAfter) == "60")
                try await stage.recorded(.refused)
                #expect(try stage.records(.refused).map(\.reason) == ["queue-full"])
                let other = Stage.Wish(from: "sip:paris@example.net", call: "paris")
                #expect(try await stage.watch(other).status == 200)
                _ = try await stage.notification()
                #expect(try await stage.shown().kind == "subscribe paris@example.net juliet@example.com")
                try await stage.say("unsubscribed", from: "nurse@example.com")
                let last = try await stage.notification()
                #expect(last.request.headers.text(.subscriptionState) == "terminated;reason=rejected")
                var again = third
                again.call = "rosaline2"
                #expect(try await stage.watch(again).status == 200)
            }
        }

        @Test("RFC 8048 §7.2: a fetch of an approved watcher is answered with what the user says when it is asked")
        func fetch() async throws {
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                _ = try await stage.watch()
                _ = try await stage.notification()
                _ = try await stage.shown()
                try await stage.say("subscribed", from: "juliet@example.com")
                _ = try await stage.notification()
                #expect(try await stage.watch(Stage.Wish(call: "f1", expires: 0)).status == 200)
                #expect(try await stage.shown().kind == "probe romeo@example.net juliet@example.com")
                try await stage.say(nil, "<show>chat</show>")
                let fetched = try await stage.notification()
                #expect(fetched.callID == "f1")
                #expect(fetched.request.headers.text(.subscriptionState) == "terminated;reason=timeout")
                #expect(fetched.text.contains("<show xmlns='jabber:client'>chat</show>"))
            }
        }

        @Test("RFC 3856 §6.6.2: a fetch of a stranger is answered, and says nothing")
        func strangersFetch() async throws {
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                #expect(try await stage.watch(Stage.Wish(call: "f1", expires: 0)).status == 200)
                #expect(try await stage.shown().kind == "probe romeo@example.net juliet@example.com")
                try await stage.say("unsubscribed", from: "juliet@example.com")
                let fetched = try await stage.notification()
                #expect(fetched.request.headers.text(.subscriptionState) == "terminated;reason=timeout")
                #expect(fetched.text.contains("<basic>closed</basic>"))
            }
        }

        @Test("RFC 3922 §6.2: an error about the request is the reason of the end")
        func askFails() async throws {
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                _ = try await stage.watch()
                _ = try await stage.notification()
                let ask = try await stage.shown().element
                try await stage.server.send(
                    "<presence type='error' from='juliet@example.com' to='romeo@example.net' "
                        + "id='\(ask.attribute("id") ?? "")'><error type='cancel'>"
                        + "<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>"
                )
                let last = try await stage.notification()
                #expect(last.request.headers.text(.subscriptionState) == "terminated;reason=noresource")
            }
        }

        @Test("RFC 3859 §3.4: after a restart the dialog goes on, and the user is asked what it says now")
        func sipWatcherSurvivesRestart() async throws {
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                _ = try await stage.watch()
                _ = try await stage.notification()
                _ = try await stage.shown()
                try await stage.say("subscribed", from: "juliet@example.com")
                _ = try await stage.notification()
                try await stage.wait(seconds: 5)
                try await stage.say(nil, "<show>away</show>")
                let before = try await stage.notification()
                try await stage.restart(after: 10_000)
                try await stage.pass(milliseconds: 100)
                #expect(try await stage.shown().kind == "probe romeo@example.net juliet@example.com")
                try await stage.say(nil, "<show>dnd</show>")
                let after = try await stage.notification()
                #expect(after.callID == before.callID && after.fromTag == before.fromTag)
                #expect(after.cseq > before.cseq)
                #expect(after.text.contains("<show xmlns='jabber:client'>dnd</show>"))
                #expect(after.request.headers.text(.subscriptionState)?.hasPrefix("active;expires=5") == true)
            }
        }

        // MARK: A watcher of the XMPP shore

        @Test("RFC 8048 §5.2.1: a request becomes SUBSCRIBE; only an active NOTIFY is an approval, and it is told once")
        func xmppWatcherAsks() async throws {
            try await Stage.play { stage in
                try await stage.say("subscribe", from: "juliet@example.com", id: "s1", "<status>It is I</status>")
                let subscribe = try await stage.request()
                #expect(subscribe.request.method == .subscribe)
                #expect(subscribe.uri == "sip:romeo@example.net")
                #expect(subscribe.from == "sip:juliet@example.com")
                #expect(subscribe.request.headers.text(.event) == "presence")
                #expect(subscribe.request.headers.text(.accept) == "application/pidf+xml")
                #expect(subscribe.request.headers.text(.subject) == "It is I")
                #expect(subscribe.request.headers.expires == 3_600)
                try await stage.phone.answer(subscribe, 200, [(.expires, "600")])
                #expect(try await stage.notify(subscribe, "pending;expires=600") == 200)
                let away = Stage.tuple("orchard", "open", "<note xml:lang='fr'>Ne derangez pas</note>")
                #expect(try await stage.notify(subscribe, cseq: 2, body: Stage.document(away)) == 200)
                #expect(try await stage.shown().kind == "subscribed romeo@example.net juliet@example.com")
                let (kind, element) = try await stage.shown()
                #expect(kind == "available romeo@example.net/orchard juliet@example.com")
                #expect(element.first("status", PlayedServer.namespace)?.text == "Ne derangez pas")
                try await stage.wait(seconds: 6)
                #expect(try await stage.notify(subscribe, cseq: 3, body: Stage.document(Stage.tuple("garden"))) == 200)
                #expect(try await stage.shown().kind == "available romeo@example.net/garden juliet@example.com")
                #expect(try await stage.shown().kind == "unavailable romeo@example.net/orchard juliet@example.com")
            }
        }

        @Test("RFC 8048 §5.2.2: 603 takes the request back; 404 is an error about it")
        func xmppWatcherIsRefused() async throws {
            try await Stage.play { stage in
                try await stage.say("subscribe", from: "juliet@example.com", id: "s1")
                try await stage.phone.answer(try await stage.request(), 603)
                #expect(try await stage.shown().kind == "unsubscribed romeo@example.net juliet@example.com")
                try await stage.say("subscribe", from: "juliet@example.com", id: "s2")
                try await stage.phone.answer(try await stage.request(), 404)
                let (kind, element) = try await stage.shown()
                #expect(kind == "error romeo@example.net juliet@example.com")
                #expect(element.attribute("id") == "s2")
                #expect(element.condition == "item-not-found")
                #expect(try stage.reader().watches().isEmpty)
            }
        }

        @Test("RFC 8048 §5.2.3: who unsubscribes ends the dialog, and hears when the other side knows")
        func xmppWatcherLeaves() async throws {
            try await Stage.play { stage in
                let subscribe = try await Self.approved(stage)
                try await stage.say("unsubscribe", from: "juliet@example.com", id: "u1")
                #expect(try await stage.shown().kind == "unavailable romeo@example.net/orchard juliet@example.com")
                let end = try await stage.request()
                #expect(end.request.headers.expires == 0)
                #expect(end.callID == subscribe.callID && end.cseq > subscribe.cseq)
                try await stage.phone.answer(end, 200, [(.expires, "0")])
                #expect(try await stage.shown().kind == "unsubscribed romeo@example.net juliet@example.com")
                #expect(
                    try await stage.notify(
                        subscribe,
                        "terminated;reason=timeout",
                        cseq: 9,
                        body: Stage.document(Stage.tuple("orchard"))
                    ) == 200
                )
                try await stage.eventually("nothing is kept") { try stage.reader().watches().isEmpty }
            }
        }

        @Test("RFC 6121 §3.1.2: who asks again before the end is confirmed has a subscription of its own")
        func xmppWatcherComesBack() async throws {
            try await Stage.play { stage in
                let subscribe = try await Self.approved(stage)
                try await stage.say("unsubscribe", from: "juliet@example.com", id: "u1")
                _ = try await stage.shown()
                let end = try await stage.request()
                #expect(end.request.headers.expires == 0)
                try await stage.say("subscribe", from: "juliet@example.com", id: "s2")
                let again = try await stage.request()
                #expect(again.callID != subscribe.callID && again.request.headers.expires == 3_600)
                try await stage.phone.answer(end, 200, [(.expires, "0")])
                try await stage.phone.answer(again, 200, [(.expires, "600")])
                try await stage.wait(seconds: 6)
                #expect(try await stage.notify(again, body: Stage.document(Stage.tuple("orchard"))) == 200)
                #expect(try await stage.shown().kind == "subscribed romeo@example.net juliet@example.com")
                #expect(try await stage.shown().kind == "available romeo@example.net/orchard juliet@example.com")
            }
        }

        @Test("RFC 6121 §3.1.6: an approval that the bridge has no room for is told when there is room again")
        func stepsWait() async throws {
            try await Stage.play(limits: "{items-per-hop: 1, items-per-pair: 1}") { stage in
                try await stage.server.keepPongs()
                for number in 1...2 {
                    try await stage.say(
                        "unsubscribe",
                        from: "juliet@example.com",
                        to: "nobody\(number)@example.net",
                        id: "u"
                    )
                    #expect(try await stage.shown().kind.hasPrefix("error nobody"))
                }
                try await stage.say("unsubscribe", from: "juliet@example.com", to: "nobody3@example.net", id: "u")
                try await stage.recorded(.refused)
                try await stage.server.givePongs()
                try await stage.wait(seconds: 2)
                #expect(try await stage.shown().kind == "error nobody3@example.net juliet@example.com")
            }
        }

        @Test("RFC 6665 §4.1.3: a deactivated subscription is made anew, without another word to the user")
        func deactivated() async throws {
            try await Stage.play { stage in
                let subscribe = try await Self.approved(stage)
                #expect(try await stage.notify(subscribe, "terminated;reason=deactivated", cseq: 5) == 200)
                #expect(try await stage.shown().kind == "unavailable romeo@example.net/orchard juliet@example.com")
                let again = try await stage.request()
                #expect(again.request.method == .subscribe)
                #expect(again.callID != subscribe.callID)
                try await stage.phone.answer(again, 200, [(.expires, "600")])
                try await stage.wait(seconds: 6)
                let body = Stage.document(Stage.tuple("orchard"))
                #expect(try await stage.notify(again, body: body) == 200)
                #expect(try await stage.shown().kind == "available romeo@example.net/orchard juliet@example.com")
            }
        }

        @Test("RFC 6665 §4.1.2.2: a subscription is refreshed before it ends, in its dialog")
        func refreshed() async throws {
            try await Stage.play { stage in
                let subscribe = try await Self.approved(stage)
                try await stage.wait(seconds: 541)
                #expect(try await stage.shown().kind == "probe romeo@example.net juliet@example.com")
                try await stage.wait(seconds: 5)
                let refresh = try await stage.request()
                #expect(refresh.callID == subscribe.callID && refresh.cseq > subscribe.cseq)
                #expect(refresh.request.headers.expires == 3_600)
                #expect(refresh.uri.hasPrefix("sip:romeo@127.0.0.1"))
            }
        }

        @Test(
            "SUB-020, RFC 8048 §8.1: a user who does not exist any more is not subscribed again",
            arguments: [("item-not-found", true), ("gone", true), ("remote-server-timeout", false)]
        )
        func verified(condition: String, isGone: Bool) async throws {
            try await Stage.play { stage in
                let subscribe = try await Self.approved(stage)
                try await stage.wait(seconds: 541)
                let (kind, probe) = try await stage.shown()
                #expect(kind == "probe romeo@example.net juliet@example.com")
                try await stage.server.send(
                    "<presence type='error' from='juliet@example.com' to='romeo@example.net' "
                        + "id='\(probe.attribute("id") ?? "")'><error type='cancel'>"
                        + "<\(condition) xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>"
                )
                let next = try await stage.request()
                #expect(next.callID == subscribe.callID && next.request.headers.expires == (isGone ? 0 : 3_600))
                try await stage.eventually("the answer is on record") {
                    try stage.records(.subscription).last?.reason == "error \(condition)"
                }
                guard isGone else { return }
                try await stage.phone.answer(next, 200, [(.expires, "0")])
                try await stage.eventually("nothing is kept") {
                    try stage.reader().watches().isEmpty && stage.reader().usages().isEmpty
                }
            }
        }

        @Test("SUB-020, RFC 6121 §4.3.2: unsubscribed ends it for whom the contact could see; else it says nothing")
        func unauthorized() async throws {
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                let subscribe = try await Self.approved(stage)
                try await stage.wait(seconds: 541)
                let id = try await stage.shown().element.attribute("id")
                try await stage.say("unsubscribed", from: "juliet@example.com", id: id)
                let refresh = try await stage.request()
                #expect(refresh.callID == subscribe.callID && refresh.request.headers.expires == 3_600)
                // Now he may see her too.
                _ = try await stage.watch()
                _ = try await stage.notification()
                _ = try await stage.shown()
                try await stage.say("subscribed", from: "juliet@example.com")
                _ = try await stage.notification()
                #expect(try await stage.notify(subscribe, cseq: 2) == 200)
                try await stage.wait(seconds: 541)
                #expect(try await stage.shown().kind == "probe romeo@example.net juliet@example.com")
                try await stage.say("unsubscribed", from: "juliet@example.com")
                let requests = [try await stage.request(), try await stage.request()]
                let end = try #require(requests.first { $0.request.method == .subscribe })
                #expect(end.callID == subscribe.callID && end.request.headers.expires == 0)
                let notify = try #require(requests.first { $0.request.method == .notify })
                #expect(notify.request.headers.text(.subscriptionState) == "terminated;reason=rejected")
            }
        }

        @Test("sub.verify: off renews without asking the user's server")
        func unverified() async throws {
            try await Stage.play(tables: [SiteTable.switches("sub.verify: off")]) { stage in
                let subscribe = try await Self.approved(stage)
                try await stage.wait(seconds: 541)
                #expect(try await stage.request().callID == subscribe.callID)
                #expect(try await stage.server.stanzas.rest().isEmpty)
            }
        }

        @Test("RFC 3859 §3.4: after a restart the subscription goes on in its dialog, and no approval is told again")
        func xmppWatcherSurvivesRestart() async throws {
            try await Stage.play { stage in
                let subscribe = try await Self.approved(stage)
                try await stage.restart(after: 10_000)
                // A gateway that stops says so.
                #expect(try await stage.shown().kind == "unavailable romeo@example.net/orchard juliet@example.com")
                try await stage.pass(milliseconds: 100)
                #expect(try await stage.shown().kind == "probe romeo@example.net juliet@example.com")
                try await stage.say()
                let refresh = try await stage.request()
                #expect(refresh.callID == subscribe.callID && refresh.cseq > subscribe.cseq)
                try await stage.phone.answer(refresh, 200, [(.expires, "600")])
                let body = Stage.document(Stage.tuple("orchard"))
                #expect(try await stage.notify(subscribe, cseq: 7, body: body) == 200)
                #expect(try await stage.shown().kind == "available romeo@example.net/orchard juliet@example.com")
                try await stage.wait(seconds: 6)
                #expect(
                    try await stage.notify(subscribe, cseq: 8, body: Stage.document(Stage.tuple("orchard", "closed")))
                        == 200
                )
                #expect(try await stage.shown().kind == "unavailable romeo@example.net/orchard juliet@example.com")
            }
        }

        @Test("RFC 8048 §7.1: a probe is answered from what is known; of a stranger it becomes a fetch")
        func probes() async throws {
            try await Stage.play { stage in
                try await stage.say("probe", from: "juliet@example.com/chamber")
                let fetch = try await stage.request()
                #expect(fetch.request.headers.expires == 0)
                try await stage.phone.answer(fetch, 200, [(.expires, "0")])
                let body = Stage.document(Stage.tuple("orchard"))
                #expect(try await stage.notify(fetch, "terminated;reason=timeout", body: body) == 200)
                #expect(
                    try await stage.shown().kind == "available romeo@example.net/orchard juliet@example.com/chamber"
                )
                _ = try await Self.approved(stage)
                try await stage.say("probe", from: "juliet@example.com/chamber")
                #expect(
                    try await stage.shown().kind == "available romeo@example.net/orchard juliet@example.com/chamber"
                )
            }
        }

        @Test("RFC 6665 §4.1.3: a NOTIFY that no subscription expects is 481")
        func strayNotify() async throws {
            try await Stage.play { stage in
                let subscribe = try await Self.approved(stage)
                #expect(try await stage.notify(subscribe, cseq: 2, tag: "other", body: "") == 481)
            }
        }

        @Test("RFC 3863 §4.1.1: a document about somebody else, or none at all, shows nothing and is written down")
        func badDocuments() async throws {
            try await Stage.play { stage in
                let subscribe = try await Self.approved(stage)
                try await stage.wait(seconds: 6)
                let other = Stage.document(Stage.tuple("x")).replacingOccurrences(of: "romeo", with: "tybalt")
                #expect(try await stage.notify(subscribe, cseq: 5, body: other) == 200)
                #expect(try await stage.notify(subscribe, cseq: 6, body: "<presence") == 200)
                try await stage.recorded(.refused, 2)
                #expect(try await stage.notify(subscribe, cseq: 7, body: Stage.document(Stage.tuple("garden"))) == 200)
                #expect(try await stage.shown().kind == "available romeo@example.net/garden juliet@example.com")
            }
        }

        /// Lets Juliet watch Romeo, who is in the orchard.
        private static func approved(_ stage: Stage) async throws -> Phone.Call {
            try await stage.say("subscribe", from: "juliet@example.com", id: "s1")
            let subscribe = try await stage.request()
            try await stage.phone.answer(subscribe, 200, [(.expires, "600")])
            let body = Stage.document(Stage.tuple("orchard"))
            #expect(try await stage.notify(subscribe, body: body) == 200)
            #expect(try await stage.shown().kind == "subscribed romeo@example.net juliet@example.com")
            #expect(try await stage.shown().kind == "available romeo@example.net/orchard juliet@example.com")
            return subscribe
        }
    }
}
