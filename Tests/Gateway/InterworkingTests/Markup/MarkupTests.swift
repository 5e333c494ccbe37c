import Testing
import XMLStreams

@testable import Interworking

@Suite("Markup")
struct MarkupTests {
    private func xhtml(_ html: String) -> String { Markup.sanitized(html: Array(html.utf8)[...]).xhtml }
    private func plain(_ html: String) -> String { Markup.sanitized(html: Array(html.utf8)[...]).plain }

    @Test(
        "XEP-0071 §7: elements of the profile stay, their kin become them, others leave their content",
        arguments: [
            ("<p>Hi <b>Romeo</b><script>x</script></p>", "<p>Hi <strong>Romeo</strong></p>"),
            ("<h1>T</h1><u>x</u>", "<p><strong>T</strong></p><span style='text-decoration: underline'>x</span>"),
            (
                "<i>a</i><em>b</em><strong>c</strong><cite>d</cite>",
                "<em>a</em><em>b</em><strong>c</strong><cite>d</cite>"
            ),
            ("<div>a</div><div>b</div>", "<p>a</p><p>b</p>"),
            ("<s>a</s>", "<span style='text-decoration: line-through'>a</span>"),
            ("<blockquote>a</blockquote>", "<blockquote>a</blockquote>"),
            ("<ul><li>a<li>b</ul><ol><li>c</ol>", "<ul><li>a</li><li>b</li></ul><ol><li>c</li></ol>"),
            ("<ul><li>a<ul><li>b</ul>c</ul>", "<ul><li>a<ul><li>b</li></ul>c</li></ul>"),
            ("<font color=red>a</font><blink>b</blink>", "ab"),
            ("<span>a</span>", "a"),
            ("<li>a", "<p>a</p>"),
            ("<table><tr><td>a<td>b</table>", "<p>a b</p>"),
        ]
    )
    func elements(html: String, expected: String) {
        #expect(xhtml(html) == expected)
    }

    @Test(
        "RFC 7572 §7: tag soup becomes well-formed",
        arguments: [
            ("<p>a<p>b", "<p>a</p><p>b</p>"),
            ("<b><i>a</b>b</i>", "<strong><em>a</em></strong><em>b</em>"),
            ("<b>a<p>b</b>c</p>", "<strong>a</strong><p><strong>b</strong>c</p>"),
            ("<b><p>a</p>b</b>c", "<p><strong>a</strong></p><strong>b</strong>c"),
            ("</p>a</b>", "a"),
            ("<p><b></b></p>a", "a"),
            ("a < b & c", "a &lt; b &amp; c"),
            ("a<!-- <b> -->b<!doctype x><?php y ?>c</>", "abc"),
            ("<!-->a<!--->b<!-- c", "ab"),
            ("<p title='>'>a", "<p>a</p>"),
            ("<P CLASS=x>a</P >", "<p>a</p>"),
            ("a<br>b<br/>c</br>d", "a<br/>b<br/>c<br/>d"),
            ("a<style>p{}</style><title>x</title>b<ScRiPt>if (a</b)</sCrIpT >c", "abc"),
            ("a<script>never ends <b>x</b>", "a"),
            ("a<b", "a"),
            ("a<p x='", "a"),
            ("<pre>a\n b</pre>", "<p>a<br/> b</p>"),
        ]
    )
    func soup(html: String, expected: String) {
        #expect(xhtml(html) == expected)
    }

