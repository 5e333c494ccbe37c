import Foundation
import Testing

@testable import Interworking
@testable import MappingTables
@testable import VectorSupport

/// Each value of each switch is made to behave as another, and a test beside the rows or a vector must fail.
@Suite("Switches: no value can be another", .serialized)
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

    /// Switches that other modules act on, with the tests that fail there when a value behaves as another.
    private static let elsewhere: [String: String] = [:]

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

    private func isSeenByTables(_ swap: Swap) throws -> Bool {
        let generation = try ShippedTables.generation()
        let kinds: [TableKind] = [.fields, .values, .addresses, .errors]
        return try generation.tests.contains { test in
            guard kinds.contains(test.kind) else { return false }
            let route = try generation.route(profile: test.profile, settings: test.settings, peer: test.peer)
            guard route.switches.isSet(swap.name, swap.value) else { return false }
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
        try VectorFolder.shipped.filter { SkippedVectors.reason($0) == nil }.contains { folder in
            let plain = try VectorRun(folder)
            guard case .fixed(let route) = plain.messages.routing, route.switches.isSet(swap.name, swap.value) else {
                return false
            }
            var run = try VectorRun(folder, setting: [(swap.name.name, swap.other)])
            return try !run.differences().isEmpty
        }
    }
}
