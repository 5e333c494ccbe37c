/// Marked-up text, sanitized on its way between the shores.
///
/// Whatever comes in, what goes out is well-formed, holds no element, attribute, style or address that the
/// recommended profile does not name, and is bounded.
///
/// Source: XEP-0071 §7, §11.
package enum Markup {
    /// The sizes that are taken.
    enum Limits {
        /// Bytes of HTML; the rest is not read.
        static let input = 262_144
        /// Bytes of XHTML, and of plain text; what would come after is not written.
        static let output = 1_048_576
        /// Open elements; tags inside are left out, and their content stays.
        static let depth = 32
        /// Attributes of a tag that are looked at.
        static let attributes = 16
    }

    /// Makes XHTML-IM and plain text of HTML.
    ///
    /// - Parameter html: HTML in UTF-8, tag soup included.
    /// - Returns: the children of an XHTML body, whose namespace they inherit, and the plain text with LF.
    ///
    /// Source: RFC 7572 §7, XEP-0071 §8.
    package static func sanitized(html: ArraySlice<UInt8>) -> (xhtml: String, plain: String) {
        sanitized(html, isXML: false)
    }

    /// Makes HTML of the children of an XHTML body.
    ///
    /// - Parameter xhtml: the children, in the XHTML namespace.
    /// - Returns: a document; nil when nothing is left.
    package static func html(fromXHTML xhtml: String) -> String? {
        let body = sanitized(Array(xhtml.utf8)[...], isXML: true).xhtml
        return body.isEmpty ? nil : "<html><body>\(body)</body></html>"
    }

    private static func sanitized(_ html: ArraySlice<UInt8>, isXML: Bool) -> (xhtml: String, plain: String) {
        var tokenizer = HTMLTokenizer(html.prefix(Limits.input), isXML: isXML)
        var builder = MarkupBuilder()
        while !builder.isFull, let token = tokenizer.next() {
            switch token {
            case .text(let text): builder.text(text)
            case .start(let name, let attributes): builder.start(name, attributes)
            case .end(let name): builder.end(name)
            }
        }
        return builder.finish()
    }
}
