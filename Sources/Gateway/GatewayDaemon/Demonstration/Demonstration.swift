import CPIM
import FoundationEssentials
import Glibc
import Interworking
import Ledger
import Logging
import MappingTables
import OperatorFiles
import SIPMessages
import XMLStreams
import XMPPStanzas

/// A whole gateway on loopback with two small neighbors: messages, an error, subscriptions and presence cross it.
public struct Demonstration {
    let gateway: RunningGateway
    let generation: Generation
    let xmpp: XMPPNeighbor
    let sip: SIPNeighbor
    private let directory: String
    let show: (DemonstrationStep) -> Void

    /// Brings the gateway up, lets the items cross, and takes it down.
    ///
    /// - Parameters:
    ///   - mappings: the directory of the mapping tables.
    ///   - show: gets each crossing when it is complete.
    /// - Throws: ``StartFault`` when a table has faults, or something did not happen within ten seconds.
    public static func run(mappings: String, show: @escaping (DemonstrationStep) -> Void) async throws {
        let loaded = MappingLoader.load(directory: mappings)
        guard let generation = loaded.generation else { throw StartFault.files(loaded.diagnostics) }
        let directory = try temporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let xmpp = try await XMPPNeighbor.start()
        let sip = try await SIPNeighbor.start(user: "romeo")
        let configuration = try configuration(directory, mappings, xmpp.port, sip.port)
        let logger = Logger(label: "isthmus.try") { _ in SwiftLogNoOpLogHandler() }
        let gateway = try await RunningGateway.start(
            configuration,
            Candidate(generation, files: loaded.contents, now: SystemClock.wall),
            logger
        )
        let play = Demonstration(
            gateway: gateway,
            generation: generation,
            xmpp: xmpp,
            sip: sip,
            directory: directory,
            show: show
        )
        let result: Result<Void, any Error>
        do { result = .success(try await play.perform()) } catch { result = .failure(error) }
        await gateway.stop()
        await xmpp.stop()
        await sip.stop()
        try result.get()
    }

    // MARK: The stage

    private static func temporaryDirectory() throws -> String {
        let path = FileManager.default.temporaryDirectory.path + "/isthmus-try-\(getpid())"
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        return path
    }

    private static func configuration(
        _ directory: String,
        _ mappings: String,
        _ componentPort: Int,
        _ sipPort: Int
    ) throws -> GatewayConfiguration {
        let file = directory + "/gateway.yaml"
        let current = FileManager.default.currentDirectoryPath
        let text = """
            gateway: {name: gw.example.net, state: ./state, mappings: "\(mappings.hasPrefix("/") ? mappings : current + "/" + mappings)"}
            domains:
              xmpp: {example.com: {}}
              cpim: {example.net: {next-hop: "sip:127.0.0.1:\(sipPort);transport=udp"}}
            xmpp:
              components: [{domain: example.net, connect: "127.0.0.1:\(componentPort)", secret-file: secret}]
            sip:
              listen: ["udp:127.0.0.1:0"]
              trusted: [{address: 127.0.0.1, domains: [example.net]}]
            limits: {presence-pace: 0s}

            """
        try Data(text.utf8).write(to: URL(filePath: file))
        try Data(XMPPNeighbor.secret.utf8).write(to: URL(filePath: directory + "/secret"))
        let loaded = ConfigFile.load(path: file)
        guard let configuration = loaded.configuration else { throw StartFault.files(loaded.diagnostics) }
        return configuration
    }

    // MARK: The play

    private func perform() async throws {
        for _ in 0..<500 where try await !gateway.isConnected() { try await Task.sleep(for: .milliseconds(20)) }
        guard try await gateway.isConnected() else { throw StartFault.unreachable("the component did not connect") }
        try await message()
        try await reply()
        try await error()
        try await presence()
    }

    private func message() async throws {
        let stanza = """
            <message from='juliet@example.com/balcony' to='romeo@example.net' id='m1' type='chat'>\
            <subject>Tonight</subject><thread>e0ffe42b</thread>\
            <body>Wherefore art thou, Romeo? 🌹</body></message>
            """
        try await xmpp.send(stanza)
        let arrived = try await next(sip.messages, "the message did not reach the SIP user")
        try show(
            "juliet@example.com (XMPP) writes to romeo@example.net (SIP)",
            ("xmpp", "cpim"),
            stanza,
            pivot(ofStanza: stanza),
            arrived
        )
    }

