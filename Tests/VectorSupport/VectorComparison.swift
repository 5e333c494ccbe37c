import CPIM
import SIPMessages

/// Compares what came out with the expected files of a folder.
struct VectorComparison {
    let folder: VectorFolder
    private(set) var bindings = Bindings()
    private(set) var differences: [String] = []

    init(_ folder: VectorFolder) { self.folder = folder }

    /// An input with its placeholders filled; nil when one is not bound.
    func filled(_ input: VectorFolder.File) -> [UInt8]? { bindings.filled(input.bytes) }

    mutating func note(_ difference: String) { differences.append(difference) }

    mutating func compare(_ products: [VectorProduct]) {
        var rest = products
        for output in folder.outputs {
            if output.kind == .none {
                if products.contains(where: \.crosses) { note("something left although nothing may") }
                continue
            }
            guard let index = place(of: output, in: rest) else {
                note("nothing was produced for \(output.name)")
                continue
            }
            differences += compare(output, rest.remove(at: index)).map { "\(output.name): \($0)" }
        }
        for product in rest { note("not expected: \(product.text)") }
    }

    /// Which product is meant by an output: where the order does not matter, one that is equal to it, else the first.
    private func place(of output: VectorFolder.File, in products: [VectorProduct]) -> Int? {
        let places = products.indices.filter { products[$0].suits(output.kind) }
        guard folder.values("Ordered").first != "yes", places.count > 1 else { return places.first }
        return places.first { place in
            var trial = self
            return trial.compare(output, products[place]).isEmpty
        } ?? places.first
    }

    private mutating func compare(_ output: VectorFolder.File, _ product: VectorProduct) -> [String] {
        switch (product, output.kind) {
        case (.stanza(let bytes), _), (.stanzaError(let bytes), _):
            return XMLComparison.differences(expected: output.bytes, actual: bytes, mode: .stanza, bindings: &bindings)
        case (.request(let bytes), .cpim):
            guard let body = SIPComparison.Message(bytes)?.body else { return ["the request cannot be read"] }
            let isStrict = (try? CPIMReader(isStrict: true).read(body[...])) != nil
            return (isStrict ? [] : ["a strict reader refuses the object"])
                + CPIMComparison.differences(expected: output.bytes, actual: body, bindings: &bindings)
        case (.request(let bytes), .pidf):
            guard let document = Self.document(in: bytes) else { return ["there is no document"] }
            return XMLComparison.differences(
                expected: output.bytes,
                actual: document,
                mode: .document,
                bindings: &bindings
            )
        case (.request(let bytes), _), (.response(let bytes), _):
            let isRead = (try? SIPReader.read(datagram: bytes)) != nil
            return (isRead ? [] : ["the SIP reader refuses the message"])
                + SIPComparison.differences(expected: output.bytes, actual: bytes, bindings: &bindings)
        }
    }

    /// The presence document that a request carries, by itself or in a Message/CPIM object; nil when there is none.
    static func document(in request: [UInt8]) -> [UInt8]? {
        guard let message = SIPComparison.Message(request), !message.body.isEmpty else { return nil }
        switch MediaTypeText.base(message.values("content-type").first ?? "") {
        case "application/pidf+xml": return message.body
        case "message/cpim": return CPIMComparison.Object(message.body)?.body
        default: return nil
        }
    }
}
