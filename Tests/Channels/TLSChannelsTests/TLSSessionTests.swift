import TestAuthority
import Testing

@testable import TLSChannels

@Suite("TLSSession")
struct TLSSessionTests {
    static let versions: [TLSConfiguration.Version] = [.tls12, .tls13]

    @Test("RFC 7590 §3: TLS 1.2 and 1.3 are spoken, with forward secrecy", arguments: versions)
    func versionsAreSpoken(version: TLSConfiguration.Version) throws {
        let pair = try SessionPair.make(client: { $0.maximumVersion = version })
        let (client, server) = try pair.established()
        #expect(client.version == version && server.version == version)
        #expect(client.cipher == server.cipher)
        #expect(version == .tls13 ? client.cipher == "TLS_AES_128_GCM_SHA256" : client.cipher.contains("_ECDHE_"))
        #expect(client.certificates.verdict == .valid)
        #expect(server.certificates.verdict == .noCertificate)
        #expect(client.channelBinding?.count == 32 && client.channelBinding == server.channelBinding)
        #expect(
            pair.client.keyingMaterial(label: "test", count: 20) == pair.server.keyingMaterial(label: "test", count: 20)
        )
        #expect(!client.isResumed && server.serverName == "peer.example")
    }

    @Test("What is written is read, whatever its size", arguments: versions)
    func bytesCross(version: TLSConfiguration.Version) throws {
        let pair = try SessionPair.make(server: { $0.maximumVersion = version })
        _ = try pair.established()
        for count in [1, 100, 16_384, 16_385, 100_000] {
            let text = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            #expect(pair.client.write(text) == .complete)
            SessionPair.pass(pair.client, pair.server)
            var read: [UInt8] = []
            while case .bytes(let more) = pair.server.read() { read += more }
            #expect(read == text)
        }
        #expect(pair.server.read() == .incomplete)
    }

    @Test("RFC 6120 §10.1: a handshake and what follows may be split at any byte", arguments: versions)
    func anySplit(version: TLSConfiguration.Version) throws {
        let stock = try Stock.get()
        let pair = try SessionPair.make(
            client: { $0.maximumVersion = version },
            own: [stock.behind.credentials(chain: [stock.intermediate])]
        )
        let outcome = pair.run(portion: 1)
        #expect(outcome.client == .complete && outcome.server == .complete)
        #expect(pair.server.peer?.certificates.verdict == .valid)
        #expect(pair.client.write(Array("<presence/>".utf8)) == .complete)
        var read: [UInt8] = []
        for byte in pair.client.takeOutput() {
            pair.server.receive([byte])
            if case .bytes(let more) = pair.server.read() { read += more }
        }
        #expect(read == Array("<presence/>".utf8))
    }

    @Test("RFC 6120 §13.7.2.1: a client's chain is asked for, collected and judged without failing the handshake")
    func clientCertificates() throws {
        let stock = try Stock.get()
        let cases: [(Issued, [Issued], ChainVerdict)] = [
            (stock.peer, [], .valid), (stock.behind, [stock.intermediate], .valid), (stock.behind, [], .unknownIssuer),
            (stock.expired, [], .expired), (stock.future, [], .notYetValid), (stock.selfSigned, [], .selfSigned),
            (stock.unknown, [], .unknownIssuer), (stock.unknown, [stock.stranger.root], .unknownIssuer),
            (stock.codeSigning, [], .wrongPurpose), (stock.serverOnly, [], .valid), (stock.marked, [], .authority),
        ]
        for version in Self.versions {
            for (issued, chain, verdict) in cases {
                let pair = try SessionPair.make(
                    client: { $0.maximumVersion = version },
                    own: [issued.credentials(chain: chain)]
                )
                let (_, server) = try pair.established()
                #expect(server.certificates.verdict == verdict, "\(issued.file)")
                #expect(server.certificates.chain == (try issued.credentials(chain: chain).chain))
                if verdict == .valid { #expect(server.certificates.path.last == (try stock.authority.root.read)) }
            }
        }
    }

    @Test("RFC 6120 §5.4.3.1: a server's certificate is judged alike")
    func serverCertificates() throws {
        let stock = try Stock.get()
        let cases: [(Issued, ChainVerdict)] = [
            (stock.expired, .expired), (stock.selfSigned, .selfSigned), (stock.unknown, .unknownIssuer),
            (stock.codeSigning, .wrongPurpose), (stock.marked, .authority),
        ]
        for (issued, verdict) in cases {
            let (client, _) = try SessionPair.make(shown: [issued.credentials()]).established()
            #expect(client.certificates.verdict == verdict)
            #expect(client.certificates.certificate == (try issued.read))
        }
    }

    @Test("RFC 7590 §3.4: whether a client must show a certificate is a setting")
    func requestingCertificates() throws {
        let stock = try Stock.get()
        let none = try SessionPair.make(server: { $0.clientCertificate = .none }, own: [stock.peer.credentials()])
        #expect(try none.established().server.certificates.verdict == .noCertificate)
        let requested = try SessionPair.make(server: { $0.clientCertificate = .requested })
        #expect(try requested.established().server.certificates.verdict == .noCertificate)
        let required = try SessionPair.make(server: { $0.clientCertificate = .required })
        let outcome = required.run()
        #expect(outcome.server == .failed(TLSError(.certificateRequired, "")))
        // Under TLS 1.3 the client is done before the server looks, and learns it when it reads.
        #expect(required.client.read() == .failed(TLSError(.certificateRequired, "", alert: 116)))
    }

    @Test("RFC 7590 §3.5: the certificate is chosen by the name that is asked for, else by the assumed one")
    func choiceByName() throws {
        let stock = try Stock.get()
        let shown = [
            try stock.peer.credentials(), try stock.second.credentials(), try stock.wildcard.credentials(),
        ]
        let cases: [(asked: String?, assumed: String?, Issued)] = [
            ("peer.example", nil, stock.peer), ("second.example", nil, stock.second),
            ("SECOND.example", "peer.example", stock.second), ("a.peer.example", nil, stock.wildcard),
            ("other.example", nil, stock.peer), (nil, nil, stock.peer), (nil, "second.example", stock.second),
            ("192.0.2.1", "second.example", stock.second),
        ]
        for version in Self.versions {
            for (asked, assumed, expected) in cases {
                let pair = try SessionPair.make(
                    client: { $0.maximumVersion = version },
                    shown: shown,
                    name: asked,
                    assumed: assumed
                )
                let found = try pair.established().client.certificates.certificate
                #expect(found == (try expected.read), "\(asked ?? "-") \(assumed ?? "-")")
            }
        }
    }

    @Test("Of two kinds of keys for one name the peer gets the one that it can check")
    func kindsOfKeys() throws {
        let stock = try Stock.get()
        let shown = [try stock.peerRSA.credentials(), try stock.peer.credentials(), try stock.second.credentials()]
        for (cipher, expected) in [
            ("ECDHE-RSA-AES128-GCM-SHA256", stock.peerRSA), ("ECDHE-ECDSA-AES128-GCM-SHA256", stock.peer),
        ] {
            let pair = try SessionPair.make(
                client: {
                    $0.maximumVersion = .tls12
                    $0.ciphers = [cipher]
                },
                shown: shown
            )
            #expect(try pair.established().client.certificates.certificate == (try expected.read))
        }
    }

    @Test("XEP-0368 §3: the application protocol is agreed on, and another is refused")
    func applicationProtocols() throws {
        let both: (inout TLSConfiguration) -> Void = { $0.applicationProtocols = ["xmpp-server"] }
        let agreed = try SessionPair.make(client: both, server: both).established()
        #expect(
            agreed.client.applicationProtocol == "xmpp-server" && agreed.server.applicationProtocol == "xmpp-server"
        )
        let silent = try SessionPair.make(server: both).established()
        #expect(silent.server.applicationProtocol == nil)
        let unasked = try SessionPair.make(client: both).established()
        #expect(unasked.client.applicationProtocol == nil)
        let outcome = try SessionPair.make(
            client: { $0.applicationProtocols = ["http/1.1"] },
            server: both
        ).run()
        #expect(outcome.server == .failed(TLSError(.applicationProtocol, "")))
        #expect(outcome.client == .failed(TLSError(.applicationProtocol, "", alert: 120)))
    }

    @Test("RFC 7590 §3: without a common version or suite the handshake fails, and both know why")
    func nothingInCommon() throws {
        let versions = try SessionPair.make(
            client: { $0.maximumVersion = .tls12 },
            server: { $0.minimumVersion = .tls13 }
        )
        let first = versions.run()
        #expect(first.server == .failed(TLSError(.version, "")))
        #expect(first.client == .failed(TLSError(.version, "", alert: 70)))
        let suites = try SessionPair.make(
            client: {
                $0.maximumVersion = .tls12
                $0.ciphers = ["ECDHE-RSA-AES128-GCM-SHA256"]
            }
        )
        #expect(suites.run().server == .failed(TLSError(.cipher, "")))
    }

    @Test(
        "RFC 7590 §3.3: a session is resumed by ticket, and what the peer was worth is remembered",
        arguments: versions
    )
    func resumption(version: TLSConfiguration.Version) throws {
        let stock = try Stock.get()
        let configuration = stock.configuration { $0.maximumVersion = version }
        let client = try TLSContext(configuration, role: .client, credentials: [stock.codeSigning.credentials()])
        let server = try TLSContext(configuration, role: .server, credentials: [stock.peer.credentials()])
        func connect(
            _ resumption: TLSResumption?,
            name: String = "peer.example",
            server: TLSContext
        ) throws
            -> (TLSPeer, TLSPeer, TLSResumption?)
        {
            let pair = try SessionPair(client: client, server: server, name: name, resuming: resumption)
            let peers = try pair.established()
            _ = pair.client.read()
            return (peers.client, peers.server, pair.client.takeResumption())
        }
        let first = try connect(nil, server: server)
        #expect(!first.0.isResumed && !first.1.isResumed)
        let ticket = try #require(first.2)
        let again = try connect(ticket, server: server)
        #expect(again.0.isResumed && again.1.isResumed)
        #expect(again.0.certificates.certificate == (try stock.peer.read))
        #expect(again.0.certificates.verdict == .valid)
        #expect(again.1.certificates.certificate == (try stock.codeSigning.read))
        #expect(again.1.certificates.verdict == .wrongPurpose)
        let other = try connect(ticket, name: "other.example", server: server)
        #expect(!other.0.isResumed)
        let renewed = try connect(ticket, server: server.renewed())
        #expect(!renewed.0.isResumed)
    }

    @Test("RFC 7590 §3.3: without resumption there are no tickets", arguments: versions)
    func noTickets(version: TLSConfiguration.Version) throws {
        let pair = try SessionPair.make(
            client: { $0.maximumVersion = version },
            server: { $0.resumesSessions = false }
        )
        _ = try pair.established()
        _ = pair.client.read()
        #expect(pair.client.takeResumption() == nil)
    }

    @Test("RFC 6120 §4.4: each side says goodbye once, and reads on until the other has")
    func goodbye() throws {
        let pair = try SessionPair.make()
        #expect(pair.client.close() == .failed(TLSError(.closed, "")))
        _ = try pair.established()
        #expect(pair.client.write(Array("last".utf8)) == .complete)
        #expect(pair.client.close() == .complete)
        #expect(pair.client.close() == .complete)
        #expect(pair.client.write([1]) == .failed(TLSError(.closed, "")))
        SessionPair.pass(pair.client, pair.server)
        #expect(pair.server.read() == .bytes(Array("last".utf8)))
        #expect(pair.server.read() == .closed)
        #expect(pair.server.endOfInput() == nil)
        #expect(pair.server.write(Array("reply".utf8)) == .complete)
        SessionPair.pass(pair.server, pair.client)
        #expect(pair.client.read() == .bytes(Array("reply".utf8)))
        #expect(pair.client.endOfInput() == TLSError(.truncated, ""))
    }

    @Test(
        "RFC 6120 §5.4.3.2: what is not TLS is refused",
        arguments: [
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "<stream:stream xmlns='jabber:server'>",
            "\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}",
            "MESSAGE sip:a@b SIP/2.0\r\n\r\n",
        ]
    )
    func garbage(text: String) throws {
        for role in [TLSContext.Role.client, .server] {
            let pair = try SessionPair.make()
            let session = role == .client ? pair.client : pair.server
            _ = session.handshake()
            session.receive(Array(text.utf8))
            guard case .failed(let error) = session.handshake() else {
                Issue.record("\(text) was taken for TLS")
                return
            }
            #expect(error.code == .notTLS || error.code == .violation, "\(error)")
            #expect(session.handshake() == .failed(error))
        }
    }

    @Test("A handshake that is altered anywhere never completes on both sides with different keys")
    func mutations() throws {
        var generator = SystemRandomNumberGenerator()
        let stock = try Stock.get()
        let client = try TLSContext(stock.configuration(), role: .client, credentials: [stock.peer.credentials()])
        let server = try TLSContext(stock.configuration(), role: .server, credentials: [stock.peer.credentials()])
        for round in 0..<150 {
            let pair = try SessionPair(client: client, server: server, name: "peer.example")
            var isAltered = false
            _ = pair.client.handshake()
            for step in 0..<6 {
                let (from, to) = step % 2 == 0 ? (pair.client, pair.server) : (pair.server, pair.client)
                var bytes = from.takeOutput()
                if !isAltered, !bytes.isEmpty, step == round % 3 {
                    isAltered = true
                    let place = Int.random(in: bytes.indices, using: &generator)
                    bytes[place] ^= UInt8.random(in: 1...255, using: &generator)
                }
                to.receive(bytes)
                _ = to.handshake()
            }
            guard isAltered, pair.client.isEstablished, pair.server.isEstablished else { continue }
            // A byte that both sides pass over (the version of a record) may change; then all else agrees.
            #expect(pair.client.peer?.channelBinding == pair.server.peer?.channelBinding)
        }
    }

    @Test("A record that is altered ends the session")
    func alteredRecord() throws {
        let pair = try SessionPair.make()
        _ = try pair.established()
        _ = pair.client.write(Array("text".utf8))
        var bytes = pair.client.takeOutput()
        bytes[bytes.count - 1] ^= 1
        pair.server.receive(bytes)
        #expect(pair.server.read() == .failed(TLSError(.badRecord, "")))
        SessionPair.pass(pair.server, pair.client)
        #expect(pair.client.read() == .failed(TLSError(.badRecord, "", alert: 20)))
    }

    @Test("Random bytes behind a handshake are an error, never text")
    func randomRecords() throws {
        for _ in 0..<50 {
            let pair = try SessionPair.make()
            _ = try pair.established()
            pair.server.receive([23, 3, 3, 0, 64] + (0..<64).map { _ in UInt8.random(in: 0...255) })
            guard case .failed = pair.server.read() else {
                Issue.record("random bytes were read")
                return
            }
        }
    }

    @Test("Changes of keys are counted, and what follows them is read")
    func keyUpdates() throws {
        let pair = try SessionPair.make()
        _ = try pair.established()
        let before = pair.server.lateMessages
        for _ in 0..<5 { #expect(pair.client.updateKeys()) }
        _ = pair.client.write(Array("after".utf8))
        SessionPair.pass(pair.client, pair.server)
        #expect(pair.server.read() == .bytes(Array("after".utf8)))
        #expect(pair.server.lateMessages - before >= 5)
    }

    @Test("Records of few bytes are counted")
    func smallRecords() throws {
        let pair = try SessionPair.make()
        _ = try pair.established()
        for count in [1, 63, 64, 5000] { _ = pair.client.write([UInt8](repeating: 65, count: count)) }
        SessionPair.pass(pair.client, pair.server)
        while case .bytes = pair.server.read() {}
        #expect(pair.server.smallRecords == 2)
    }
}
