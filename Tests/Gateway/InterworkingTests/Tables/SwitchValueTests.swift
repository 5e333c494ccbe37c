import Foundation
import Testing

@testable import Interworking
@testable import MappingTables
@testable import VectorSupport

/// Each value of each switch is made to behave as another, and a test beside the rows or a vector must fail.
@Suite("Switches: no value can be another")
struct SwitchValueTests {
    /// A value that behaves as another.
    struct Swap: Sendable, CustomTestStringConvertible {
        let name: Switch
        let value: String
        let other: String

        var testDescription: String { "\(name.name): \(value)" }
    }

    private static let swaps: [Swap] = Switch.allCases.flatMap { name -> [Swap] in
        guard case .words(let words) = name.domain else { return [] }
        return words.indices.map { Swap(name: name, value: words[$0], other: words[($0 + 1) % words.count]) }
    }

    /// Values that neither vectors about messages nor tests beside rows tell apart, by the file whose tests do:
    /// `Tests/Switches/run.sh` shows that they fail when the value behaves as another.
    private static let places: [String: [String]] = [
        "Gateway/GatewayDaemonTests/AnswerTests.swift": [
            "msg.answer: stored", "msg.answer: wait",
        ],
        "Gateway/GatewayDaemonTests/BodyTests.swift": [
            "log.bodies: configured", "log.bodies: content", "log.bodies: digest", "log.bodies: metadata",
        ],
        "Gateway/GatewayDaemonTests/CompositionTests.swift": [
            "pres.mode: compose", "sub.policy: allow",
        ],
        "Gateway/GatewayDaemonTests/ConversationTests.swift": [
            "msg.type.pager: reply"
        ],
        "Gateway/GatewayDaemonTests/LagTests.swift": [
            "audit.behind: configured", "audit.behind: go-on", "audit.behind: refuse",
        ],
        "Gateway/GatewayDaemonTests/PersonalTests.swift": [
            "pres.mode: publish"
        ],
        "Gateway/GatewayDaemonTests/PresenceTests.swift": [
            "pres.mode: notify", "sub.preapproval: off", "sub.preapproval: on", "sub.verify: off", "sub.verify: on",
        ],
        "Gateway/GatewayDaemonTests/PictureTests.swift": [
            "avatar.fetch: off", "avatar.fetch: on",
        ],
        "Gateway/GatewayDaemonTests/WatcherTests.swift": [
            "sub.winfo: on"
        ],
        "Gateway/InterworkingTests/Addresses/AddressTranslatorTests.swift": [
            "addr.gruu: drop", "addr.uri-escape: rfc7247",
        ],
        "Gateway/InterworkingTests/Errors/StrangerTests.swift": [
            "err.stranger: hide"
        ],
        "Gateway/InterworkingTests/Messages/InboundMessageTests.swift": [
            "addr.percent: lenient", "addr.percent: strict", "addr.to-resource: chat-only", "addr.to-resource: never",
            "cpim.ct-default: none", "cpim.ct-default: text/plain", "cpim.imdn-implicit-prefix: off",
            "cpim.imdn-implicit-prefix: on", "cpim.strict: on", "msg.charset: transcode", "msg.html: plain",
            "msg.html: reject",
        ],
        "Gateway/InterworkingTests/Messages/OutboundMessageTests.swift": [
            "cpim.uri: carrier", "cpim.uri: im", "cpim.uri: mirror", "e2e.fallback: off", "e2e.fallback: on",
            "msg.carrier: auto", "msg.carrier: sip", "msg.multilingual: alternative", "msg.multilingual: one",
            "msg.oversize: reject", "msg.oversize: tcp", "msg.reactions: drop", "msg.reactions: reject",
            "msg.reactions: text",
        ],
        "Gateway/InterworkingTests/Personal/PersonalEventTests.swift": [
            "rich.pep: off"
        ],
        "Gateway/InterworkingTests/Presence/PresenceDocumentTests.swift": [
            "pres.carrier: cpim", "pres.carrier: pidf", "pres.contact: im", "pres.contact: none", "pres.contact: sip",
            "pres.rpid: off", "pres.rpid: on", "pres.tuple-id: prefix", "pres.tuple-id: raw",
        ],
        "Gateway/InterworkingTests/Presence/PresenceOperationTests.swift": [
            "sub.anonymous: off", "sub.anonymous: on",
        ],
        "Gateway/InterworkingTests/Presence/PresenceReadingTests.swift": [
            "pres.include-pidf: off", "pres.include-pidf: on", "pres.tuple-filter: all", "pres.tuple-filter: im-only",
        ],
        "Gateway/InterworkingTests/Presence/SubscriptionVerdictTests.swift": [
            "sub.duplicate: conflict", "sub.duplicate: subscribed",
        ],
        "Gateway/SIMPLELegsTests/AcceptingTests.swift": [
            "msg.accept-status: 200", "msg.accept-status: 202",
        ],
        "Gateway/SIMPLELegsTests/Presence/ComposedWatchTests.swift": [
            "sub.policy: block", "sub.policy: polite-block",
        ],
        "Gateway/SIMPLELegsTests/Presence/WatcherTests.swift": [
            "sub.winfo: off"
        ],
    ]

