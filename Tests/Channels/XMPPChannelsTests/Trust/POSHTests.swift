import DNSChannels
import Foundation
import Loopback
import NIOCore
import NIOPosix
import TLSChannels
import TestAuthority
import Testing
import XMPPStreams

@testable import XMPPChannels

@Suite("POSHDocument")
struct POSHDocumentTests {
    private func fault(_ text: String) -> HTTPSFault.Code? {
        do throws(HTTPSFault) {
            _ = try POSHDocument(Array(text.utf8))
            return nil
        } catch {
            return error.code
        }
    }

    @Test("RFC 7711 §3.1: the document of the RFC's example names its hashes, padded or not")
    func fingerprints() throws {
        let text = """
            {"fingerprints": [
              {"sha-256": "4/mggdlVx8A3pvHAWW5sD+qJyMtUHgiRuPjVC48N0XQ",
               "sha-512": "25N+1hB2Vo42l9lSGqw+n3BKFhDHsyork8ou+D9B43TXeJ1J81mdQEDqm39oR/EHkPBDDG1y5+AG94Kec0xVqA=="},
              {"sha-256": "otyLADSKjRDjVpj8X7/hmCAD5C7Qe+PedcmYV7cUncE="}], "expires": 806400, "more": {"a": [null]}}
            """
        guard case .fingerprints(let found, let seconds) = try POSHDocument(Array(text.utf8)) else {
            Issue.record("no fingerprints")
            return
        }
        #expect(found.count == 3 && seconds == 806_400)
        let hash = try #require(Data(base64Encoded: "4/mggdlVx8A3pvHAWW5sD+qJyMtUHgiRuPjVC48N0XQ="))
        #expect(found[0] == POSHFingerprint(Array(hash)))
    }

    @Test("RFC 7711 §3.2: a document that refers to another names its place")
    func reference() throws {
        let text = #"{"url":"https://hosting.example.net/.well-known/posh/spice.json","expires":86400}"#
        let place = "https://hosting.example.net/.well-known/posh/spice.json"
        #expect(try POSHDocument(Array(text.utf8)) == .reference(place, seconds: 86_400))
    }