    @Test(
        "XEP-0071 §11: no scripts, no events, no address of another scheme",
        arguments: [
            ("<a href='javascript:x' onclick='y'>z</a>", "z"),
            ("<a href='  java\nscript:x'>z</a>", "z"),
            ("<a href='jav&#x09;ascript&colon;x'>z</a>", "z"),
            ("<a href='data:text/html,x'>z</a>", "z"),
            ("<a href='/relative'>z</a>", "z"),
            ("<a href='vbscript:x'>z</a>", "z"),
            (
                "<a href='http://x/?a=1&b=2&copy=3' onclick=y target=_blank>z</a>",
                "<a href='http://x/?a=1&amp;b=2&amp;copy=3'>z</a>"
            ),
            ("<a href=\"http://x/'&quot;>\">z</a>", "<a href='http://x/&apos;&quot;&gt;'>z</a>"),
            ("<A HREF=HTTPS://X>z</A>", "<a href='HTTPS://X'>z</a>"),
            (
                "<img src='cid:a@b' alt='x' width=10 height='5%' onerror=y>",
                "<img src='cid:a@b' alt='x' height='5%' width='10'/>"
            ),
            ("<img src='javascript:x' alt='y'>", "y"),
            ("<img src='http://x' width='1;x'>", "<img src='http://x' alt=''/>"),
            ("<svg onload=x><a xlink:href='javascript:y'>z</a></svg>", "z"),
            (
                "<a href='mailto:a@b'>z</a><a href='xmpp:a@b'>z</a><a href='sip:a@b'>z</a><a href='tel:1'>z</a>",
                "<a href='mailto:a@b'>z</a><a href='xmpp:a@b'>z</a><a href='sip:a@b'>z</a><a href='tel:1'>z</a>"
            ),
        ]
    )
    func hostile(html: String, expected: String) {
        #expect(xhtml(html) == expected)
    }

    @Test(
        "XEP-0071 §7: only the ten styles of the profile cross, and no value that calls or loads",
        arguments: [
            ("color: red; position: absolute", "color: red"),
            ("COLOR:#fff;font-size:12px;margin-left:1em", "color: #fff; font-size: 12px; margin-left: 1em"),
            ("background-color: rgb(1, 2, 3)", "background-color: rgb(1, 2, 3)"),
            ("font-family: 'Arial', sans-serif", "font-family: &apos;Arial&apos;, sans-serif"),
        ]
    )
    func styles(style: String, expected: String) {
        #expect(xhtml("<span style=\"\(style)\">x</span>") == "<span style='\(expected)'>x</span>")
    }

    @Test(
        "a style that calls or loads is left out",
        arguments: [
            "background-color: url(http://x)", "color: expression(x)", "color: \\65xpression(x)", "color: ur/**/l(x)",
            "background: red", "color", ";;:",
        ]
    )
    func badStyles(style: String) {
        #expect(xhtml("<span style=\"\(style)\">x</span>") == "x")
    }

    @Test(
        "RFC 7572 §7: plain text",
        arguments: [
            ("<p>a</p><p>b<br>c</p>", "a\nb\nc"),
            ("  a \n b  <b> c </b> d ", "a b c d"),
            ("<ul><li>a<li><p>b</p></ul>c", "- a\n- b\nc"),
            ("<a href='http://x/'>y</a>", "y (http://x/)"),
            ("<a href='http://x/'>http://x/</a>", "http://x/"),
            ("<a href='javascript:x'>y</a>", "y"),
            ("<a href='http://x/'><p>y</p></a>z", "y (http://x/)\nz"),
            ("&lt;&amp;&eacute;&#228;&#x20AC;&#128;&nbsp;&unknown;&euro;", "<&éä€€\u{A0}&unknown;€"),
            ("&amp &lt3 &copy x &#0;&#xD800;&#x110000;", "& <3 &copy x \u{FFFD}\u{FFFD}\u{FFFD}"),
            ("a<img src='http://x' alt='pic'>b", "apicb"),
            ("a<hr>b", "a\nb"),
            ("<p>a</p>\n\n<p> </p>\n<p>b</p>", "a\nb"),
            ("<html><head><title>t</title></head><body>a</body></html>", "a"),
            ("a\u{0}\u{1}\u{FFFE}b", "ab"),
            ("", ""),
        ]
    )
    func plainText(html: String, expected: String) {
        #expect(plain(html) == expected)
    }