    private static let elsewhere: [String: String] = Dictionary(
        places.flatMap { file, swaps in swaps.map { ($0, file) } },
        uniquingKeysWith: { first, _ in first }
    )

    @Test("a value that behaves as another is noticed", arguments: swaps)
    func swapped(swap: Swap) throws {
        let isSeen = try isSeenByTables(swap) || isSeenByVectors(swap)
        if let file = Self.elsewhere[swap.testDescription] {
            let path = VectorFolder.testsDirectory.appending(path: file).path
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(text.contains(swap.name.name), "\(file) says nothing of \(swap.name.name)")
            #expect(!isSeen, "\(swap.testDescription) is noticed here, and needs no other place")
        } else {
            #expect(isSeen, "\(swap.testDescription) as \(swap.other)")
        }
    }

    /// The tests beside rows about what crosses, each with the switches that hold for it: a route takes long to make.
    private static let tableTests = Result {
        let generation = try ShippedTables.generation()
        let kinds: [TableKind] = [.fields, .values, .addresses, .errors]
        return try generation.tests.filter { kinds.contains($0.kind) }.map { test in
            let route = try generation.route(profile: test.profile, settings: test.settings, peer: test.peer)
            return (test: test, switches: route.switches)
        }
    }

    /// The vectors about messages, each with the switches that hold for it.
    private static let vectors = Result {
        try VectorFolder.shipped.filter { SkippedVectors.reason($0) == nil }.compactMap { folder in
            guard case .fixed(let route) = try VectorRun(folder).messages.routing else { return nil }
            return (folder: folder, switches: route.switches)
        } as [(folder: VectorFolder, switches: SwitchSet)]
    }

    private func isSeenByTables(_ swap: Swap) throws -> Bool {
        let generation = try ShippedTables.generation()
        return try Self.tableTests.get().contains { test, switches in
            guard switches.isSet(swap.name, swap.value) else { return false }
            let changed = TableTest(
                name: test.name,
                table: test.table,
                kind: test.kind,
                position: test.position,
                peer: test.peer,
                profile: test.profile,
                settings: test.settings + [(swap.name.name, swap.other)],
                context: test.context,
                given: test.given,
                expect: test.expect,
                andBack: test.andBack
            )
            return !TableTestRunner(generation).run(changed).passed
        }
    }

    private func isSeenByVectors(_ swap: Swap) throws -> Bool {
        try Self.vectors.get().contains { folder, switches in
            guard switches.isSet(swap.name, swap.value) else { return false }
            var run = try VectorRun(folder, setting: [(swap.name.name, swap.other)])
            return try !run.differences().isEmpty
        }
    }
}