    @Test("RFC 7711 §3.1, §3.2: what is no such document is none, and one that expires at once is not believed")
    func faults() {
        let hash = "4/mggdlVx8A3pvHAWW5sD+qJyMtUHgiRuPjVC48N0XQ="
        let one = "{\"sha-256\": \"\(hash)\"}"
        let many = Array(repeating: one, count: POSHDocument.largestCount + 1).joined(separator: ",")
        let atLimit = Array(repeating: one, count: POSHDocument.largestCount).joined(separator: ",")
        let cases: [(String, HTTPSFault.Code?)] = [
            ("{\"fingerprints\": [\(one)], \"expires\": 1}", nil), ("", .malformed), ("[]", .malformed),
            ("{\"fingerprints\": [\(one)]}", .malformed), ("{\"fingerprints\": [], \"expires\": 1}", .malformed),
            ("{\"fingerprints\": [\(one)], \"expires\": -1}", .malformed),
            ("{\"fingerprints\": [\(one)], \"expires\": 1.5}", .malformed),
            ("{\"fingerprints\": [\(one)], \"expires\": \"1\"}", .malformed),
            ("{\"fingerprints\": [\(one)], \"expires\": 1e99}", .malformed),
            ("{\"fingerprints\": [\(one)], \"expires\": 0}", .expired),
            ("{\"url\": \"https://a.example/\", \"expires\": 0}", .expired),
            ("{\"fingerprints\": [\(one)], \"url\": \"https://a.example/\", \"expires\": 1}", .malformed),
            ("{\"expires\": 1}", .malformed), ("{\"url\": 7, \"expires\": 1}", .malformed),
            ("{\"fingerprints\": [{\"sha-256\": 7}], \"expires\": 1}", .malformed),
            ("{\"fingerprints\": [\(atLimit)], \"expires\": 1}", nil),
            ("{\"fingerprints\": [\(many)], \"expires\": 1}", .tooLarge),
            (String(repeating: "[", count: 60_000), .malformed),
            ("{\"a\":" + String(repeating: "[", count: 60_000) + "}", .malformed),
        ]
        for (text, code) in cases { #expect(fault(text) == code, "\(text.prefix(100))") }
    }

    @Test("RFC 7711 §10: a hash that is not supported, or has a wrong length, names nothing")
    func hashes() throws {
        let text = """
            {"fingerprints": [{"sha-1": "2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "sha-256": "AAAA", "md5": "%"}], "expires": 9}
            """
        #expect(try POSHDocument(Array(text.utf8)) == .fingerprints([], seconds: 9))
    }

    @Test("RFC 7711 §3.2, §10: only HTTPS, only the port of web servers, only names are followed")
    func addresses() throws {
        let good = [
            ("https://a.example/b", "a.example", "/b"), ("HTTPS://A.example:443/b?c=/d#e", "a.example", "/b?c=/d"),
            ("https://a.example", "a.example", "/"), ("https://a.example?q", "a.example", "/?q"),
            ("https://a.example:/x", "a.example", "/x"), ("https://a.example.", "a.example", "/"),
        ]
        for (text, host, path) in good {
            let address = try HTTPSAddress(text, port: 443)
            #expect(address.host.description == host && address.path == path, "\(text)")
        }
        let long = "https://a.example/" + String(repeating: "b", count: HTTPSAddress.limit)
        #expect(throws: Never.self) { try HTTPSAddress(String(long.prefix(HTTPSAddress.limit)), port: 443) }
        for text in [
            "http://a.example/", "https:/a.example", "//a.example/", "/b", "", "https://", "https:///b",
            "https://a.example:444/", "https://a.example:x/", "https://u@a.example/", "https://u:p@a.example/",
            "https://127.0.0.1/", "https://[::1]/", "https://a.example/ b", "https://a.example/\r\nHost: b",
            "https://./", "https://a..example/", "https://a.example\\@b.example/",
            String(long.prefix(HTTPSAddress.limit + 1)),
        ] {
            #expect(throws: HTTPSFault(.unusableAddress, "")) { try HTTPSAddress(text, port: 443) }
        }
        #expect(try HTTPSAddress(domain: "müller.example").host.description == "xn--mller-kva.example")
        #expect(throws: HTTPSFault(.unusableAddress, "")) { try HTTPSAddress(domain: "192.0.2.1") }
    }
}

@Suite("POSHMemory")
struct POSHMemoryTests {
    @Test("RFC 7711 §6: what is stale is forgotten, and beyond the bound what would be forgotten first")
    func bounds() {
        var memory = POSHMemory(limit: 3)
        func entry(_ until: UInt64) -> POSHMemory.Entry { .init(outcome: .success([]), since: 0, until: until) }
        for (domain, until) in [("a", 30), ("b", 10), ("c", 20)] as [(String, UInt64)] {
            memory.learned(domain, entry(until), now: 0)
        }
        #expect(memory.entry("b", now: 9) != nil && memory.entry("b", now: 10) == nil && memory.count == 2)
        memory.learned("b", entry(40), now: 10)
        memory.learned("d", entry(50), now: 10)
        #expect(memory.count == 3 && memory.entry("c", now: 10) == nil && memory.entry("a", now: 10) != nil)
        memory.learned("a", entry(60), now: 10)
        #expect(memory.count == 3)
        var none = POSHMemory(limit: 0)
        none.learned("a", entry(10), now: 0)
        #expect(none.count == 0)
    }
}

/// The certificates of web servers, made once.
private struct WebCertificates: Sendable {
    static let made = Result { try WebCertificates() }

    let authority: Authority
    let web: TLSCredentials
    let other: TLSCredentials
    let expired: TLSCredentials

    init() throws {
        authority = try Authority("web")
        web = try authority.issue("web", names: ["DNS:peer.example", "DNS:hosting.example"]).credentials()
        other = try authority.issue("other", names: ["DNS:other.example"]).credentials()
        expired = try authority.issue(
            "expired",
            names: ["DNS:peer.example"],
            dates: ("20200101000000Z", "20210101000000Z")
        ).credentials()
    }
}

@Suite("PeerJudge: POSH")
struct POSHTests {
    private static let place = "peer.example/.well-known/posh/xmpp-server.json"
    private let clock = HandClock()
    private let certificate: TLSCertificate
    private let other: TLSCertificate

