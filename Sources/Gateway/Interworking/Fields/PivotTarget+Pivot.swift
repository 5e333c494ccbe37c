import CPIM
import MIME
import MappingTables

extension PivotTarget {
    /// Puts the address of something stored elsewhere into the text: alone, or as a line after it.
    ///
    /// Source: XEP-0066 §3.
    mutating func addLink() {
        guard
            let url = annotations.first(where: { $0.name == CoreField.oob.rawValue && $0.namespace == Pivot.namespace }
            )?.value,
            !url.isEmpty
        else { return }
        guard let text = texts.first else {
            texts = [FieldValue(text: url)]
            return
        }
        if text.text != url { texts[0].text = text.text.isEmpty ? url : text.text + "\r\n" + url }
    }

    /// Puts the marker before the text, where there is one.
    mutating func addMarker() {
        guard let marker, !texts.isEmpty else { return }
        for index in texts.indices { texts[index].text = marker + texts[index].text }
    }

    /// The content as a MIME part.
    ///
    /// Markup and texts in further languages go along when the route says so and the peer has named the types; else
    /// they are lost.
    ///
    /// Source: RFC 2046 §5.1.4, RFC 7572 §8.
    func part(accepts: [String], _ switches: SwitchSet, _ trace: inout RuleTrace) -> MIMEPart {
        let main = Self.text(texts.first?.text ?? "", contentLanguage)
        let takesAlternatives = accepts.contains("multipart/alternative")
        var parts: [MIMEPart] = []
        if texts.count > 1 {
            if takesAlternatives, switches.isSet(.multilingual, "alternative") {
                // The last alternative is the preferred one.
                parts = texts.dropFirst().reversed().map { Self.text($0.text, $0.language) }
            } else {
                trace.lose(.body)
            }
        }
        parts.append(main)
        if let html {
            if takesAlternatives, accepts.contains("text/html") {
                parts.append(Self.markup(html, contentLanguage))
            } else {
                trace.lose(.html)
            }
        }
        let body = parts.count > 1 ? Self.multipart("alternative", parts) ?? main : main
        return withContentID(mixed(body, &trace))
    }

    /// The text with the parts that rows have made behind it; what may only stand alone, and does not, is lost.
    ///
    /// Source: RFC 2046 §5.1.3.
    private func mixed(_ body: MIMEPart, _ trace: inout RuleTrace) -> MIMEPart {
        guard let first = parts.first else { return body }
        let hasText = texts.contains { !$0.text.isEmpty } || html != nil
        if !hasText, parts.count == 1, first.place != .part { return first.part }
        let kept = parts.filter { $0.place != .whole }.map(\.part)
        for _ in kept.count..<parts.count { trace.lose(.part) }
        guard !kept.isEmpty else { return body }
        guard let mixed = Self.multipart("mixed", (hasText ? [body] : []) + kept) else {
            trace.lose(.part)
            return body
        }
        return mixed
    }

    private static func multipart(_ subtype: String, _ parts: [MIMEPart]) -> MIMEPart? {
        try? MIMEWriter.multipart(subtype, parts, boundary: MIMEWriter.boundary(for: parts, seed: "isthmus"))
    }

    private static let plainType = HeaderField(name: "Content-Type", value: MediaType.plainUTF8.description)

    private static func text(_ text: String, _ language: String?) -> MIMEPart {
        var part = MIMEPart(headers: HeaderList(plainType.map { [$0] } ?? []), content: Array(text.utf8)[...])
        if let language, LanguageTag.isValid(language) { part.headers.append("Content-Language", language) }
        return part
    }

    private static func markup(_ html: String, _ language: String?) -> MIMEPart {
        var part = MIMEPart(headers: HeaderList(), content: Array(html.utf8)[...])
        part.headers.append("Content-Type", "text/html;charset=utf-8")
        if let language, LanguageTag.isValid(language) { part.headers.append("Content-Language", language) }
        return part
    }

    private func withContentID(_ part: MIMEPart) -> MIMEPart {
        guard let contentID, part.headers.first("Content-ID") == nil else { return part }
        var part = part
        part.headers.append("Content-ID", "<\(contentID)>")
        return part
    }

    /// The pivot.
    ///
    /// - Throws: ``Refusal`` with `.mapping` when no row names the sender or the recipient.
    func pivot(
        _ part: MIMEPart,
        _ ends: Ends,
        id: String?,
        named: (CPIMAddress, Correspondent) -> CPIMAddress = { address, _ in address }
    ) throws(Refusal) -> Pivot {
        guard var from, let to else { throw .mapping() }
        if let senderName { from = CPIMAddress(formalName: senderName, uriText: from.uriText) ?? from }
        return Pivot(
            message: CPIMDraft(
                from: senderName == nil ? named(from, ends.sender) : from,
                to: named(to, ends.recipient),
                dateTime: dateTime,
                subjects: subjects,
                extensions: extensions,
                content: part
            ),
            copies: copies,
            annotations: annotations,
            sender: ends.sender,
            recipient: ends.recipient,
            sourceID: id
        )
    }
}
