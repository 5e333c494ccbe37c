import Addressing
import Foundation
import Interworking
import MappingTables
import OperatorFiles
import SIPMessages
import XMLStreams
import XMPPStanzas

@main
struct Main {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let shipped = arguments.first else { fatalError("name the folder Mappings") }
        let wanted = arguments.dropFirst().compactMap { Rows(rawValue: $0) }
        print(
            "rows of             read     compile      memory         out         in   (of documents: presence, else a message)"
        )
        for kind in wanted.isEmpty ? Rows.allCases : wanted {
            var few = try measure(kind, 10, shipped)
            var many = try measure(kind, 10_000, shipped)
            try compare(kind, &few, &many)
            func row(_ one: Figures, _ count: Int) {
                let label = "\(count) \(kind.rawValue)".padding(toLength: 16, withPad: " ", startingAt: 0)
                print(
                    label
                        + String(
                            format: "%6.0f ms   %6.0f ms   %6.1f MB   %6.1f us   %6.1f us",
                            one.read * 1e3,
                            one.compile * 1e3,
                            one.memory / 1e6,
                            one.out * 1e6,
                            one.back * 1e6
                        )
                )
            }
            row(few, 10)
            row(many, 10_000)
            print(String(format: "  10,000 to 10: out %.2f, in %.2f", many.out / few.out, many.back / few.back))
        }
    }

    struct Figures {
        var read = 0.0
        var compile = 0.0
        var memory = 0.0
        var out = 0.0
        var back = 0.0
        var generation: Generation?
    }

    /// One way across, done once; how much came of it.
    typealias Crossing = () -> Int

    /// Has items cross under few and under many rows by turns, so that what else the machine does meets both.
    static func compare(_ kind: Rows, _ few: inout Figures, _ many: inout Figures) throws {
        guard let small = few.generation, let large = many.generation else { return }
        let first = kind == .documents ? try presenceCrossings(small) : try crossings(small)
        let second = kind == .documents ? try presenceCrossings(large) : try crossings(large)
        (few.out, many.out) = best(first.out, second.out)
        (few.back, many.back) = best(first.back, second.back)
    }

    static func measure(_ kind: Rows, _ count: Int, _ shipped: String) throws -> Figures {
        let folder = FileManager.default.temporaryDirectory.appending(path: "mappings-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: shipped + "/00-standard", toPath: folder.path + "/00-standard")
        for (path, text) in kind.files(count) {
            let file = folder.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
        }
        var figures = Figures()
        var documents: [MappingDocument] = []
        figures.read = seconds {
            let found = MappingFolder(folder.path)
            for diagnostic in found.diagnostics.prefix(3) { print(diagnostic) }
            documents = found.documents
        }
        let files = documents.map { document in
            let layer: TableFile.Layer =
                switch document.layer {
                case .standard: .standard
                case .site: .site
                case .peer(let domain): .peer(domain)
                }
            return TableFile(layer: layer, root: document.root)
        }
        let before = residentBytes()
        var result: TableCompiler.Result?
        figures.compile = seconds { result = TableCompiler.compile(files) { _ in "benchmark" } }
        figures.memory = residentBytes() - before
        guard let generation = result?.generation else {
            for diagnostic in (result?.diagnostics ?? []).prefix(5) { print(diagnostic) }
            return figures
        }
        figures.generation = generation
        return figures
    }

    /// One message each way.
    static func crossings(_ generation: Generation) throws -> (out: Crossing, back: Crossing) {
        var facts = Facts(now: 1_772_366_400_000, gatewayDomain: "gw.example.org")
        facts.xmppDomains = ["example.com"]
        facts.cpimDomains = ["example.net"]
        let translator = MessageTranslator(generation: generation)
        let stanza = """
            <message xmlns='jabber:client' from='juliet@example.com/balcony' to='romeo@example.net' type='chat' id='m1'>\
            <body>Art thou not Romeo, and a Montague?</body><thread>e0ffe42b</thread>\
            <markable xmlns='urn:xmpp:chat-markers:0'/></message>
            """
        let element = try XML.DocumentReader.read(Array(stanza.utf8)[...])
        let request = """
            MESSAGE sip:juliet@example.com SIP/2.0\r
            Via: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bKnashds7\r
            Max-Forwards: 70\r
            From: <sip:romeo@example.net>;tag=ab8asdasd9\r
            To: <sip:juliet@example.com>\r
            Call-ID: asd88asd77a@1.2.3.4\r
            CSeq: 1 MESSAGE\r
            Content-Type: text/plain\r
            Content-Length: 12\r
            \r
            Hello there!
            """
        guard let message = MessageStanza(element),
            case .request(let sip) = try SIPReader.read(datagram: Array(request.utf8))
        else { fatalError("the samples can be read") }
        let identity = RequestIdentity(
            branch: "z9hG4bKb1",
            callID: "fresh@gw.example.org",
            fromTag: "t1",
            cseq: 1,
            sentBy: "gw.example.org",
            transport: "TCP",
            messageID: "imdn1"
        )
        let out = {
            guard let pivot = translator.pivot(from: message, facts: facts).value else { fatalError("refused") }
            return translator.request(from: pivot, identity: identity, facts: facts, carrier: .cpim).value?.bytes.count
                ?? 0
        }
        let back = {
            guard let pivot = translator.pivot(from: sip, facts: facts).value else { fatalError("refused") }
            return translator.stanza(from: pivot, facts: facts, contentNamespace: "jabber:client", freshID: "f1").value?
                .bytes.count ?? 0
        }
        return (out, back)
    }

    /// One presence each way.
    static func presenceCrossings(_ generation: Generation) throws -> (out: Crossing, back: Crossing) {
        var facts = Facts(now: 1_772_366_400_000, gatewayDomain: "gw.example.org")
        facts.xmppDomains = ["example.com"]
        facts.cpimDomains = ["example.net"]
        let translator = PresenceTranslator(generation: generation)
        let stanza = """
            <presence xmlns='jabber:client' from='juliet@example.com/balcony' to='romeo@example.net'>\
            <show>away</show><status>Wooing</status><priority>5</priority>\
            <x xmlns='vcard-temp:x:update'/></presence>
            """
        let element = try XML.DocumentReader.read(Array(stanza.utf8)[...])
        let (user, contact) = ("juliet@example.com", "romeo@example.net")
        guard let ends = translator.ends(user: user, contact: contact, facts: facts).value else {
            fatalError("the addresses are mapped")
        }
        let resource = ResourcePresence(resource: "balcony", element: element, seen: facts.now, isAvailable: true)
        let body = PresenceBody(
            type: "application/pidf+xml",
            bytes: Array(
                """
                <presence xmlns='urn:ietf:params:xml:ns:pidf' entity='pres:romeo@example.net'>\
                <tuple id='ID-orchard'><status><basic>open</basic></status>\
                <class xmlns='urn:ietf:params:xml:ns:pidf:rpid'>home</class><note>Here</note></tuple></presence>
                """.utf8
            )
        )
        let out = {
            translator.body(about: ends, resources: [resource], facts: facts).value?.bytes.count ?? 0
        }
        let back = { translator.presences(from: body, of: ends.contact, facts: facts).value?.count ?? 0 }
        return (out, back)
    }

    /// The time of two crossings that take turns, the best of many rounds each.
    static func best(_ first: Crossing, _ second: Crossing) -> (Double, Double) {
        var times = (Double.infinity, Double.infinity)
        for _ in 0..<60 {
            times.0 = min(times.0, round(first))
            times.1 = min(times.1, round(second))
        }
        return times
    }

    /// The time of one of 200 crossings.
    static func round(_ crossing: Crossing) -> Double {
        var size = 0
        let time = seconds { for _ in 0..<200 { size += crossing() } }
        guard size > 0 else { fatalError("nothing crossed") }
        return time / 200
    }

    /// Time of the processor: the machine may have other work.
    static func seconds(_ step: () -> Void) -> Double {
        let start = clock()
        step()
        return Double(clock() - start) / Double(CLOCKS_PER_SEC)
    }

    static func residentBytes() -> Double {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0) * 4096
    }
}