    init() throws {
        certificate = try #require(try Certificates.made.get().other.chain.first)
        other = try #require(try Certificates.made.get().gateway.chain.first)
    }

    private func web(_ credentials: KeyPath<WebCertificates, TLSCredentials> = \.web) async throws -> WebServer {
        try await WebServer.start(try WebCertificates.made.get()[keyPath: credentials])
    }

    private func judge(
        _ web: WebServer,
        policy: AddressPolicy = Judging.open,
        limits: TrustLimits = TrustLimits()
    ) throws -> PeerJudge {
        var settings = PeerJudge.Settings()
        settings.usesPOSH = true
        settings.webTrust = .pem(try WebCertificates.made.get().authority.root.certificate)
        let hosts = ["peer.example", "hosting.example"]
        let answers = hosts.map { (Judging.question($0, .a), Judging.answer(Judging.address(), isSecure: false)) }
        var limits = limits
        limits.webPort = UInt16(web.port)
        return try Judging.judge(
            settings,
            resolver: StaticResolver(Dictionary(uniqueKeysWithValues: answers)),
            policy: policy,
            clock: clock.clock,
            limits: limits
        )
    }

    private func inquiry(
        _ certificate: TLSCertificate,
        role: TLSContext.Role = .server,
        domain: String = "peer.example"
    ) -> CertificateInquiry {
        let peer = PeerCertificates(chain: [certificate], path: [], verdict: .selfSigned)
        return CertificateInquiry(peer, domain: domain, role: role)
    }

    private func document(_ certificate: TLSCertificate, expires: Int = 3600) -> WebServer.Page {
        let hash = Data(certificate.fingerprint).base64EncodedString()
        return .init("{\"fingerprints\": [{\"sha-256\": \"\(hash)\"}], \"expires\": \(expires)}")
    }

    private func reference(_ web: WebServer, _ place: String, expires: Int = 3600) -> WebServer.Page {
        let (host, path) = (place.prefix { $0 != "/" }, place.drop { $0 != "/" })
        return .init("{\"url\": \"https://\(host):\(web.port)\(path)\", \"expires\": \(expires)}")
    }

    @Test("RFC 7711 §3.3, RFC 7712 §5.2: the domain's web server proves a certificate that no authority does")
    func proves() async throws {
        let web = try await web()
        web.serve(document(certificate), at: Self.place)
        let judge = try judge(web)
        for role in [TLSContext.Role.client, .server] {
            #expect(await judge.verdict(inquiry(certificate, role: role)) == .proved(.posh))
        }
        let reason = await judge.verdict(inquiry(other)).reason
        #expect(reason?.contains("names other certificates") == true)
        #expect(reason?.contains("selfSigned") == true)
        #expect(web.asked == [Self.place])
    }

    @Test("RFC 7711 §3: the web server of openssl, which ends its answer with the connection, proves a certificate")
    func independent() async throws {
        let issued = try WebCertificates.made.get().authority.issue("s-server", names: ["DNS:peer.example"])
        let folder = URL(filePath: try WebCertificates.made.get().authority.folder).appending(path: "site")
        let place = folder.appending(path: ".well-known/posh")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try Data(document(certificate).body).write(to: place.appending(path: "xmpp-server.json"))
        let web = try await web()
        try await web.stop()
        let server = Process()
        server.executableURL = URL(filePath: "/usr/bin/env")
        let shown = ["-cert", issued.file, "-key", issued.keyFile]
        server.arguments = ["openssl", "s_server", "-WWW", "-naccept", "1", "-accept", "127.0.0.1:\(web.port)"] + shown
        server.currentDirectoryURL = folder
        let (input, output) = (Pipe(), Pipe())
        server.standardInput = input
        server.standardOutput = output
        server.standardError = output
        try server.run()
        defer { server.terminate() }
        var said = ""
        while !said.contains("ACCEPT") {
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { break }
            said += String(decoding: more, as: UTF8.self)
        }
        #expect(await (try judge(web)).verdict(inquiry(certificate)) == .proved(.posh))
    }

