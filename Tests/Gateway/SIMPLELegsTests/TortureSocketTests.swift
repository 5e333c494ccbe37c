import Foundation
import Loopback
import NIOCore
import SIPMessages
import Testing

@testable import SIMPLELegs

/// The torture messages of RFC 4475 and RFC 5118 on the sockets of a running leg.
@Suite("Torture on loopback", .timeLimit(.minutes(1)))
struct TortureSocketTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Protocols/SIPMessagesTests/Torture")

    private static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: name)))
    }

    /// Names, with the answers that the table of reactions allows.
    private static func table() throws -> [(name: String, allowed: [String])] {
        String(decoding: try bytes("expected.tsv"), as: UTF8.self).split(separator: "\n").dropFirst().map { line in
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
            return (String(columns[0]), columns[2].split(separator: "|").map(String.init))
        }
    }

    /// What a leg answers that serves none of their domains, where that differs from the table.
    private static let proofMissing = ["011-mpart01.sip": "403"]

    /// Messages that a stream waits for, or that break its framing, where a datagram has its end.
    private static let differOnStreams: Set<String> = [
        "008-dblreq.sip", "015-clerr.sip", "049-inv2543.sip",
    ]

    @Test("Every message over UDP leaves the daemon serving")
    func datagrams() async throws {
        let running = try await Running.start(host: "127.0.0.1")
        let peer = try await DatagramPeer.bind(host: "127.0.0.1")
        let port = peer.port
        for (index, (name, _)) in try Self.table().enumerated() {
            try await peer.send(try Self.bytes(name), to: running.addresses[0])
            let via = "Via: SIP/2.0/UDP 127.0.0.1:\(port);branch=z9hG4bKprobe\(index);rport"
            let probe = Stage.request("OPTIONS", via, "Call-ID: probe\(index)", body: "")
            try await peer.send(Array(probe.utf8), to: running.addresses[0])
            var answer = try await peer.received.next().text
            // What the message itself is answered may come here too.
            while answer.values("Call-ID") != ["probe\(index)"] { answer = try await peer.received.next().text }
            #expect(answer.hasPrefix("SIP/2.0 200 "), "\(name)")
        }
        try await running.stop()
    }

    @Test("Every message over TCP gets an answer that the table of reactions allows, or the end of its connection")
    func connections() async throws {
        let running = try await Running.start(host: "127.0.0.1")
        for (index, (name, allowed)) in try Self.table().enumerated() where !Self.differOnStreams.contains(name) {
            let peer = try await Peer.connect(to: running.addresses[1])
            try await peer.send(try Self.bytes(name))
            let reaction = try await Self.reaction(of: peer, probe: index)
            let isAllowed = allowed.contains(reaction) || reaction == Self.proofMissing[name]
            // Bare line feeds never end a head, so that the probe is a part of it.
            #expect(isAllowed || name.contains("rawlf"), "\(name): \(reaction), not \(allowed)")
            try? await peer.close()
        }
        try await running.stop()
    }

    /// The codes that come before the answer to a probe, or before the end of the connection.
    private static func reaction(of peer: Peer, probe index: Int) async throws -> String {
        let via = "Via: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKprobe\(index)"
        // A peer that was sent away cannot ask.
        try? await peer.send(Stage.request("OPTIONS", via, "Call-ID: probe\(index)", body: ""))
        var codes: [String] = []
        while let answer = try? await peer.read(through: "\r\n\r\n") {
            if answer.values("Call-ID") == ["probe\(index)"] { break }
            codes.append(String(answer.dropFirst(8).prefix(3)))
        }
        return codes.isEmpty ? "drop" : codes.joined(separator: "+")
    }
}
