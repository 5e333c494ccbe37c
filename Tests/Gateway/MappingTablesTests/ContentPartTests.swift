import MappingTables
import Testing

@Suite("ContentPart")
struct ContentPartTests {
    @Test("RFC 2045 §5.1: a type is read with its parameters, in any case and with quotes")
    func reading() throws {
        let part = try #require(ContentPart("Text/Calendar ; METHOD=\"REQUEST\"; component=vevent"))
        #expect(part.type == "text/calendar")
        #expect(part.parameters.map(\.name) == ["method", "component"])
        #expect(part.text == "text/calendar;method=REQUEST;component=vevent")
        #expect(ContentPart(part.text) == part)
    }

    @Test(
        "RFC 2045 §5.1: what is no type is none",
        arguments: [
            "", "text", "text/", "/x", "a/b/c", "*/*", "a b/c", "a/b;", "a/b; c", "a/b; c=", "a/b; c=\"\"",
            "a/b; c=d e",
            "a/b\r\nX: y", "a/b; c=\"d\"e\"",
        ]
    )
    func refused(text: String) {
        #expect(ContentPart(text) == nil)
    }

    @Test("RFC 2045 §5.1: a part has the type and each parameter, whatever others it has")
    func matching() throws {
        func matches(_ pattern: String, _ type: String, _ parameters: [String: String] = [:]) -> Bool {
            ContentPart(pattern)?.matches(type) { parameters[$0] } ?? false
        }
        #expect(matches("text/calendar", "text/calendar", ["method": "REQUEST"]))
        #expect(matches("text/calendar; method=request", "text/calendar", ["method": "REQUEST", "charset": "utf-8"]))
        #expect(!matches("text/calendar; method=request", "text/calendar"))
        #expect(!matches("text/calendar; method=request", "text/calendar", ["method": "CANCEL"]))
        #expect(
            matches("image/*", "image/png") && !matches("image/*", "imagex/png") && !matches("image/png", "image/gif")
        )
    }

    @Test("XEP-0131 §3: of several elements one is told by an attribute")
    func filters() throws {
        let path = try #require(ElementPath("header[name=Urgency]"))
        #expect(path.names == ["header"] && path.filter?.name == "name" && path.filter?.value == "Urgency")
        #expect(path.text == "header[name=Urgency]")
        #expect(try #require(ElementPath("a/b[c=http://x/y=z]")).filter?.value == "http://x/y=z")
        for text in ["header[name]", "header[=x]", "header[name=]", "[a=b]", "*[a=b]", "a/*[b=c]", "header[name=x"] {
            #expect(ElementPath(text)?.filter == nil, "\(text)")
        }
    }
}