    private func reply() async throws {
        guard let address = gateway.sipAddresses.first else { return }
        var builder = SIPRequestBuilder(.message, uri: "sip:juliet@example.com")
        builder.via(transport: "UDP", sentBy: "127.0.0.1:\(sip.port)", branch: "z9hG4bKtry1")
        builder.add(.maxForwards, "70")
        builder.address(.from, uri: "sip:romeo@example.net", tag: "r1")
        builder.address(.to, uri: "sip:juliet@example.com")
        builder.add(.callID, "e0ffe42b")
        builder.sequence(1)
        builder.add(.contentType, "text/plain;charset=utf-8")
        let request = builder.message(body: Array("Neither, fair saint, if either thee dislike.".utf8)[...])
        try await sip.send(request, to: address)
        let arrived = try await next(xmpp.stanzas, "the reply did not reach the XMPP user")
        try show(
            "romeo@example.net (SIP) replies to juliet@example.com (XMPP)",
            ("cpim", "xmpp"),
            String(decoding: request, as: UTF8.self),
            pivot(ofRequest: request),
            arrived
        )
    }

    private func error() async throws {
        let stanza = """
            <message from='juliet@example.com/balcony' to='nobody@example.net' id='m2' type='chat'>\
            <body>Is anybody there?</body></message>
            """
        try await xmpp.send(stanza)
        let arrived = try await next(xmpp.stanzas, "no error came back to the XMPP user")
        try show(
            "juliet@example.com writes to somebody whom the SIP side does not know (404)",
            ("xmpp", "xmpp"),
            stanza,
            nil,
            arrived
        )
    }

    private func show(
        _ title: String,
        _ way: (from: String, to: String),
        _ source: String,
        _ pivot: String?,
        _ target: [UInt8]
    ) throws {
        let record = try records([.accepted]).last
        show(
            DemonstrationStep(
                title: title,
                from: way.from,
                to: way.to,
                source: source,
                form: pivot.map { _ in "Message/CPIM (RFC 3862)" },
                pivot: pivot,
                target: String(decoding: target, as: UTF8.self),
                rules: record?.rules ?? [],
                losses: record?.losses ?? []
            )
        )
    }

    // MARK: What is shown

    struct Record: Decodable {
        var leg: String?
        var reason: String?
        var rules: [String]?
        var losses: [String]?
    }

    /// The records of such events, from the store.
    func records(_ events: [AuditEvent]) throws -> [Record] {
        let reader = try LedgerReader(path: StateDirectory.databasePath(in: directory + "/state"))
        return try reader.auditRecords(matching: AuditFilter(events: events), limit: 100).compactMap { row in
            try? JSONDecoder().decode(Record.self, from: Data(row.record))
        }
    }

    var facts: Facts {
        var facts = Facts(now: SystemClock.wall, gatewayDomain: "gw.example.net")
        facts.xmppDomains = ["example.com"]
        facts.cpimDomains = ["example.net"]
        return facts
    }

    private func pivot(ofStanza text: String) throws -> String? {
        guard let stanza = MessageStanza(try element(ofStanza: text)) else { return nil }
        return try self.text(of: MessageTranslator(generation: generation).pivot(from: stanza, facts: facts).value)
    }

    /// A stanza as the gateway reads it.
    func element(ofStanza text: String) throws -> XML.Element {
        let name = text.dropFirst().prefix { $0.isLetter }
        let document = text.replacing(
            "<\(name) ",
            with: "<\(name) xmlns='jabber:component:accept' ",
            maxReplacements: 1
        )
        return try XML.DocumentReader.read(Array(document.utf8)[...])
    }

    private func pivot(ofRequest bytes: [UInt8]) throws -> String? {
        guard case .request(let request) = try SIPReader.read(datagram: bytes) else { return nil }
        return try text(of: MessageTranslator(generation: generation).pivot(from: request, facts: facts).value)
    }

    private func text(of pivot: Pivot?) throws -> String? {
        guard let pivot else { return nil }
        let message = AnnotatedMessage(try CPIMMessage(pivot.message), annotations: pivot.annotations)
        return String(decoding: message.traceBytes, as: UTF8.self)
    }

    /// The next element of a stream that holds these texts, within ten seconds; others before it are passed over.
    func next(_ stream: AsyncStream<[UInt8]>, holding texts: [String] = [], _ failure: String) async throws -> [UInt8] {
        try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
            group.addTask {
                for await element in stream {
                    let text = String(decoding: element, as: UTF8.self)
                    if texts.allSatisfy({ text.contains($0) }) { return element }
                }
                return nil
            }
            group.addTask {
                try await Task.sleep(for: .seconds(10))
                return nil
            }
            let first = try await group.next()
            group.cancelAll()
            guard let element = first ?? nil else { throw StartFault.unreachable(failure) }
            return element
        }
    }
}
