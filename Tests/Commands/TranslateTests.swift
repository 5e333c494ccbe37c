import Foundation
import Testing

@Suite("translate")
struct TranslateTests {
    static let stanza = """
        <message xmlns='jabber:client' from='juliet@example.com/balcony' to='romeo@example.net' type='chat' id='m1'>
          <body>Wherefore art thou, Romeo?</body>
        </message>
        """

    private func translate(_ words: String..., input: String = TranslateTests.stanza) throws -> Program.Run {
        try Program.run(["translate"] + words, input: input)
    }

    @Test("A stanza becomes a request on standard output")
    func toSIP() throws {
        let run = try translate("--from", "xmpp", "--to", "sip")
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.output.hasPrefix("MESSAGE sip:romeo@example.net SIP/2.0\r\n"))
        #expect(run.output.contains("Wherefore art thou, Romeo?"))
    }

    @Test("The middle is a Message/CPIM object")
    func toCPIM() throws {
        let run = try translate("--from", "xmpp", "--to", "cpim")
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.output.hasPrefix("From: "))
        #expect(run.output.hasSuffix("\r\n\r\nWherefore art thou, Romeo?"))
    }

    private static let presence =
        "<presence xmlns='jabber:client' from='juliet@example.com/balcony' to='romeo@example.net'><show>dnd</show></presence>"

    @Test("Presence becomes a document, with the others who are online, and the rows are shown")
    func toPIDF() throws {
        let run = try translate(
            "--from",
            "xmpp",
            "--to",
            "pidf",
            "--trace",
            "--facts",
            "online juliet@example.com/chamber priority=5",
            input: Self.presence
        )
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.output.hasPrefix("<?xml version='1.0' encoding='UTF-8'?>"))
        #expect(run.output.contains("<tuple id='ID-balcony'>") && run.output.contains("<tuple id='ID-chamber'>"))
        #expect(run.errors.contains("rule  presence.show.dnd  "), "\(run.errors)")
    }

    @Test("A document becomes a stanza for each resource that changed")
    func fromPIDF() throws {
        let document = try translate("--from", "xmpp", "--to", "pidf", input: Self.presence).output
            .replacing("juliet@example.com", with: "romeo@example.net")
        let words = ["--from", "pidf", "--to", "xmpp", "--facts", "watcher=juliet@example.com"]
        let run = try Program.run(["translate"] + words, input: document)
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.output.contains("from='romeo@example.net/balcony' to='juliet@example.com'"), "\(run.output)")
        #expect(run.output.contains("<show>dnd</show>"))
        let gone = ["--facts", "last-state romeo@example.net/orchard=open", "--json"]
        let products = try Program.run(["translate"] + words + gone, input: document).objects()
        #expect(products.map { $0["kind"] as? String } == ["presence", "presence"])
        #expect((products.last?["bytes"] as? String)?.contains("type='unavailable'") == true)
        #expect(try translate("--from", "pidf", "--to", "xmpp", input: document).code == 2)
    }

    @Test("A document that cannot be read is shown with its place")
    func unreadableDocument() throws {
        let input = "<?xml version='1.0'?>\n<presence xmlns='urn:ietf:params:xml:ns:pidf'>\n <tuple></presence>"
        let run = try translate("--from", "pidf", "--to", "xmpp", "--facts", "watcher=a@example.com", input: input)
        #expect(run.code == 1)
        #expect(run.errors.hasPrefix("standard input:3:") && run.errors.contains("[pidf-xml]"), "\(run.errors)")
    }

    @Test("Presence has no place in a request, nor a message in a document")
    func wrongPlace() throws {
        #expect(try translate("--from", "xmpp", "--to", "sip", input: Self.presence).code == 2)
        #expect(try translate("--from", "xmpp", "--to", "pidf").code == 2)
    }

    private static func asking(_ type: String) -> String {
        "<presence xmlns='jabber:client' from='juliet@example.com/a' to='romeo@example.net' type='\(type)'/>"
    }

    private static func request(_ method: String, _ lines: String..., body: String = "") -> String {
        let isNotify = method == "NOTIFY"
        let head = [
            "\(method) sip:juliet@example.com SIP/2.0", "Via: SIP/2.0/TCP simple.example.net;branch=z9hG4bK1",
            "Max-Forwards: 70", "From: <sip:romeo@example.net>;tag=a",
            "To: <sip:juliet@example.com>" + (isNotify ? ";tag=b" : ""), "Call-ID: c1", "CSeq: 1 \(method)",
            "Contact: <sip:romeo@192.0.2.7>", "Event: presence",
        ]
        return (head + lines + ["Content-Length: \(body.utf8.count)", "", body]).joined(separator: "\r\n")
    }

    @Test("A request to watch becomes a SUBSCRIBE, a probe one that is over at once")
    func toSubscribe() throws {
        let run = try translate("--from", "xmpp", "--to", "sip", input: Self.asking("subscribe"))
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.output.hasPrefix("SUBSCRIBE sip:romeo@example.net SIP/2.0\r\n"))
        #expect(run.output.contains("\r\nEvent: presence\r\n") && run.output.contains("\r\nExpires: 3600\r\n"))
        let fetch = try translate("--from", "xmpp", "--to", "sip", input: Self.asking("probe")).output
        #expect(fetch.hasPrefix("SUBSCRIBE ") && fetch.contains("\r\nExpires: 0\r\n"))
        #expect(try translate("--from", "xmpp", "--to", "pidf", input: Self.asking("subscribe")).code == 2)
    }

    @Test("A SUBSCRIBE becomes a request to watch, a fetch a probe")
    func fromSubscribe() throws {
        let words = ["translate", "--from", "sip", "--to", "xmpp"]
        let run = try Program.run(words, input: Self.request("SUBSCRIBE", "Subject: It is me"))
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.output.contains("from='romeo@example.net'") && run.output.contains("to='juliet@example.com'"))
        #expect(run.output.contains("type='subscribe'") && run.output.contains("<status>It is me</status>"))
        let fetch = try Program.run(words, input: Self.request("SUBSCRIBE", "Expires: 0")).output
        #expect(fetch.contains("type='probe'"))
    }

    @Test("A NOTIFY becomes what its watcher is told, by what is known of the subscription")
    func fromNotify() throws {
        let words = ["translate", "--from", "sip", "--to", "xmpp", "--json"]
        let document =
            "<?xml version='1.0'?><presence xmlns='urn:ietf:params:xml:ns:pidf' entity='pres:romeo@example.net'>"
            + "<tuple id='ID-a'><status><basic>open</basic></status></tuple></presence>"
        let type = "Content-Type: application/pidf+xml"
        let active = Self.request("NOTIFY", "Subscription-State: active;expires=9", type, body: document)
        func stanzas(_ request: String, _ facts: String...) throws -> [String] {
            let run = try Program.run(words + facts.flatMap { ["--facts", $0] }, input: request)
            #expect(run.code == 0, "\(run.errors)")
            return try run.objects().compactMap { $0["bytes"] as? String }
        }
        let first = try stanzas(active, "subscription=pending")
        #expect(first.count == 2 && first[0].contains("type='subscribed'"), "\(first)")
        #expect(first.last?.contains("from='romeo@example.net/a'") == true)
        #expect(try stanzas(active, "subscription=active").count == 1)
        #expect(try stanzas(active, "last-state romeo@example.net/b=open").count == 2)
        let rejected = Self.request("NOTIFY", "Subscription-State: terminated;reason=rejected")
        let ended = try stanzas(rejected, "last-state romeo@example.net/b=open")
        #expect(ended.count == 2 && ended[0].contains("type='unavailable'"), "\(ended)")
        #expect(ended.last?.contains("type='unsubscribed'") == true)
        #expect(try stanzas(Self.request("NOTIFY", "Subscription-State: pending")).isEmpty)
    }

    @Test("What needs a subscription that stands is said to need a running gateway")
    func runningGateway() throws {
        let leaving = try translate("--from", "xmpp", "--to", "sip", input: Self.asking("unsubscribe"))
        #expect(leaving.code == 0 && leaving.output.isEmpty)
        #expect(leaving.errors.contains("running gateway"))
        let refresh = Self.request("SUBSCRIBE").replacing(
            "To: <sip:juliet@example.com>",
            with: "To: <sip:juliet@example.com>;tag=b"
        )
        let run = try translate("--from", "sip", "--to", "xmpp", input: refresh)
        #expect(run.code == 2 && run.errors.contains("running gateway"))
    }

    @Test("What was translated comes back")
    func andBack() throws {
        let request = try translate("--from", "xmpp", "--to", "sip", "--set", "msg.carrier=sip").output
        let run = try translate("--from", "sip", "--to", "xmpp", input: request)
        // The sender of the request is on the XMPP shore, and the gateway takes nothing back to where it came from.
        #expect(run.code == 1)
        #expect(run.output.hasPrefix("SIP/2.0 "))
        let fromCPIM = try translate("--from", "xmpp", "--to", "cpim").output
        #expect(try translate("--from", "cpim", "--to", "sip", input: fromCPIM).output.contains("Wherefore"))
    }

    @Test("A trace names the rows in the order in which they fired")
    func trace() throws {
        let run = try translate("--from", "xmpp", "--to", "sip", "--trace")
        #expect(run.errors.contains("rule  message.xmpp.body"), "\(run.errors)")
        #expect(run.errors.contains("Mappings/00-standard/message.yaml:"))
        let products = try translate("--from", "xmpp", "--to", "sip", "--trace", "--json").objects()
        #expect(products.first?["kind"] as? String == "message")
        #expect(products.first?["to"] as? String == "sip")
        #expect((products.first?["bytes"] as? String)?.hasPrefix("MESSAGE ") == true)
        let rules = (products.first?["trace"] as? [String: Any])?["rules"] as? [[String: Any]]
        #expect(rules?.isEmpty == false)
    }

    @Test("A refusal gives the error that goes back, and the exit code 1")
    func refusal() throws {
        let stranger = Self.stanza.replacing("romeo@example.net", with: "romeo@example.org")
        let run = try translate("--from", "xmpp", "--to", "sip", input: stranger)
        #expect(run.code == 1)
        #expect(run.output.contains("type='error'"))
        #expect(run.errors.hasPrefix("error: refused: "))
        let products = try translate("--from", "xmpp", "--to", "sip", "--json", input: stranger).objects()
        #expect(products.map { $0["kind"] as? String } == ["error"])
    }

    @Test("A switch is set over the route of the neighbor, or over a profile")
    func settings() throws {
        let onRoute = try translate("--from", "xmpp", "--to", "sip", "--set", "msg.thread=ignore").output
        #expect(onRoute.contains("Content-Type: text/plain"))
        let onProfile = try translate("--from", "xmpp", "--to", "sip", "--profile", "default").output
        #expect(onProfile.contains("Content-Type: message/cpim"))
        let both = try translate("--from", "xmpp", "--to", "sip", "--profile", "default", "--set", "msg.carrier=sip")
            .output
        #expect(both.contains("Content-Type: text/plain"))
    }

    @Test("With a configuration, the stored addresses are those of the gateway")
    func storedAddresses() throws {
        let site = try Site()
        let plain = try site.run("translate", "--from", "xmpp", "--to", "sip", input: Self.stanza)
        #expect(plain.output.hasPrefix("MESSAGE sip:romeo@example.net "), "\(plain.errors)")
        #expect(try site.run("address", "add", "romeo@example.net", "sip:montague@example.net").code == 0)
        let stored = try site.run("translate", "--from", "xmpp", "--to", "sip", input: Self.stanza)
        #expect(stored.output.hasPrefix("MESSAGE sip:montague@example.net "), "\(stored.output)\(stored.errors)")
    }

    @Test("--out names files like the vectors")
    func out() throws {
        let scratch = try Scratch()
        let run = try translate("--from", "xmpp", "--to", "sip", "--out", scratch.url.appending(path: "o").path)
        #expect(run.output.isEmpty)
        let files = try FileManager.default.contentsOfDirectory(atPath: scratch.url.appending(path: "o").path)
        #expect(files == ["expected.sip"])
    }

    @Test("What is known may stand in a file of lines, a YAML list or an option")
    func facts() throws {
        let scratch = try Scratch()
        try scratch.write("# the time\n\nContext: now=2026-03-01T12:00:00Z\n", to: "facts.txt")
        try scratch.write("- now=2026-03-01T12:00:00Z\n", to: "facts.yaml")
        for facts in ["facts.txt", "facts.yaml"].map({ scratch.url.appending(path: $0).path }) + [
            "now=2026-03-01T12:00:00Z"
        ] {
            let run = try translate("--from", "xmpp", "--to", "cpim", "--facts", facts)
            #expect(run.code == 0, "\(run.errors)")
            #expect(run.output.contains("DateTime: 2026-03-01T12:00:00"), "\(run.output)")
        }
    }

    @Test("A fact that cannot be read is shown with its place")
    func wrongFacts() throws {
        let scratch = try Scratch()
        try scratch.write("now=2026-03-01T12:00:00Z\n\nnow=tomorrow\n", to: "facts.txt")
        try scratch.write("- now=2026-03-01T12:00:00Z\n-   now=tomorrow\n", to: "facts.yaml")
        for (file, place) in [("facts.txt", "3:1"), ("facts.yaml", "2:5")] {
            let path = scratch.url.appending(path: file).path
            let run = try translate("--from", "xmpp", "--to", "sip", "--facts", path)
            #expect(run.code == 1)
            #expect(run.errors.hasPrefix("\(path):\(place): error: 'tomorrow'"), "\(run.errors)")
        }
        #expect(try translate("--from", "xmpp", "--to", "sip", "--facts", "no-such-file").code == 3)
    }

    @Test(
        "A switch, value, profile or form that does not exist is wrong usage",
        arguments: [
            ["--set", "msg.carier=sip"], ["--set", "msg.carrier=pigeon"], ["--set", "msg.carrier"],
            ["--profile", "stocks"],
            ["--from", "smtp"], ["--to", "xmpp"],
        ]
    )
    func wrongUsage(_ words: [String]) throws {
        let run = try Program.run(["translate", "--from", "xmpp", "--to", "sip"] + words, input: Self.stanza)
        #expect(run.code == 2)
    }

    @Test("The nearest switch is named")
    func nearestSwitch() throws {
        let run = try translate("--from", "xmpp", "--to", "sip", "--set", "msg.carier=sip")
        #expect(run.errors.contains("did you mean \"msg.carrier\"?"))
    }

    @Test("An input that cannot be read is shown with its place")
    func unreadable() throws {
        let xml = try translate(
            "--from",
            "xmpp",
            "--to",
            "sip",
            input: "<message xmlns='jabber:client'>\n  <body></message>"
        )
        #expect(xml.code == 1)
        #expect(xml.errors.hasPrefix("standard input:2:"), "\(xml.errors)")
        let sip = try translate("--from", "sip", "--to", "xmpp", input: "MESSAGE sip:romeo@example.net\r\n\r\n")
        #expect(sip.code == 1)
        #expect(sip.errors.hasPrefix("standard input:1:"), "\(sip.errors)")
        let other = try translate("--from", "xmpp", "--to", "sip", input: "<iq xmlns='jabber:client'/>")
        #expect(other.errors.contains("[no-message]"))
    }
}
