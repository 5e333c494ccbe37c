import MappingTables
import XMLStreams

extension FieldConversion {
    /// The element that a text writes.
    ///
    /// - Parameters:
    ///   - text: one element.
    ///   - name: the name that it must have, which is the row's.
    ///   - namespace: the namespace that it must have.
    /// - Returns: the element with all that is in it.
    /// - Throws: ``ConversionFault`` for text that is no well-formed element of that name, and for a larger or deeper one
    ///   than is read.
    ///
    /// Source: RFC 6120 §11.1.
    static func element(_ text: String, _ name: String, _ namespace: String) throws(ConversionFault) -> XML.Element {
        guard let element = try? XML.DocumentReader.read(Array(text.utf8)[...]), element.is(name, namespace) else {
            throw fault("is no <\(name)/> of \(namespace)", text)
        }
        return element
    }
}
