import Testing

@testable import VectorSupport

@Suite("Vectors")
struct VectorTests {
    private static let run = VectorFolder.shipped.filter { SkippedVectors.reason($0) == nil }
    private static let others = VectorFolder.others.filter { SkippedVectors.reason($0) == nil }

    @Test("Shipped vectors", arguments: run)
    func shipped(folder: VectorFolder) throws {
        let differences = try VectorRun.differences(folder)
        #expect(differences.isEmpty, "\(folder.name): \(differences.joined(separator: "; "))")
    }

    @Test("Vectors of another place", arguments: others)
    func elsewhere(folder: VectorFolder) throws {
        let differences = try VectorRun.differences(folder)
        #expect(differences.isEmpty, "\(folder.name): \(differences.joined(separator: "; "))")
    }

    @Test("Exactly the vectors about messages, receipts, states of writing, addresses and errors are run")
    func selection() {
        let numbers = Self.run.compactMap { Int($0.name.prefix(3)) }
        let ranges = [1...5, 17...25, 43...44, 48...53, 60...99, 111...118, 120...120]
        let expected = ranges.flatMap { Array($0) }
        #expect(numbers == expected)
    }
}
