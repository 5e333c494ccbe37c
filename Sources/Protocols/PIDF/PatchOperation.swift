import XMLStreams

/// One change of a partial document.
public struct PatchOperation: Sendable, Hashable {}
struct PatchReader {
    let limits: PIDFReader.Limits
    func operations(in root: XML.Element) throws(PIDFError) -> [PatchOperation] { [] }
}
