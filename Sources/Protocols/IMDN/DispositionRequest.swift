/// What the sender of a message wants to hear of it: the values of Disposition-Notification.
///
/// Source: RFC 5438 §6.2, §10.
public enum DispositionRequest: String, Sendable, Hashable, CaseIterable {
    /// That it was delivered.
    case positiveDelivery = "positive-delivery"
    /// That it was not.
    case negativeDelivery = "negative-delivery"
    /// What an intermediary has done with it.
    case processing
    /// That somebody has seen it.
    case display

    /// The requests in the value of a header.
    ///
    /// Values are separated by commas, with white space around them; parameters, and values that are none of these, are
    /// ignored.
    ///
    /// - Parameter value: the value of Disposition-Notification.
    /// - Returns: the requests; none for an empty value.
    ///
    /// Source: RFC 5438 §7.1.1.3, §10.
    public static func requests(in value: String) -> Set<DispositionRequest> {
        var found: Set<DispositionRequest> = []
        for item in value.utf8.split(separator: UInt8(ascii: ",")) {
            let token = item.drop { $0 == 0x20 || $0 == 0x09 }.prefix {
                $0 != 0x20 && $0 != 0x09 && $0 != UInt8(ascii: ";")
            }
            if let request = DispositionRequest(rawValue: String(decoding: Array(token), as: UTF8.self)) {
                found.insert(request)
            }
        }
        return found
    }

    /// The value of a header that asks for these.
    ///
    /// - Parameter requests: what is asked for.
    /// - Returns: the values in the order of the declarations, separated by a comma and a blank; clients split there.
    ///
    /// Source: RFC 5438 §10.
    public static func value(_ requests: Set<DispositionRequest>) -> String {
        let order: [DispositionRequest] = [.positiveDelivery, .negativeDelivery, .processing, .display]
        return order.filter(requests.contains).map(\.rawValue).joined(separator: ", ")
    }
}
