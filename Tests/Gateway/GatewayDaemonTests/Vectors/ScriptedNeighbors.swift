import Foundation
import NIOCore
import SIPTransactions
import Synchronization
import XMLStreams
import XMPPChannels

@testable import Ledger
@testable import SIMPLELegs
@testable import VectorSupport
@testable import XMPPLegs

/// What left a gateway for both neighbors, in order.
final class Departures {
    private(set) var products: [VectorProduct] = []

    func add(_ product: VectorProduct) { products.append(product) }

    /// What left since the last time.
    func take() -> [VectorProduct] {
        defer { products = [] }
        return products
    }
}

/// The sockets of the SIP shore: what leaves is written down.
final class ScriptedCarrier: MessageCarrier {
    private let departures: Departures

    init(_ departures: Departures) { self.departures = departures }

    func send(_ bytes: [UInt8], to flow: SIPFlow) { departures.add(.sip(bytes)) }
    func flush() {}
    func close() {}
}

/// The server of a component, without a socket: what leaves is written down, and pings are answered when asked to.
///
/// Source: XEP-0114 §3.
final class ScriptedServer: ComponentConnection {
    let isWritable = true
    private let deliver: (XMPPConnection.Event) -> Void
    private let departures: Departures
    private let arriving = XML.StreamParser()
    private let leaving = XML.StreamParser()
    private var pongs: [String] = []

    init(_ departures: Departures, deliver: @escaping (XMPPConnection.Event) -> Void) {
        self.departures = departures
        self.deliver = deliver
    }

    func connect(host: String, port: Int, timeout: TimeAmount) {}
    func flush() {}
    func close() {}

    func send(_ bytes: [UInt8]) {
        var events: [XML.StreamEvent] = []
        try? leaving.feed(bytes[...], into: &events)
        for case .element(let element) in events {
            switch element.name {
            case "handshake": continue
            case "iq":
                let text = { element.attribute($0) ?? "" }
                pongs.append("<iq type='result' from='\(text("to"))' to='\(text("from"))' id='\(text("id"))'/>")
            default:
                var writer = XML.Writer()
                writer.copy(element)
                let isError = element.attribute("type") == "error"
                departures.add(isError ? .stanzaError(writer.bytes) : .stanza(Self.withoutCapabilities(writer.bytes)))
            }
        }
    }

    /// A stanza without the announcement of features, which is no translation of anything and stands in no vector.
    private static func withoutCapabilities(_ bytes: [UInt8]) -> [UInt8] {
        let text = String(decoding: bytes, as: UTF8.self)
        return Array(text.replacing(/<c [^>]*http:\/\/jabber.org\/protocol\/caps[^>]*\/>/, with: "").utf8)
    }

    /// The connection stands, and the server accepts the component.
    func open(_ domain: String) throws {
        deliver(.connected)
        try serve(
            "<stream:stream xmlns='\(PlayedServer.namespace)' from='\(domain)' id='1' "
                + "xmlns:stream='http://etherx.jabber.org/streams'>"
        )
        try serve("<handshake/>")
    }

    /// Something arrives from the server.
    func serve(_ markup: String) throws {
        var events: [XML.StreamEvent] = []
        try arriving.feed(Array(markup.utf8)[...], into: &events)
        for event in events { deliver(.stream(event)) }
        deliver(.batchEnded)
    }

    /// Answers the pings that wait.
    ///
    /// - Returns: whether there were any.
    func answerPings() throws -> Bool {
        let waiting = pongs
        pongs = []
        for pong in waiting { try serve(pong) }
        return !waiting.isEmpty
    }
}

/// Completions of the ledger, kept until the thread of the test runs them.
final class KeptDeliveries: Sendable {
    private let kept = Mutex<[LedgerDelivery]>([])

    func add(_ delivery: LedgerDelivery) { kept.withLock { $0.append(delivery) } }

    /// Runs what waits.
    ///
    /// - Returns: whether there was anything.
    func run() -> Bool {
        let waiting = kept.withLock { kept in
            defer { kept = [] }
            return kept
        }
        for delivery in waiting { delivery.run() }
        return !waiting.isEmpty
    }
}
