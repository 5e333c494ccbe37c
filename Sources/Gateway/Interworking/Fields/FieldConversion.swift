import Addressing
import CPIM
import MappingTables
import SIPMessages

/// Carries out the named converters of field rows.
struct FieldConversion: FieldConverter {
    /// The spelling of an address in the source and in the target.
    typealias Spelling = (source: String, target: String)

    /// The ends of the message.
    let sender: Spelling
    let recipient: Spelling
    let setting: Setting
    /// The Call-ID of a conversation whose thread has none of its own; nil when it is not known yet.
    var freshCallID: String?

    func convert(_ value: FieldValue, _ converter: Converter, _ way: Way) throws(ConversionFault) -> FieldValue? {
        switch converter {
        case .copy: return value
        case .address: return FieldValue(text: try address(value.text, way))
        case .line: return FieldValue(text: SingleLine.text(value.text), language: value.language)
        case .text:
            let isXML = way == .toXMPP || way == .toPIDF
            let text = isXML ? LineEnds.lineFeeds(value.text) : LineEnds.carriageReturns(value.text)
            return FieldValue(text: text, language: value.language)
        case .dateTime:
            let time = try dateTime(value.text)
            let isCanonical = Self.isUpperCase(value.text.utf8.span)
            return isCanonical ? FieldValue(text: value.text) : FieldValue(text: time.description)
        case .delay: return try delay(value.text).map { FieldValue(text: $0) }
        case .sipDate: return FieldValue(text: try sipDate(value.text, way))
        case .contentID: return FieldValue(text: try contentID(value.text, way))
        case .language:
            guard LanguageTag.isValid(value.text) else { throw Self.fault("is no language tag", value.text) }
            return value
        case .thread: return thread(value.text, way).map { FieldValue(text: $0) }
        case .html: return FieldValue(text: try html(value.text, way), language: value.language)
        case .priority: return try priority(value.text, way).map { FieldValue(text: $0) }
        case .idleTime: return try idleTime(value.text, way).map { FieldValue(text: $0) }
        case .timeOffset: return FieldValue(text: try timeOffset(value.text, way))
        case .latitude, .longitude, .meters, .distance:
            return FieldValue(text: try Self.geodetic(value.text, converter))
        case .country: return FieldValue(text: try Self.country(value.text))
        case .web: return FieldValue(text: try Self.web(value.text))
        // The rules look it up themselves.
        case .values: return value
        case .empty: return FieldValue(text: "")
        case .pagerType: return isChat ? FieldValue(text: "chat") : nil
        }
    }

    /// Whether a message of the CPIM shore becomes a stanza of type `chat`.
    private var isChat: Bool {
        let switches = setting.route.switches
        return switches.isSet(.pagerType, "chat") || setting.facts.isChat && switches.isSet(.pagerType, "reply")
    }

    static func fault(_ reason: String, _ text: String) -> ConversionFault {
        ConversionFault("'\(String(text.unicodeScalars.prefix(64)))' \(reason).")
    }

    // MARK: Addresses

    private func address(_ text: String, _ way: Way) throws(ConversionFault) -> String {
        if text == sender.source { return sender.target }
        if text == recipient.source { return recipient.target }
        do {
            switch way {
            case .toCPIM:
                let uri = try? AddressURI(text)
                let jid =
                    try uri.map { try setting.addresses.jid(for: $0, role: .sender, facts: setting.facts).jid }
                    ?? JID(text)
                return try setting.addresses.uri(for: jid, facts: setting.facts).instant.description
            case .toSIP:
                let jid = try setting.addresses.jid(for: AddressURI(text), role: .recipient, facts: setting.facts).jid
                return try setting.addresses.uri(for: jid, facts: setting.facts).uri.description
            case .toXMPP, .toPIDF, .both:
                return try setting.addresses.jid(for: AddressURI(text), role: .recipient, facts: setting.facts).jid
                    .description
            }
        } catch { throw Self.fault("has no form on the other side", text) }
    }

    // MARK: Times

    private func dateTime(_ text: String) throws(ConversionFault) -> CPIMDateTime {
        guard let time = CPIMDateTime(text) else { throw Self.fault("is no date-time", text) }
        return time
    }

    /// Whether there are no small letters.
    private static func isUpperCase(_ bytes: Span<UInt8>) -> Bool {
        for index in bytes.indices where bytes[index] >= 0x61 { return false }
        return true
    }

    /// Source: XEP-0203 §2.
    private func delay(_ text: String) throws(ConversionFault) -> String? {
        let time = try dateTime(text)
        guard let threshold = setting.route.switches.milliseconds(.delay),
            setting.facts.now - time.milliseconds > threshold
        else {
            return nil
        }
        return time.utcText
    }

    /// Source: RFC 3261 §20.17.
    private func sipDate(_ text: String, _ way: Way) throws(ConversionFault) -> String {
        guard way == .toCPIM else {
            let milliseconds = try dateTime(text).milliseconds
            return SIPDate(secondsSince1970: (milliseconds - (milliseconds % 1000 + 1000) % 1000) / 1000).description
        }
        if let time = CPIMDateTime(text) {
            // Most are written already as they are to be.
            let isCanonical = text.utf8.last == UInt8(ascii: "Z") && !text.utf8.contains(UInt8(ascii: "t"))
            return isCanonical ? text : time.description
        }
        guard let date = SIPDate(bytes: Array(text.utf8)[...]) else { throw Self.fault("is no date", text) }
        return CPIMDateTime(milliseconds: date.secondsSince1970 * 1_000).description
    }

    // MARK: Identifiers

    /// Source: RFC 2392 §2.
    private func contentID(_ text: String, _ way: Way) throws(ConversionFault) -> String {
        let isGlobal = way != .toCPIM || text.utf8.contains(UInt8(ascii: "@"))
        let isClean = text.utf8.allSatisfy {
            $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">")
        }
        guard !text.isEmpty, isGlobal, isClean else { throw Self.fault("is no Content-ID", text) }
        return text
    }

    /// Source: RFC 7572 §4, RFC 6121 §5.2.5.
    private func thread(_ text: String, _ way: Way) -> String? {
        guard way == .toSIP else { return setting.facts.threads.first { $0.callID == text }?.thread ?? text }
        if let pair = setting.facts.threads.first(where: { $0.thread == text }) { return pair.callID }
        return CallIDText.isLegal(text) ? text : freshCallID
    }

    // MARK: Markup

    /// Source: XEP-0071 §7.
    private func html(_ text: String, _ way: Way) throws(ConversionFault) -> String {
        if way == .toXMPP { return Markup.sanitized(html: Array(text.utf8)[...]).xhtml }
        guard let html = Markup.html(fromXHTML: text) else { throw Self.fault("is no markup", text) }
        return html
    }
}
