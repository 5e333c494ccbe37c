import Addressing
import DNSChannels
import NIOCore
import NIOPosix
import TLSChannels
import TestAuthority
import Testing

@testable import XMPPChannels

@Suite("PictureFetcher")
struct PictureFetcherTests {
    /// The certificates of a web server, made once.
    private struct Credentials: Sendable {
        static let made = Result { try Credentials() }

        let authority: Authority
        let web: TLSCredentials

        init() throws {
            authority = try Authority("pictures")
            web = try authority.issue("pictures", names: ["DNS:a.example", "DNS:b.example"]).credentials()
        }
    }

    private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    private func page(_ bytes: [UInt8] = png, type: String? = "image/png") -> WebServer.Page {
        var page = WebServer.Page("")
        page.body = bytes
        if let type { page.headers = [("Content-Type", type)] }
        return page
    }

    private func web() async throws -> WebServer { try await WebServer.start(try Credentials.made.get().web) }

    private func fetcher(
        _ web: WebServer,
        policy: @autoclosure @escaping @Sendable () -> AddressPolicy = Judging.open,
        change: (inout PictureLimits) -> Void = { _ in }
    ) throws -> PictureFetcher {
        let answers = ["a.example", "b.example", "c.example"].map {
            (Judging.question($0, .a), Judging.answer(Judging.address(), isSecure: false))
        }
        let resolver = StaticResolver(Dictionary(uniqueKeysWithValues: answers))
        var limits = PictureLimits()
        limits.webPort = UInt16(web.port)
        change(&limits)
        return try PictureFetcher(
            trust: .pem(try Credentials.made.get().authority.root.certificate),
            limits: limits
        ) { () throws(HTTPSFault) in Connector(resolver: resolver, policy: policy()) }
    }

    private func fetch(_ address: String, _ fetcher: PictureFetcher) async -> Result<Picture, HTTPSFault> {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        return await withCheckedContinuation { continuation in
            fetcher.fetch(address, on: loop) { continuation.resume(returning: $0) }
        }
    }

    private func code(_ result: Result<Picture, HTTPSFault>) -> HTTPSFault.Code? {
        if case .failure(let fault) = result { fault.code } else { nil }
    }

    @Test("CIPID-005: a picture comes by HTTPS, also over a redirect")
    func fetched() async throws {
        let web = try await web()
        web.serve(page(), at: "a.example/me.png")
        web.serve(.init(status: 302, location: "https://a.example:\(web.port)/me.png"), at: "b.example/old")
        for address in ["https://a.example:\(web.port)/me.png", "https://b.example:\(web.port)/old"] {
            let picture = try await fetch(address, try fetcher(web)).get()
            #expect(picture.type == "image/png" && picture.bytes == Self.png)
        }
        try await web.stop()
    }

    @Test("CIPID-005: a picture of 64 KiB is taken, one byte more is not", arguments: [true, false])
    func size(hasLength: Bool) async throws {
        let web = try await web()
        for (more, expected) in [(0, nil), (1, .tooLarge)] as [(Int, HTTPSFault.Code?)] {
            let rest = Array(repeating: UInt8(0), count: 65_536 - Self.png.count + more)
            var page = page(Self.png + rest)
            page.hasLength = hasLength
            web.serve(page, at: "a.example/me.png")
            #expect(code(await fetch("https://a.example:\(web.port)/me.png", try fetcher(web))) == expected)
        }
        try await web.stop()
    }

