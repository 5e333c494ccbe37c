import Testing

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

    @Test("Exactly the vectors about messages, addresses, errors and documents of presence are run")
    func selection() {
        let numbers = Self.run.compactMap { Int($0.name.prefix(3)) }
        let ranges = [1...25, 43...47, 60...86, 88...91, 93...94, 100...109, 111...118]
        let expected = ranges.flatMap { Array($0) }
        #expect(numbers == expected)
    }
}
