/// The priority of a resource and that of a contact, each from the other.
///
/// Whole numbers only: rounding instead of cutting would not give the values of the examples.
///
/// Source: RFC 3922 §5.1.7, §5.2.13, RFC 8048 §6.2.
enum PresencePriority {
    /// The priority of a contact in thousandths, by that of a resource from -128 to 127; nil for resources that want
    /// no messages.
    static func thousandths(of priority: Int) -> Int? {
        (0...127).contains(priority) ? priority * 1_000 / 127 : nil
    }

    /// The priority of a resource, never negative, by that of a contact in thousandths from 0 to 1000.
    static func priority(ofThousandths thousandths: Int) -> Int {
        if thousandths <= 0 { return 0 }
        if thousandths >= 1_000 { return 127 }
        return min(126, (thousandths * 127 + 999) / 1_000)
    }
}
