import CPIM
public import IMDN
import MappingTables

extension PivotTarget {
    /// Asks for notifications, under the name that the stanza has if it cannot be guessed.
    ///
    /// What a row has written already stays.
    ///
    /// Source: RFC 5438 §6.3, §7.1.1.1, §7.1.1.3.
    mutating func ask(_ requests: Set<DispositionRequest>, _ id: String?) {
        guard !requests.isEmpty else { return }
        let value = FieldValue(text: DispositionRequest.value(requests))
        add(CPIMName.dispositionNotification, value)
        if let id, Self.isUnique(id) { add(CPIMName.messageID, FieldValue(text: id)) }
    }

    /// Whether an identifier has the form of a UUID: a token of 122 random bits.
    ///
    /// Source: RFC 5438 §6.3.
    static func isUnique(_ id: String) -> Bool {
        let groups = id.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard groups.map(\.count) == [8, 4, 4, 4, 12] else { return false }
        return groups.allSatisfy { group in
            group.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x46).contains($0 & 0xDF) }
        }
    }
}

extension Pivot {
    /// What the sender wants to hear of the message.
    public var requests: Set<DispositionRequest> {
        let name = CPIMName.dispositionNotification
        let header = message.extensions.first { $0.name == name.local && $0.namespace == name.namespace }
        return header.map { DispositionRequest.requests(in: $0.value) } ?? []
    }
}