    @Test("RFC 7711 §3.1: SHA-512 and any of several descriptors do, SHA-1 alone does not")
    func hashes() async throws {
        let web = try await web()
        // SHA-512 by the name of the record that compares it.
        let wrong = "{\"sha-256\": \"\(Data(other.fingerprint).base64EncodedString())\"}"
        let folder = try Authority("hash")
        let file = folder.folder + "/certificate.der"
        try Data(certificate.der).write(to: URL(filePath: file))
        try Authority.run("dgst -sha512 -binary -out \(file).512 \(file)")
        try Authority.run("dgst -sha1 -binary -out \(file).1 \(file)")
        let long = try Data(contentsOf: URL(filePath: file + ".512")).base64EncodedString()
        let short = try Data(contentsOf: URL(filePath: file + ".1")).base64EncodedString()
        web.serve(
            .init("{\"fingerprints\": [\(wrong), {\"sha-512\": \"\(long)\"}], \"expires\": 60}"),
            at: Self.place
        )
        #expect(await (try judge(web)).verdict(inquiry(certificate)) == .proved(.posh))
        web.serve(.init("{\"fingerprints\": [{\"sha-1\": \"\(short)\"}], \"expires\": 60}"), at: Self.place)
        #expect(await (try judge(web)).verdict(inquiry(certificate)).reason != nil)
    }

    @Test("RFC 7712 §4: no web server is asked where an authority or a pin proves the domain, or it is off")
    func order() async throws {
        let web = try await web()
        web.serve(document(certificate), at: Self.place)
        let peer = try Certificates.made.get().peer.chain
        let judge = try judge(web)
        let valid = PeerCertificates(chain: peer, path: peer, verdict: .valid)
        let pkix = CertificateInquiry(valid, domain: "peer.example", role: .server)
        #expect(await judge.verdict(pkix) == .proved(.pkix))
        let none = PeerCertificates(chain: [], path: [], verdict: .noCertificate)
        #expect(await judge.verdict(CertificateInquiry(none, domain: "peer.example", role: .server)).reason != nil)
        let off = try Judging.judge(PeerJudge.Settings())
        #expect(await off.verdict(inquiry(certificate)).reason != nil)
        #expect(web.asked.isEmpty)
    }

    @Test("RFC 7711 §6: a certificate that is out of date is not taken, whatever a document says")
    func outOfDate() async throws {
        let web = try await web()
        let expired = try #require(try Certificates.made.get().expired.chain.first)
        web.serve(document(expired), at: Self.place)
        #expect(await (try judge(web)).verdict(inquiry(expired)).reason?.contains("out of date") == true)
        #expect(web.asked.isEmpty)
    }

    @Test("RFC 7711 §3.2: one reference is followed, a second is not")
    func reference() async throws {
        let web = try await web()
        web.serve(reference(web, "hosting.example/a.json"), at: Self.place)
        web.serve(document(certificate), at: "hosting.example/a.json")
        #expect(await (try judge(web)).verdict(inquiry(certificate)) == .proved(.posh))
        #expect(web.asked == [Self.place, "hosting.example/a.json"])
        web.serve(reference(web, "hosting.example/b.json"), at: "hosting.example/a.json")
        web.serve(document(certificate), at: "hosting.example/b.json")
        #expect(await (try judge(web)).verdict(inquiry(certificate)).reason?.contains("refers on") == true)
        #expect(!web.asked.contains("hosting.example/b.json"))
        for url in ["http://hosting.example/a.json", "https://127.0.0.1/a.json", "https://hosting.example:1/a.json"] {
            web.serve(.init("{\"url\": \"\(url)\", \"expires\": 9}"), at: Self.place)
            #expect(await (try judge(web)).verdict(inquiry(certificate)).reason?.contains("the address") == true)
        }
    }

