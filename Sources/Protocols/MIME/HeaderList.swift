/// Header fields in the order received, looked up without regard to case.
///
/// The octets of each field are kept; values are unfolded when they are asked for.
///
/// Source: RFC 2045 §3, RFC 5322 §2.2.3.
public struct HeaderList: Sendable, Equatable, RandomAccessCollection {
    private var fields: [HeaderField]

    /// Makes a list.
    ///
    /// - Parameter fields: the fields in order.
    public init(_ fields: [HeaderField] = []) { self.fields = fields }

    /// The index of the first field.
    public var startIndex: Int { 0 }

    /// The index after the last field.
    public var endIndex: Int { fields.count }

    /// The field at a position.
    public subscript(position: Int) -> HeaderField { fields[position] }

    /// The first field of this name.
    ///
    /// - Parameter name: in any case.
    /// - Returns: the field; nothing when there is none.
    public func first(_ name: String) -> HeaderField? {
        for index in fields.indices where fields[index].isNamed(name) { return fields[index] }
        return nil
    }

    /// All fields of this name, in order.
    ///
    /// - Parameter name: in any case.
    /// - Returns: the fields; empty when there is none.
    public func all(_ name: String) -> [HeaderField] { fields.filter { $0.isNamed(name) } }

    /// The text of the first field of this name.
    public subscript(name: String) -> String? { first(name)?.text }

    /// Adds a field at the end.
    public mutating func append(_ field: HeaderField) { fields.append(field) }

    /// Adds a field at the end, unless the name or value cannot be carried.
    ///
    /// - Parameters:
    ///   - name: printable US-ASCII without a colon.
    ///   - value: text without control characters.
    /// - Returns: whether the field was added.
    @discardableResult
    public mutating func append(_ name: String, _ value: String) -> Bool {
        guard let field = HeaderField(name: name, value: value) else { return false }
        fields.append(field)
        return true
    }

    /// Removes all fields of this name.
    ///
    /// - Parameter name: in any case.
    public mutating func remove(_ name: String) { fields.removeAll { $0.isNamed(name) } }

    /// Writes each field with its octets as they are and a CRLF; no empty line follows.
    ///
    /// - Parameter output: the bytes are added at its end.
    public func write(to output: inout [UInt8]) {
        for field in fields {
            output.append(contentsOf: field.raw)
            output.append(0x0D)
            output.append(0x0A)
        }
    }
}
