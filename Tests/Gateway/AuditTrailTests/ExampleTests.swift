import AuditTrail
import Digests
import Testing

/// The example of the module's page, word for word.
@Suite("AuditTrail's page")
struct ExampleTests {
    @Test("The example signs a checkpoint")
    func example() {
        var edge = TreeEdge()
        edge.append(TreeEdge.leaf(Array("{\"seq\":1}".utf8)[...]))

        let signer = NoteSigner(name: "gw.example.net/audit", key: SigningKey())
        if let signer {
            let checkpoint = Checkpoint(origin: "gw.example.net/audit", size: edge.size, root: edge.root)
            print(checkpoint.signed(by: signer).written)
        }
        #expect(signer != nil)
    }
}
