import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import SIMPLELegs

@Suite("SIP-PUB-009: documents that mean harm")
struct HostilePublicationTests {
    /// Ten levels of which each names the one below ten times.
    private static let laughs =
        "<!DOCTYPE p [<!ENTITY a0 'ha'>"
        + (1...10).map { level in
            "<!ENTITY a\(level) '\(String(repeating: "&a\(level - 1);", count: 10))'>"
        }.joined() + "]>"

    /// Publishes some times; the least time counts, so that a busy machine does not.
    private static func publish(_ document: String, by esc: PublishingNeighbor, expecting status: Int) throws {
        var least = Duration.seconds(60)
        for _ in 0..<5 {
            let start = ContinuousClock.now
            let answer = try esc.publish(document)
            least = min(least, ContinuousClock.now - start)
            #expect(answer.status == status)
        }
        #expect(least < .milliseconds(100))
    }

    private static func refused(_ document: String) throws {
        #expect(document.utf8.count <= 256 << 10)
        let esc = try PublishingNeighbor()
        try publish(document, by: esc, expecting: 400)
        #expect(esc.host.usages.isEmpty)
    }

    private static func document(_ declaration: String, _ content: String) -> String {
        "<?xml version='1.0'?>\(declaration)<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='pres:romeo@example.net'>"
            + "<note>\(content)</note></presence>"
    }

    @Test("Entities that multiply are not expanded, and the answer comes at once")
    func expansion() throws {
        try Self.refused(Self.document(Self.laughs, "&a10;"))
        let long = "<!DOCTYPE p [<!ENTITY a '\(String(repeating: "a", count: 100_000))'>]>"
        try Self.refused(Self.document(long, String(repeating: "&a;", count: 30_000)))
        let nested = String(repeating: "<!ENTITY % x '%x;'>", count: 5_000)
        try Self.refused(Self.document("<!DOCTYPE p [\(nested)%x;]>", ""))
    }

    @Test("No file is opened: a pipe that nobody writes to keeps no answer back")
    func files() throws {
        let pipe = FileManager.default.temporaryDirectory.appending(path: "isthmus-pipe-\(UUID().uuidString)")
        let maker = Process()
        maker.executableURL = URL(fileURLWithPath: "/usr/bin/mkfifo")
        maker.arguments = [pipe.path]
        try maker.run()
        maker.waitUntilExit()
        defer { try? FileManager.default.removeItem(at: pipe) }
        try #require(maker.terminationStatus == 0)
        try Self.strange("file://\(pipe.path)")
    }

    @Test("No connection is made")
    func connections() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let loop = group.next()
        let accepted = NIOLoopBoundBox<Int>.makeBoxSendingValue(0, eventLoop: loop)
        let listener = try await ServerBootstrap(group: loop)
            .childChannelInitializer { channel in
                accepted.value += 1
                return channel.close()
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        let port = try #require(listener.localAddress?.port)
        try Self.strange("http://127.0.0.1:\(port)/x")
        // Connections are accepted in order: one of ours shows that none came before it.
        let own = try await ClientBootstrap(group: loop).connect(host: "127.0.0.1", port: port).get()
        try await own.closeFuture.get()
        #expect(try await loop.submit { accepted.value }.get() == 1)
        try await listener.close()
    }

    /// Publishes documents that name something outside in each way that XML has.
    private static func strange(_ place: String) throws {
        for declaration in [
            "<!DOCTYPE p SYSTEM '\(place)'>", "<!DOCTYPE p PUBLIC '-//x//y' '\(place)'>",
            "<!DOCTYPE p [<!ENTITY x SYSTEM '\(place)'>]>", "<!DOCTYPE p [<!ENTITY % x SYSTEM '\(place)'> %x;]>",
        ] {
            try refused(document(declaration, declaration.contains("ENTITY x") ? "&x;" : ""))
        }
        let include = "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='\(place)' parse='text'/>"
        let schema = "<x xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:schemaLocation='urn:x \(place)'/>"
        let esc = try PublishingNeighbor()
        // What is an element like others is no harm.
        for harmless in [include, schema] {
            let document = PublishingNeighbor.document(PublishingNeighbor.tuple("t"), more: harmless)
            try publish(document, by: esc, expecting: 200)
        }
    }
}
