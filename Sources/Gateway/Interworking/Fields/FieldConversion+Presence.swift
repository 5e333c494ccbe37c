import CPIM
import MappingTables
import PIDF

extension FieldConversion {
    /// The priority of a resource and that of a contact; nothing for a resource that wants no messages.
    ///
    /// Source: RFC 3922 §5.1.7, §5.2.13, RFC 6121 §4.7.2.3.
    func priority(_ text: String, _ way: Way) throws(ConversionFault) -> String? {
        guard way == .toPIDF else {
            guard let priority = ContactPriority(text) else { throw Self.fault("is no priority of a contact", text) }
            return String(PresencePriority.priority(ofThousandths: priority.thousandths))
        }
        guard let priority = Int8(SingleLine.text(text)) else { throw Self.fault("is no priority of a resource", text) }
        return PresencePriority.thousandths(of: Int(priority)).map { ContactPriority(thousandths: $0).description }
    }

    /// Source: RFC 4480 §3.13, XEP-0082 §3.4.
    func timeOffset(_ text: String, _ way: Way) throws(ConversionFault) -> String {
        let text = SingleLine.text(text)
        if way == .toPIDF {
            guard let minutes = UTCOffset(zone: text)?.minutes else { throw Self.fault("is no time zone", text) }
            return String(minutes)
        }
        guard let minutes = Int(text), let offset = UTCOffset(minutes: minutes) else {
            throw Self.fault("is no number of minutes", text)
        }
        return offset.zone
    }

    /// Since when somebody is idle: in a stanza always a time, in a document one only where `pres.idle` says so.
    ///
    /// Source: XEP-0319 §2, RFC 4480 §3.14.
    func idleTime(_ text: String, _ way: Way) throws(ConversionFault) -> String? {
        if way == .toXMPP, text.isEmpty { return nil }
        guard let time = CPIMDateTime(SingleLine.text(text)) else { throw Self.fault("is no date-time", text) }
        return way == .toPIDF && setting.route.switches.isSet(.idle, "flag") ? "" : time.utcText
    }
}