    @Test("CIPID-005: what is no picture, or not the one that it is said to be, is not taken")
    func types() async throws {
        let web = try await web()
        let pages: [([UInt8], String?, Bool)] = [
            (Self.png, "image/png; x=y", true), (Self.png, "IMAGE/PNG", true),
            ([0xFF, 0xD8, 0xFF, 0xE0], "image/jpeg", true), (Array("GIF89a".utf8), "image/gif", true),
            (Array("RIFF....WEBPVP8 ".utf8), "image/webp", true),
            (Self.png, nil, false), (Self.png, "image/jpeg", false), (Self.png, "text/html", false),
            (Array("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8), "image/svg+xml", false), ([], "image/png", false),
        ]
        for (bytes, type, isTaken) in pages {
            web.serve(page(bytes, type: type), at: "a.example/me.png")
            let found = code(await fetch("https://a.example:\(web.port)/me.png", try fetcher(web)))
            #expect(found == (isTaken ? nil : .malformed), "\(type ?? "-")")
        }
        try await web.stop()
    }

    @Test("CIPID-005: only HTTPS and names are followed, from a redirect as well, and only so often")
    func places() async throws {
        let web = try await web()
        for (address, expected) in [
            ("http://a.example/me.png", .unusableAddress), ("https://127.0.0.1/me.png", .unusableAddress),
            ("file:///etc/passwd", .unusableAddress), ("https://a.example:\(web.port)/none", .absent),
            ("https://c.example:\(web.port)/me.png", .untrusted),
        ] as [(String, HTTPSFault.Code)] {
            #expect(code(await fetch(address, try fetcher(web))) == expected, "\(address)")
        }
        web.serve(.init(status: 302, location: "http://169.254.169.254/"), at: "a.example/away")
        #expect(code(await fetch("https://a.example:\(web.port)/away", try fetcher(web))) == .unusableAddress)
        web.serve(page(), at: "a.example/0")
        for step in 1...4 {
            let next = "https://a.example:\(web.port)/\(step - 1)"
            web.serve(.init(status: 302, location: next), at: "a.example/\(step)")
        }
        #expect(code(await fetch("https://a.example:\(web.port)/3", try fetcher(web))) == nil)
        #expect(code(await fetch("https://a.example:\(web.port)/4", try fetcher(web))) == .tooManyRedirects)
        try await web.stop()
    }

    @Test("CIPID-005: only a web server that says that it has no picture has none")
    func statuses() async throws {
        let web = try await web()
        for (status, expected) in [
            (404, .absent), (410, .absent), (403, .unreachable), (429, .unreachable), (500, .unreachable),
            (503, .unreachable),
        ] as [(Int, HTTPSFault.Code)] {
            var page = page()
            page.status = status
            web.serve(page, at: "a.example/me.png")
            let found = await fetch("https://a.example:\(web.port)/me.png", try fetcher(web))
            #expect(code(found) == expected, "\(status)")
        }
        try await web.stop()
    }

    @Test("CIPID-005: no address is connected to that not all the world can reach")
    func addresses() async throws {
        let web = try await web()
        web.serve(page(), at: "a.example/me.png")
        let policy = PictureFetcher.policy(own: [])
        let found = await fetch("https://a.example:\(web.port)/me.png", try fetcher(web, policy: policy))
        #expect(code(found) == .unreachable && web.asked.isEmpty)
        for text in [
            "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "0.0.0.0",
            "224.0.0.1", "255.255.255.255", "::1", "fe80::1", "fc00::1", "ff02::1", "::ffff:10.0.0.1",
            "198.18.0.1", "192.0.0.8", "64:ff9b:1::a00:1", "fec0::1", "2001::1",
        ] {
            #expect(policy.refusal(of: try IPAddress(text), port: 443) != nil, "\(text)")
        }
        for text in ["93.184.216.34", "2001:4860:4860::8888"] {
            #expect(policy.refusal(of: try IPAddress(text), port: 443) == nil)
        }
        try await web.stop()
    }

    @Test("CIPID-005: no address of this machine is connected to, be it one that all the world can reach")
    func ownAddresses() throws {
        let own = try Set(["93.184.216.34", "2001:4860:4860::8888"].map { try IPAddress($0) })
        let policy = PictureFetcher.policy(own: own)
        for text in [
            "93.184.216.34", "::ffff:93.184.216.34", "64:ff9b::93.184.216.34", "2002:5db8:d822::1",
            "2001:4860:4860::8888",
        ] {
            #expect(policy.refusal(of: try IPAddress(text), port: 443) == .own, "\(text)")
        }
        for text in ["93.184.216.35", "::ffff:93.184.216.35", "2001:4860:4860::8844"] {
            #expect(policy.refusal(of: try IPAddress(text), port: 443) == nil, "\(text)")
        }
        #expect(try PictureFetcher.policy().ownAddresses == AddressPolicy.addressesOfThisMachine())
    }

    @Test("CIPID-005: which addresses are this machine's is looked up for each connection, a redirect's as well")
    func ownAddressesLater() async throws {
        let web = try await web()
        web.serve(page(), at: "a.example/me.png")
        web.serve(.init(status: 302, location: "https://a.example:\(web.port)/me.png"), at: "b.example/old")
        let later = PictureFetcher.policy(own: [try IPAddress("127.0.0.1")])
        // The address becomes this machine's when the first page was asked for.
        let fetcher = try fetcher(web, policy: web.asked.isEmpty ? Judging.open : later)
        let found = await fetch("https://b.example:\(web.port)/old", fetcher)
        #expect(code(found) == .unreachable && web.asked == ["b.example/old"])
        try await web.stop()
    }

    @Test("CIPID-005: a retrieval ends in time, and only so many are open at once")
    func bounds() async throws {
        let web = try await web()
        var silent = page()
        silent.isSilent = true
        web.serve(silent, at: "a.example/me.png")
        let address = "https://a.example:\(web.port)/me.png"
        let fetcher = try fetcher(web) {
            $0.retrievals = 2
            $0.seconds = 1
        }
        let codes = await withTaskGroup(of: HTTPSFault.Code?.self) { group in
            for _ in 1...3 { group.addTask { code(await fetch(address, fetcher)) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.count { $0 == .overloaded } == 1 && codes.count { $0 == .timedOut } == 2)
        web.serve(page(), at: "a.example/me.png")
        #expect(code(await fetch(address, fetcher)) == nil)
        try await web.stop()
    }
}
