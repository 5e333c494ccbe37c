import BridgeCore
import Digests
import GatewayDaemon
import Interworking
import Ledger
import Logging
import MappingTables
import NIOCore
import OperatorFiles
import SIMPLELegs
import Testing
import XMPPLegs
import XMPPStanzas

// The examples of the modules' pages, word for word.

/// The example of MappingTables.
private func carrier(for domain: String, in files: [TableFile], digest: ([UInt8]) -> String) -> String? {
    let result = TableCompiler.compile(files, digest: digest)
    for diagnostic in result.diagnostics { print(diagnostic) }
    guard let route = result.generation?.route(peer: domain) else { return nil }
    return route.switches.text(.carrier)
}

/// The example of OperatorFiles.
private func gatewayName(in path: String) -> String? {
    let loaded = ConfigFile.load(path: path)
    if !loaded.diagnostics.isEmpty {
        print(DiagnosticReport(loaded.diagnostics, sources: loaded.sources).text)
    }
    return loaded.configuration?.name
}

/// The example of Interworking.
private func send(
    _ stanza: MessageStanza,
    under generation: Generation,
    facts: Facts,
    identity: RequestIdentity
) -> [UInt8]? {
    let translator = MessageTranslator(generation: generation)
    guard let pivot = translator.pivot(from: stanza, facts: facts).value else { return nil }
    return translator.request(from: pivot, identity: identity, facts: facts).value?.bytes
}

/// The example of BridgeCore.
private func carry(_ wire: [UInt8], now: Moment) -> [BridgeEffect] {
    var bridge = Bridge(limits: BridgeLimits(), nextID: 1, now: now)
    let offer = Offer(
        kind: .message,
        target: .cpim,
        sender: "juliet@example.com",
        recipient: "romeo@example.net",
        hop: "udp:192.0.2.7:5060",
        lane: "sip:romeo@example.net",
        cargo: Cargo(source: wire, wire: wire),
        generation: "shipped"
    )
    var effects: [BridgeEffect] = []
    bridge.handle(.offered(offer), now: now, effects: &effects)  // store
    bridge.handle(.committed([CrossingID(1)]), now: now, effects: &effects)  // send
    let report = OutcomeReport(protocolCode: "200")
    bridge.handle(.delivered(CrossingID(1), report: report), now: now, effects: &effects)  // settle
    return effects
}

/// The example of Ledger.
private func run() throws {
    let state = try StateDirectory(path: "/var/lib/isthmus")
    let writer = try LedgerWriter(path: state.databasePath) { delivery in
        // On an event loop: loop.execute { delivery.run() }
        delivery.run()
    }
    let record = AuditRecord(.refused, time: 1_777_885_687_006, node: "gw.example.net", crossing: "c1")
    try writer.submit([.audit(record.entry()), .count(.refused)]) { result in
        if case .success(let receipt) = result { print(receipt.sequences) }
    }
    writer.close()
}

/// The example of XMPPLegs.
private func startXMPP(on loop: any EventLoop, secret: String, host: any XMPPLegHost, now: Moment) -> XMPPLeg {
    let component = XMPPLegSettings.Component(
        domain: "example.net",
        host: "127.0.0.1",
        port: 5_347,
        secret: secret,
        largestStanza: 262_144
    )
    let settings = XMPPLegSettings(
        components: [component],
        gatewayName: "gw.example.net",
        xmppDomains: ["example.com"],
        largestStanza: 262_144
    )
    let logger = Logger(label: "isthmus.xmpp")
    let leg = XMPPLeg(eventLoop: loop, settings: settings, host: host, logger: logger, now: now)
    leg.start(now: now)
    return leg
}

/// The example of SIMPLELegs.
private func startSIP(on loop: any EventLoop, host: any SIMPLELegHost) -> EventLoopFuture<[SocketAddress]> {
    let neighbor = SIMPLELegSettings.Route(
        transport: "udp",
        address: "192.0.2.7",
        port: 5_060,
        isCongestionSafe: false,
        largestMessage: 65_536
    )
    let settings = SIMPLELegSettings(
        gatewayName: "gw.example.net",
        listeners: [.init(transport: "udp", host: "127.0.0.1", port: 5_060)],
        routes: ["example.net": neighbor],
        trusted: ["192.0.2.7": ["example.net"]],
        xmppDomains: ["example.com"],
        largestMessage: 1_048_576,
        connections: 1_000,
        idleSeconds: 600
    )
    let logger = Logger(label: "isthmus.sip")
    return SIMPLELeg(eventLoop: loop, settings: settings, host: host, logger: logger).start()
}

/// The example of GatewayDaemon.
private func serve(_ path: String) async throws {
    let loaded = ConfigFile.load(path: path)
    guard let configuration = loaded.configuration else {
        print(DiagnosticReport(loaded.diagnostics, sources: loaded.sources).text)
        return
    }
    try await GatewayService.run(configuration: configuration)
}

@Suite("Examples of Gateway")
struct GatewayExamples {
    @Test("MappingTables: the shipped catch-all sends what the recipient reads")
    func mappingTables() {
        let files = MappingLoader.load(directory: Checkout.path("Mappings")).files
        #expect(carrier(for: "anything.example", in: files) { SHA256.hash($0).hexadecimal } == "auto")
    }

    @Test("OperatorFiles: the shipped configuration has a name")
    func operatorFiles() {
        #expect(gatewayName(in: Checkout.path("Config/isthmus.yaml")) == "gw.example.net")
    }

    @Test("BridgeCore: an item is stored, sent and settled, in this order")
    func bridgeCore() {
        let effects = carry([1], now: Moment(monotonic: 0, wall: 1_000)).map { String(describing: $0).prefix(5) }
        #expect(effects == ["store", "send(", "settl"])
    }
}