    @Test("RFC 7711 §10: redirects are followed to HTTPS alone, three in all")
    func redirects() async throws {
        let web = try await web()
        func place(_ number: Int) -> String { "https://hosting.example:\(web.port)/\(number)" }
        web.serve(.init(status: 302, location: place(1)), at: Self.place)
        web.serve(.init(status: 307, location: place(2)), at: "hosting.example/1")
        web.serve(.init(status: 301, location: place(3)), at: "hosting.example/2")
        web.serve(document(certificate), at: "hosting.example/3")
        #expect(await (try judge(web)).verdict(inquiry(certificate)) == .proved(.posh))
        web.serve(.init(status: 308, location: place(4)), at: "hosting.example/3")
        web.serve(document(certificate), at: "hosting.example/4")
        #expect(await (try judge(web)).verdict(inquiry(certificate)).reason?.contains("too often") == true)
        #expect(!web.asked.contains("hosting.example/4"))
        for location in ["http://hosting.example/3", "/3", nil] {
            web.serve(.init(status: 302, location: location), at: Self.place)
            #expect(await (try judge(web)).verdict(inquiry(certificate)).reason != nil)
        }
    }

    @Test("RFC 7711 §3.2, §10: redirects before a reference and behind it count together")
    func redirectsAroundReference() async throws {
        let web = try await web()
        func place(_ number: Int) -> String { "https://hosting.example:\(web.port)/\(number)" }
        web.serve(.init(status: 302, location: place(1)), at: Self.place)
        web.serve(reference(web, "hosting.example/2"), at: "hosting.example/1")
        web.serve(.init(status: 302, location: place(3)), at: "hosting.example/2")
        web.serve(.init(status: 302, location: place(4)), at: "hosting.example/3")
        web.serve(document(certificate), at: "hosting.example/4")
        #expect(await (try judge(web)).verdict(inquiry(certificate)) == .proved(.posh))
        web.serve(.init(status: 302, location: place(5)), at: "hosting.example/4")
        web.serve(document(certificate), at: "hosting.example/5")
        #expect(await (try judge(web)).verdict(inquiry(certificate)).reason?.contains("too often") == true)
        #expect(!web.asked.contains("hosting.example/5"))
    }

    @Test("RFC 7711 §3: a web server without a document, or with another answer, proves nothing")
    func absent() async throws {
        let web = try await web()
        #expect(await (try judge(web)).verdict(inquiry(certificate)).reason?.contains("404") == true)
        var page = document(certificate)
        page.status = 500
        web.serve(page, at: Self.place)
        #expect(await (try judge(web)).verdict(inquiry(certificate)).reason?.contains("500") == true)
        web.serve(document(certificate, expires: 0), at: Self.place)
        #expect(await (try judge(web)).verdict(inquiry(certificate)).reason?.contains("not valid") == true)
    }

    @Test("RFC 7711 §3, RFC 9110 §4.3.4: a web server that is not proved is asked nothing")
    func untrusted() async throws {
        for credentials in [\WebCertificates.other, \.expired] {
            let web = try await web(credentials)
            web.serve(document(certificate), at: Self.place)
            #expect(await (try judge(web)).verdict(inquiry(certificate)).reason?.contains("does not prove it") == true)
            #expect(web.asked.isEmpty)
        }
        let unknown = try await WebServer.start(try Certificates.made.get().peer)
        unknown.serve(document(certificate), at: Self.place)
        #expect(await (try judge(unknown)).verdict(inquiry(certificate)).reason?.contains("does not prove it") == true)
        #expect(unknown.asked.isEmpty)
    }

    @Test("XEP-0205: a domain does not make the gateway connect to itself")
    func addresses() async throws {
        let web = try await web()
        web.serve(document(certificate), at: Self.place)
        let reason = await (try judge(web, policy: AddressPolicy())).verdict(inquiry(certificate)).reason
        #expect(reason?.contains("loopback address is refused") == true)
        #expect(web.asked.isEmpty)
    }

    @Test("RFC 6120 §13.12: a document of 64 KiB is read, one byte more is not", arguments: [true, false])
    func size(hasLength: Bool) async throws {
        let web = try await web()
        var page = document(certificate)
        page.hasLength = hasLength
        page.body += Array(repeating: 0x20, count: TrustLimits().documentBytes - page.body.count)
        web.serve(page, at: Self.place)
        #expect(await (try judge(web)).verdict(inquiry(certificate)) == .proved(.posh))
        page.body.append(0x20)
        web.serve(page, at: Self.place)
        #expect(await (try judge(web)).verdict(inquiry(certificate)).reason?.contains("longer than 65536") == true)
    }

