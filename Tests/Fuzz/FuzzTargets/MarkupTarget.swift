import Interworking
import XMLStreams

extension FuzzTarget {
    /// Whatever comes in, what goes out is well-formed, within the profile, and stays as it is when sanitized again.
    static let markup = FuzzTarget("markup") { input throws(Violation) in
        let (xhtml, plain) = Markup.sanitized(html: input[...])
        let body = try wellFormed(xhtml)
        try check(body)
        try demand(!plain.utf8.contains { $0 < 0x20 && $0 != 0x0A }, "plain text holds no controls")
        // Blanks of preformatted text mean nothing elsewhere, and a paragraph of them goes; all else stays.
        let isPreformatted = String(decoding: input, as: UTF8.self).lowercased().contains("<pre")
        let again = try sanitizedAgain(xhtml)
        try demand(
            isPreformatted || again.filter { $0 != " " } == xhtml.filter { $0 != " " },
            "sanitizing again changes nothing but blanks: \(xhtml) or \(again)"
        )
        let third = try sanitizedAgain(again)
        try demand(third == again, "sanitizing is stable: \(again) or \(third)")
    }

    private static func sanitizedAgain(_ xhtml: String) throws(Violation) -> String {
        guard let document = Markup.html(fromXHTML: xhtml) else { return "" }
        let (start, end) = ("<html><body>", "</body></html>")
        try demand(document.hasPrefix(start) && document.hasSuffix(end), "a document has a body: \(document)")
        return String(document.dropFirst(start.count).dropLast(end.count))
    }

    private static func wellFormed(_ xhtml: String) throws(Violation) -> XML.Element {
        let text = "<body xmlns='http://www.w3.org/1999/xhtml'>\(xhtml)</body>"
        let limits = XML.Limits(
            documentBytes: 1 << 24,
            startTagBytes: 1 << 20,
            depth: 250,
            attributes: 1 << 10,
            children: 1 << 24
        )
        return try succeed("markup is well-formed: \(text)") { () throws(XMLStreamError) in
            try XML.DocumentReader.read(Array(text.utf8)[...], limits: limits)
        }
    }

    private static let allowed: [String: Set<String>] = [
        "p": ["style"], "strong": ["style"], "em": ["style"], "cite": ["style"], "span": ["style"], "br": [],
        "blockquote": ["style"], "ul": ["style"], "ol": ["style"], "li": ["style"],
        "a": ["href", "type", "style"], "img": ["src", "alt", "height", "width", "style"],
    ]

    private static func check(_ element: XML.Element) throws(Violation) {
        for child in element.children {
            guard let attributes = allowed[child.name] else { throw Violation("the profile has no \(child.name)") }
            for attribute in child.attributes {
                try demand(attributes.contains(attribute.name), "\(child.name) has no \(attribute.name)")
                guard attribute.name == "href" || attribute.name == "src" else { continue }
                let scheme = attribute.value.prefix { $0 != ":" }.lowercased()
                try demand(
                    ["http", "https", "mailto", "xmpp", "sip", "tel", "cid"].contains(scheme),
                    "an address has no such scheme: \(attribute.value)"
                )
            }
            try check(child)
        }
    }
}
