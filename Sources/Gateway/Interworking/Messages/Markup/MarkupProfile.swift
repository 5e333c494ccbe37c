/// What of HTML has a place in XHTML-IM, and as what.
///
/// Source: XEP-0071 §7.
struct MarkupProfile {
    /// How an element stands in the flow.
    enum Kind: Equatable {
        /// Begins and ends lines, and holds text.
        case block
        /// Begins and ends lines, and holds other blocks.
        case container
        /// An element of a list.
        case item
        /// Stands in a line.
        case inline
        /// Has no content.
        case void
    }

    /// An element to be written.
    typealias Output = (name: String, attributes: [(name: String, value: String)])

    /// How the element stands in the flow.
    let kind: Kind
    /// What is written for it; nothing where only its content stays.
    let outputs: [Output]

    private static let others: Set<String> = [
        "address", "article", "aside", "body", "center", "dd", "details", "dir", "dl", "dt", "fieldset", "figcaption",
        "figure", "footer", "form", "header", "main", "menu", "nav", "pre", "section", "summary", "table", "tr",
    ]

    init(_ name: String, _ attributes: [String: String]) {
        var kept: [(name: String, value: String)] = []
        if let style = attributes["style"].flatMap({ MarkupStyle.kept($0) }) { kept.append(("style", style)) }
        switch name {
        case "p", "div":
            kind = .block
            outputs = [("p", kept)]
        case "h1", "h2", "h3", "h4", "h5", "h6":
            kind = .block
            outputs = [("p", kept), ("strong", [])]
        case "blockquote", "ul", "ol":
            kind = .container
            outputs = [(name, kept)]
        case "li":
            kind = .item
            outputs = [(name, kept)]
        case "br", "img", "hr", "wbr", "input", "meta", "link", "base", "col", "embed", "source", "track", "area",
            "param":
            kind = .void
            outputs = name == "br" ? [(name, [])] : name == "img" ? Self.image(attributes, kept) : []
        case "a":
            kind = .inline
            outputs = Self.link(attributes, kept)
        case "b", "strong":
            kind = .inline
            outputs = [("strong", kept)]
        case "i", "em":
            kind = .inline
            outputs = [("em", kept)]
        case "cite":
            kind = .inline
            outputs = [(name, kept)]
        case "u", "ins":
            kind = .inline
            outputs = [("span", [("style", "text-decoration: underline")])]
        case "s", "del", "strike":
            kind = .inline
            outputs = [("span", [("style", "text-decoration: line-through")])]
        case "span":
            kind = .inline
            outputs = kept.isEmpty ? [] : [(name, kept)]
        default:
            kind = Self.others.contains(name) ? .block : .inline
            outputs = kind == .block && name != "body" && name != "table" ? [("p", [])] : []
        }
    }

    private static func link(_ attributes: [String: String], _ style: [(name: String, value: String)]) -> [Output] {
        guard let address = attributes["href"].flatMap({ Self.address($0) }) else { return [] }
        var kept = [(name: "href", value: address)]
        if let type = attributes["type"], !type.isEmpty, type.utf8.count < 128 { kept.append(("type", type)) }
        return [("a", kept + style)]
    }

    private static func image(_ attributes: [String: String], _ style: [(name: String, value: String)]) -> [Output] {
        guard let address = attributes["src"].flatMap({ Self.address($0) }) else { return [] }
        var kept = [(name: "src", value: address), (name: "alt", value: attributes["alt"] ?? "")]
        for name in ["height", "width"] {
            guard let value = attributes[name], !value.isEmpty, value.utf8.count < 8,
                value.utf8.allSatisfy({ $0 &- 0x30 < 10 || $0 == UInt8(ascii: "%") })
            else { continue }
            kept.append((name, value))
        }
        return [("img", kept + style)]
    }

    private static let schemes: Set<String> = ["http", "https", "mailto", "xmpp", "sip", "tel", "cid"]

    /// An address as it is written; nil when its scheme is not allowed, or it has none.
    ///
    /// Control characters and white space, which readers may step over, are taken out before it is judged.
    static func address(_ text: String) -> String? {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where scalar.value > 0x20 && !(0x7F...0xA0).contains(scalar.value) {
            scalars.append(scalar)
        }
        let address = String(scalars)
        guard address.utf8.count <= 2048, let colon = address.firstIndex(of: ":"),
            schemes.contains(address[..<colon].lowercased())
        else { return nil }
        return address
    }
}

/// The styles that may cross.
///
/// Source: XEP-0071 §7.
enum MarkupStyle {
    private static let properties: Set<String> = [
        "background-color", "color", "font-family", "font-size", "font-style", "font-weight", "margin-left",
        "margin-right", "text-align", "text-decoration",
    ]

    /// The declarations that may cross; nil when there is none.
    static func kept(_ text: String) -> String? {
        var kept: [String] = []
        for declaration in text.split(separator: ";").prefix(16) {
            guard let colon = declaration.firstIndex(of: ":") else { continue }
            let name = trimmed(declaration[..<colon]).lowercased()
            let value = trimmed(declaration[declaration.index(after: colon)...])
            guard properties.contains(name), isHarmless(value) else { continue }
            kept.append("\(name): \(value)")
        }
        return kept.isEmpty ? nil : kept.joined(separator: "; ")
    }

    private static func trimmed(_ text: Substring) -> String {
        SingleLine.text(String(text))
    }

    /// Words, numbers and colors: nothing that calls, escapes or loads.
    private static func isHarmless(_ value: String) -> Bool {
        guard !value.isEmpty, value.utf8.count <= 128 else { return false }
        let lowered = value.lowercased()
        let isPlain = value.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                || " #%.,'\"+-()".unicodeScalars.contains(scalar)
        }
        return isPlain && !lowered.contains("url") && !lowered.contains("expression") && !lowered.contains("script")
    }
}
