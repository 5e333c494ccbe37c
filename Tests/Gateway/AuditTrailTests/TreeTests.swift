import Digests
import Testing

@testable import AuditTrail

/// The hash tree and its proofs, compared with the definitions of the RFC written down as they stand there.
@Suite("Hash tree")
struct TreeTests {
    /// The data of the reference implementation's tests, with the roots that follow from the definition.
    private static let data: [[UInt8]] = [
        [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43],
        [0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57], Array(0x60...0x6F),
    ]
    private static let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    /// RFC 9162 §2.1.1, word by word.
    private static func hash(_ leaves: ArraySlice<Digest>) -> Digest {
        if leaves.isEmpty { return SHA256.hash([UInt8]()) }
        if leaves.count == 1 { return leaves[leaves.startIndex] }
        let split = leaves.startIndex + half(leaves.count)
        return TreeEdge.node(hash(leaves[..<split]), hash(leaves[split...]))
    }

    /// The largest power of two smaller than n.
    private static func half(_ count: Int) -> Int {
        var power = 1
        while power * 2 < count { power *= 2 }
        return power
    }

    /// RFC 9162 §2.1.3.1, word by word.
    private static func path(_ index: Int, _ leaves: ArraySlice<Digest>) -> [Digest] {
        if leaves.count == 1 { return [] }
        let split = half(leaves.count)
        let (left, right) = (leaves.prefix(split), leaves.dropFirst(split))
        return index < split
            ? path(index, left) + [hash(right)] : path(index - split, right) + [hash(left)]
    }

    /// RFC 9162 §2.1.4.1, word by word.
    private static func subproof(_ count: Int, _ leaves: ArraySlice<Digest>, _ isWhole: Bool) -> [Digest] {
        if count == leaves.count { return isWhole ? [] : [hash(leaves)] }
        let split = half(leaves.count)
        let (left, right) = (leaves.prefix(split), leaves.dropFirst(split))
        return count <= split
            ? subproof(count, left, isWhole) + [hash(right)]
            : subproof(count - split, right, false) + [hash(left)]
    }

    private static let leaves = (0..<70).map { TreeEdge.leaf(Array("record \($0)".utf8)[...]) }

    @Test("RFC 9162 §2.1.1: the roots of the first sizes are the known ones")
    func knownRoots() {
        var edge = TreeEdge()
        #expect(edge.root.hexadecimal == TreeTests.roots[0])
        for (index, record) in TreeTests.data.enumerated() {
            edge.append(TreeEdge.leaf(record[...]))
            #expect(edge.root.hexadecimal == TreeTests.roots[index + 1])
        }
    }

    @Test("RFC 9162 §2.1.2: the edge has the root of every size, and goes on from where it was kept")
    func everySize() throws {
        var edge = TreeEdge()
        for (index, leaf) in TreeTests.leaves.enumerated() {
            edge = try #require(TreeEdge(size: edge.size, stack: edge.stack))
            edge.append(leaf)
            #expect(edge.root == TreeTests.hash(TreeTests.leaves[...index]))
            #expect(edge.stack.count == (index + 1).nonzeroBitCount)
        }
        #expect(TreeEdge(size: 3, stack: [TreeTests.leaves[0]]) == nil)
        #expect(TreeEdge(size: -1, stack: []) == nil)
    }

    @Test("RFC 9162 §2.1.3: every inclusion proof of sizes 1 to 70 is the defined one, and proves that leaf only")
    func inclusion() throws {
        for size in 1...70 {
            let leaves = TreeTests.leaves[..<size]
            let root = TreeTests.hash(leaves)
            for index in 0..<size {
                var prover = TreeProver(inclusionOf: Int64(index), in: Int64(size))
                for leaf in leaves { prover.append(leaf) }
                let path = try #require(prover.path)
                #expect(path == TreeTests.path(index, leaves))
                var proof = InclusionProof(index: Int64(index), size: Int64(size), path: path)
                #expect(proof.leads(from: leaves[index], to: root))
                #expect(!proof.leads(from: TreeTests.leaves[(index + 1) % 70], to: root))
                #expect(!proof.leads(from: leaves[index], to: leaves[index]) || size == 1)
                proof.index = Int64(index + 1)
                #expect(!proof.leads(from: leaves[index], to: root))
                proof.index = Int64(index)
                proof.path.append(root)
                #expect(!proof.leads(from: leaves[index], to: root))
                proof.path = Array(path.dropLast())
                #expect(path.isEmpty || !proof.leads(from: leaves[index], to: root))
            }
        }
        #expect(!InclusionProof(index: -1, size: 1, path: []).leads(from: TreeTests.leaves[0], to: TreeTests.leaves[0]))
    }

    @Test("RFC 9162 §2.1.4: every consistency proof up to 70 is the defined one, and joins these two roots only")
    func consistency() throws {
        for second in 1...70 {
            let leaves = TreeTests.leaves[..<second]
            for first in 1...second {
                var prover = TreeProver(consistencyOf: Int64(first), with: Int64(second))
                for leaf in leaves { prover.append(leaf) }
                let path = try #require(prover.path)
                #expect(path == TreeTests.subproof(first, leaves, true))
                let proof = ConsistencyProof(first: Int64(first), second: Int64(second), path: path)
                let roots = (TreeTests.hash(leaves[..<first]), TreeTests.hash(leaves))
                #expect(proof.joins(roots.0, roots.1))
                #expect(!proof.joins(TreeTests.leaves[0], roots.1) || first == 1)
                #expect(!proof.joins(roots.0, TreeEdge.empty))
                for place in path.indices {
                    var wrong = proof
                    wrong.path[place] = TreeEdge.empty
                    #expect(!wrong.joins(roots.0, roots.1))
                }
            }
        }
        #expect(ConsistencyProof(first: 0, second: 5, path: []).joins(TreeEdge.empty, TreeTests.leaves[0]))
        #expect(!ConsistencyProof(first: 2, second: 1, path: []).joins(TreeEdge.empty, TreeEdge.empty))
    }

    @Test("A proof is not there before all its leaves are")
    func early() {
        var prover = TreeProver(inclusionOf: 0, in: 3)
        for leaf in TreeTests.leaves[..<2] { prover.append(leaf) }
        #expect(prover.path == nil)
        prover.append(TreeTests.leaves[2])
        #expect(prover.path?.count == 2)
        #expect(prover.edge.size == 3)
    }
}