    static let sample = """
        <!DOCTYPE html><html><head><title>x</title><style>a{}</style></head><body class=m><h2 onclick="x()">T&auml;</h2>
        <p>a<script>evil('<b>')</script> <a href='javascript:x()'>l1</a> <a href="http://example.org/?a=1&b=2" type='t'>l<b>2</a>
        <ul><li>eins<li>zwei <i>drei<ol><li>v</ol></i></ul><!-- c -->c<br>d &lt;&#x41;<blockquote style="color: red; x: y">q
        <img src=cid:1 alt='&quot;'></blockquote></font></p><table><tr><td>1<td>2</table>\u{1F600}&nbsp;\u{E9}
        """

    @Test("every prefix of a sample gives well-formed markup within the profile")
    func prefixes() throws {
        let bytes = Array(Self.sample.utf8)
        for count in 0...bytes.count {
            let (xhtml, plain) = Markup.sanitized(html: bytes[..<count])
            let root = try XML.DocumentReader.read(
                Array("<body xmlns='http://www.w3.org/1999/xhtml'>\(xhtml)</body>".utf8)[...]
            )
            try check(root)
            #expect(!plain.contains("evil") && !xhtml.contains("evil"))
        }
    }

    /// Whether elements and attributes are those of the profile.
    private func check(_ element: XML.Element) throws {
        let known: Set = [
            "body", "blockquote", "br", "cite", "em", "p", "span", "strong", "a", "img", "ol", "ul", "li",
        ]
        try #require(known.contains(element.name), "\(element.name)")
        try #require(element.namespace == "http://www.w3.org/1999/xhtml")
        for name in ["onclick", "onerror", "class", "x"] { try #require(element.attribute(name) == nil) }
        for child in element.children { try check(child) }
    }

    @Test("what is sanitized once stays as it is")
    func idempotent() {
        let once = xhtml(Self.sample)
        #expect(xhtml(once) == once)
    }

    @Test("depth and size are bounded, and the text stays")
    func bounds() throws {
        let deep = String(repeating: "<blockquote>", count: 10_000) + "x"
        #expect(xhtml(deep).utf8.count < 32 * 30)
        #expect(plain(deep) == "x")
        let inline = String(repeating: "<b>", count: 10_000) + String(repeating: "<p>x", count: 20_000)
        let (markup, text) = Markup.sanitized(html: Array(inline.utf8)[...])
        #expect(markup.utf8.count < Markup.Limits.output + 65_536)
        #expect(text.hasPrefix("x\nx\n"))
        let root = Array("<body xmlns='http://www.w3.org/1999/xhtml'>\(String(markup.prefix(0)))</body>".utf8)
        #expect(throws: Never.self) { try XML.DocumentReader.read(root[...]) }
        let long = String(repeating: "x", count: Markup.Limits.input + 1)
        #expect(plain(long).utf8.count == Markup.Limits.input)
        let quotes = String(repeating: "<a b='", count: 40_000)
        #expect(plain(quotes).isEmpty)
        let attributes = "<p " + (0..<20_000).map { "a\($0)=x" }.joined(separator: " ") + ">y"
        #expect(xhtml(attributes) == "<p>y</p>")
    }

    @Test("XHTML-IM becomes a document of HTML; empty elements stay empty, and what the profile lacks is left out")
    func outward() {
        #expect(Markup.html(fromXHTML: "<p>h<br/>i</p>") == "<html><body><p>h<br/>i</p></body></html>")
        #expect(
            Markup.html(fromXHTML: "<p><b/>a<span style='color: red'/></p><script/>b")
                == "<html><body><p>a</p>b</body></html>"
        )
        #expect(Markup.html(fromXHTML: "<p onclick='x'>a &amp; b</p>") == "<html><body><p>a &amp; b</p></body></html>")
        #expect(Markup.html(fromXHTML: "<p> </p>") == nil)
    }
}
