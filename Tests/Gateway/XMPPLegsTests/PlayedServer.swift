import NIOCore
import XMLStreams
import XMPPChannels

@testable import XMPPLegs

/// A component's server played from text: what the leg flushed is read here, what a test serves arrives there.
final class PlayedServer: ComponentConnection {
    let host: Place
    private let deliver: (XMPPConnection.Event) -> Void
    private let parser: XML.StreamParser
    private var queued: [UInt8] = []
    private var flushed: [UInt8] = []
    private(set) var isConnecting = false
    private(set) var isClosed = false
    var isWritable = true

    /// Where the leg connected to.
    final class Place {
        var name = ""
        var port = 0
    }

    init(limits: XML.Limits, deliver: @escaping (XMPPConnection.Event) -> Void) {
        host = Place()
        parser = XML.StreamParser(limits: limits, excess: .isRefused)
        self.deliver = deliver
    }

    func connect(host: String, port: Int, timeout: TimeAmount) {
        self.host.name = host
        self.host.port = port
        isConnecting = true
    }

    func send(_ bytes: [UInt8]) { queued += bytes }

    func flush() {
        flushed += queued
        queued = []
    }

    func close() {
        flush()
        isClosed = true
    }

    /// What has left since the last time, as text.
    func taken() -> String {
        defer { flushed = [] }
        return String(decoding: flushed, as: UTF8.self)
    }

    /// The connection stands.
    func accept() {
        deliver(.connected)
        deliver(.batchEnded)
    }

    /// Something arrives in one read.
    func serve(_ markup: String) {
        var events: [XML.StreamEvent] = []
        do throws(XMLStreamError) {
            try parser.feed(Array(markup.utf8)[...], into: &events)
            for event in events { deliver(.stream(event)) }
        } catch {
            for event in events { deliver(.stream(event)) }
            deliver(.malformed(error))
        }
        deliver(.batchEnded)
    }

    /// The buffers have room again.
    func takeMore() {
        isWritable = true
        deliver(.writable)
    }

    /// The connection breaks.
    func lose(_ reason: String = "broken") { deliver(.closed(reason: reason)) }

    static let header = """
        <?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' \
        xmlns='jabber:component:accept' from='sip.example.com' id='3BF96D32'>
        """
}
