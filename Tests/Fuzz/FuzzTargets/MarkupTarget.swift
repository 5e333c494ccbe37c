import Interworking
import XMLStreams

extension FuzzTarget {
    /// Whatever comes in, what goes out is well-formed, within the profile, and stays as it is when sanitized again.
    static let markup = FuzzTarget("markup") { input throws(Violation) in
        let (xhtml, plain) = Markup.sanitized(html: input[...])
        let body = try wellFormed(xhtml)
        try check(body)
        try demand(!plain.utf8.contains { $0 < 0x20 && $0 != 0x0A }, "plain text holds no controls")
        // An element that holds nothing but blanks goes the second time; all text stays.
        let again = try sanitizedAgain(xhtml)
        try demand(
            text(again) == text(xhtml),
            "sanitizing again loses no text: \(xhtml) or \(again)"
        )
        let third = try sanitizedAgain(again)
        try demand(third.utf8.elementsEqual(again.utf8), "sanitizing is stable: \(again) or \(third)")
    }

    /// The markup without tags and blanks.
    private static func text(_ xhtml: String) -> [UInt8] {
        var isTag = false
        return xhtml.utf8.filter { byte in
            if byte == UInt8(ascii: "<") { isTag = true }
            defer { if byte == UInt8(ascii: ">") { isTag = false } }
            return !isTag && byte != 0x20
        }
    }

    private static func sanitizedAgain(_ xhtml: String) throws(Violation) -> String {
        guard let document = Markup.html(fromXHTML: xhtml) else { return "" }
        // By bytes, since a combining character joins a bracket before it.
        let (start, end) = ("<html><body>".utf8, "</body></html>".utf8)
        let body = document.utf8.dropFirst(start.count).dropLast(end.count)
        try demand(document.utf8.elementsEqual(start + Array(body) + end), "a document has a body: \(document)")
        return String(decoding: body, as: UTF8.self)
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