    @Test("RFC 6120 §13.12: a silent web server is waited for a bounded time")
    func silence() async throws {
        let web = try await web()
        var page = document(certificate)
        page.isSilent = true
        web.serve(page, at: Self.place)
        var limits = TrustLimits()
        limits.retrieval = .milliseconds(300)
        let judge = try judge(web, limits: limits)
        #expect(await judge.verdict(inquiry(certificate)).reason?.contains("took too long") == true)
        limits.retrieval = .seconds(10)
        limits.verdict = .milliseconds(300)
        let hasty = try self.judge(web, limits: limits)
        #expect(await hasty.verdict(inquiry(certificate)).reason?.contains("in time") == true)
    }

    @Test("RFC 7711 §6: a document counts as long as it says, and a day at most; the lower of two counts")
    func memory() async throws {
        let web = try await web()
        web.serve(document(certificate, expires: 100), at: Self.place)
        let judge = try judge(web)
        #expect(await judge.verdict(inquiry(certificate)) == .proved(.posh))
        clock.advance(seconds: 99)
        #expect(await judge.verdict(inquiry(certificate)) == .proved(.posh))
        #expect(web.asked.count == 1)
        clock.advance(seconds: 1)
        web.serve(reference(web, "hosting.example/a", expires: 200), at: Self.place)
        web.serve(document(certificate, expires: 1_000_000_000), at: "hosting.example/a")
        #expect(await judge.verdict(inquiry(certificate)) == .proved(.posh))
        clock.advance(seconds: 200)
        web.serve(document(certificate, expires: 1_000_000_000), at: Self.place)
        #expect(await judge.verdict(inquiry(certificate)) == .proved(.posh))
        #expect(web.asked.count == 4)
        clock.advance(seconds: 86_399)
        #expect(await judge.verdict(inquiry(certificate)) == .proved(.posh))
        #expect(web.asked.count == 4)
        clock.advance(seconds: 1)
        #expect(await judge.verdict(inquiry(certificate)) == .proved(.posh))
        #expect(web.asked.count == 5)
    }

    @Test("RFC 7711 §6: what failed, or names other certificates, is asked for again after a minute")
    func pauses() async throws {
        let web = try await web()
        let judge = try judge(web)
        #expect(await judge.verdict(inquiry(certificate)).reason != nil)
        web.serve(document(other), at: Self.place)
        clock.advance(seconds: 59)
        #expect(await judge.verdict(inquiry(certificate)).reason?.contains("404") == true)
        #expect(web.asked.count == 1)
        clock.advance(seconds: 1)
        #expect(await judge.verdict(inquiry(certificate)).reason?.contains("names other") == true)
        web.serve(document(certificate), at: Self.place)
        clock.advance(seconds: 59)
        #expect(await judge.verdict(inquiry(certificate)).reason?.contains("names other") == true)
        clock.advance(seconds: 1)
        #expect(await judge.verdict(inquiry(certificate)) == .proved(.posh))
        #expect(web.asked.count == 3)
        // A web server that fails takes nothing back that still counts.
        web.serve(nil, at: Self.place)
        clock.advance(seconds: 60)
        #expect(await judge.verdict(inquiry(other)).reason?.contains("names other") == true)
        #expect(await judge.verdict(inquiry(certificate)) == .proved(.posh))
        #expect(web.asked.count == 4)
    }

    @Test("RFC 6120 §13.12: who asks at the same time shares a document, within bounds")
    func sharing() async throws {
        let web = try await web()
        var page = document(certificate)
        page.isSilent = true
        web.serve(page, at: Self.place)
        var limits = TrustLimits()
        limits.retrieval = .milliseconds(500)
        limits.retrievals = 1
        limits.waiting = 2
        let judge = try judge(web, limits: limits)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let verdicts = Mailbox<CertificateVerdict>(eventLoop: loop)
        try await loop.submit {
            for domain in ["peer.example", "peer.example", "peer.example", "hosting.example"] {
                judge.judge(inquiry(certificate, domain: domain), on: loop) { verdicts.put($0) }
            }
        }.get()
        for expected in ["too many wait for", "too many documents", "took too long", "took too long"] {
            let reason = try await verdicts.next().reason
            #expect(reason?.contains(expected) == true, "\(reason ?? "proved")")
        }
        #expect(web.asked.count <= 1)
    }
}
