/// Names in order with their JSON form, which is written once for all records that share them.
public struct AuditNames: Sendable, Equatable, ExpressibleByArrayLiteral {
    /// The names.
    public let names: [String]
    /// A JSON array of them; empty when there is none.
    let json: [UInt8]

    /// Holds names.
    public init(_ names: [String]) {
        self.names = names
        if names.isEmpty {
            json = []
            return
        }
        var json = [UInt8(ascii: "[")]
        for name in names {
            if json.count > 1 { json.append(UInt8(ascii: ",")) }
            json.append(UInt8(ascii: "\""))
            JSONWriter.escape(name, to: &json)
            json.append(UInt8(ascii: "\""))
        }
        json.append(UInt8(ascii: "]"))
        self.json = json
    }

    /// Holds the names of a literal.
    public init(arrayLiteral elements: String...) { self.init(elements) }

    /// Whether there is none.
    public var isEmpty: Bool { names.isEmpty }
}
