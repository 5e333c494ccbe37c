import CPIM
import MIME
import Testing

@Suite("CPIMReader")
struct CPIMReaderTests {
    private let reader = CPIMReader()
    private let strict = CPIMReader(isStrict: true)

    @Test("RFC 3862 §2.2, §6: every object that is read is written back octet by octet", arguments: SampleObjects.names)
    func identity(name: String) throws {
        let bytes = try SampleObjects.bytes(name)
        #expect(CPIMWriter.write(try reader.read(bytes))[...] == bytes)
    }

    @Test("There are samples")
    func samples() { #expect(SampleObjects.names.count > 40) }

    @Test("No prefix of an object traps, and none is read that lacks an empty line", arguments: SampleObjects.names)
    func prefixes(name: String) throws {
        let bytes = try SampleObjects.bytes(name)
        let whole = try reader.read(bytes)
        let start = bytes.count - whole.content.content.count
        for length in 0..<bytes.count {
            let message = try? reader.read(bytes.prefix(length))
            #expect((message != nil) == (length >= start))
            if let message { #expect(message.headers == whole.headers) }
        }
    }

    @Test("No damaged octet traps", arguments: SampleObjects.names)
    func damage(name: String) throws {
        let bytes = try SampleObjects.bytes(name)
        for place in bytes.indices {
            for octet in [UInt8(0x0A), 0x22, 0x2E, 0x5C] {
                var damaged = bytes
                damaged[place] = octet
                guard let message = try? reader.read(damaged) else { continue }
                #expect(message.rawBytes == damaged)
                _ = try? reader.inner(of: message)
                _ = AnnotatedMessage(message, annotations: [Annotation(namespace: "a:b", name: "c")]).traceBytes
            }
        }
    }

    @Test("RFC 3862 §5.1: the complete example")
    func completeExample() throws {
        let message = try SampleObjects.read("043-rfc3862-example-require")
        #expect(message.from?.formalName == "MR SANDERS")
        #expect(message.from?.uriText == "im:piglet@example.net")
        #expect(message.to.map(\.formalName) == ["Depressed Donkey"])
        #expect(message.dateTime?.utcText == "2000-12-13T21:40:00Z")
        #expect(
            message.subjects == [
                CPIMSubject("the weather will be fine today"),
                CPIMSubject("beau temps prevu pour aujourd'hui", language: "fr"),
            ]
        )
        let namespace = "mid:MessageFeatures@id.foo.com"
        let vital = CPIMName(namespace, "VitalMessageOption")
        #expect(message.require == [CPIMFeature(text: "MyFeatures.VitalMessageOption", identity: vital)])
        #expect(message.unmetRequirements(implemented: CPIMName.core).map(\.text) == ["MyFeatures.VitalMessageOption"])
        #expect(message.first(vital)?.unescapedValue == "Confirmation-requested")
        #expect(message.first(CPIMName(namespace, "WackyMessageOption"))?.prefix == "MyFeatures")
        #expect(message.contentType.is("text", "xml"))
        #expect(message.content.contentID == "1234567890@foo.com")
        #expect(text(message.content.content) == "<body>\r\nHere is the text of my message.\r\n</body>\r\n")
        #expect(message.warnings.isEmpty)
    }

    @Test("RFC 3862 §2: headers, an empty line, content headers with a type, an empty line, content")
    func structure() {
        let cases: [(String, CPIMError.Code, Int)] = [
            ("", .missingEmptyLine, 0),
            ("From: <im:a@b>\r\nTo: <im:c@d>\r\n", .missingEmptyLine, 30),
            ("From: <im:a@b>\r\n\r\n", .missingEmptyLine, 18),
            ("From: <im:a@b>\r\n\r\nContent-Type: text/plain", .missingEmptyLine, 42),
            ("From: <im:a@b>\r\n\r\nContent-Type: text/plain\r\n", .missingEmptyLine, 44),
            ("From: <im:a@b>\r\n\r\n\r\ntext", .missingContentType, 18),
            ("From: <im:a@b>\r\n\r\nX: y\r\n\r\ntext", .missingContentType, 18),
            ("From: <im:a@b>\r\n\r\nsome text\r\n", .invalidContentHeaders, 18),
            ("From: <im:a@b>\r\n\r\nX: y\r\nContent-Type: text\r\n\r\n", .invalidContentType, 24),
        ]
        for (object, code, offset) in cases {
            #expect(throws: CPIMError(code, "", at: offset)) { try reader.read(bytes(object)) }
            // Offsets count from the start of the slice.
            #expect(throws: CPIMError(code, "", at: offset)) { try reader.read(bytes("zz\(object)").dropFirst(2)) }
        }
    }

    @Test(
        "RFC 5438 §7.1.1.3: a content header right after the message headers starts the content, unless the reader is strict"
    )
    func missingEmptyLine() throws {
        for field in [
            "Content-type: text/plain", "CONTENT-TYPE: text/plain", "Mime-Version: 1.0\r\nContent-Type: text/plain",
        ] {
            let object = bytes("From: <im:a@b>\r\nTo: <im:c@d>\r\n\(field)\r\n\r\nHello World")
            let message = try reader.read(object)
            #expect(message.warnings == [CPIMWarning(.missingEmptyLine, at: 30)])
            #expect(text(message.content.content) == "Hello World")
            #expect(message.headers.count == 2)
            #expect(throws: CPIMError(.strict(.missingEmptyLine), "", at: 30)) { try strict.read(object) }
        }
        let message = try SampleObjects.read("055-rfc7702-groupchat-in")
        #expect(kinds(message) == [.missingEmptyLine, .parametersAfterURI])
    }

    @Test(
        "RFC 5438 §8.1: a copy of the carrier's Content-type and an empty line are skipped, unless the reader is strict"
    )
    func outerHeader() throws {
        let object = bytes("Content-type: Message/CPIM\r\n\r\n") + self.object
        let message = try reader.read(object)
        #expect(message.warnings == [CPIMWarning(.outerHeader, at: 0)])
        #expect(message.from?.uriText == "im:a@b")
        #expect(message.headers.first?.offset == 30)
        #expect(message.rawBytes == object)
        #expect(throws: CPIMError(.strict(.outerHeader), "", at: 0)) { try strict.read(object) }
        // Another type is no copy: it starts content, and here that content is nested.
        let nested = try reader.read(bytes("Content-Type: message/cpim\r\nX: y\r\n\r\n") + self.object)
        #expect(kinds(nested) == [.missingEmptyLine, .missingFrom, .missingTo])
        #expect(try reader.inner(of: nested)?.from?.uriText == "im:a@b")
    }

    private let object = bytes("From: <im:a@b>\r\nTo: <im:c@d>\r\n\r\nContent-Type: text/plain\r\n\r\nhi")

    @Test(
        "RFC 3862 §2.2: a line feed alone ends a line unless the reader is strict; a carriage return alone never does"
    )
    func lineEnds() throws {
        let feeds = bytes(text(object).replacing("\r\n", with: "\n"))
        let message = try reader.read(feeds)
        #expect(message.warnings == [CPIMWarning(.bareLineFeed, at: 14)])
        #expect(message.to.map(\.uriText) == ["im:c@d"])
        #expect(text(message.content.content) == "hi")
        #expect(throws: CPIMError(.strict(.bareLineFeed), "", at: 14)) { try strict.read(feeds) }

        let inContent = bytes("From: <im:a@b>\r\nTo: <im:c@d>\r\n\r\nContent-Type: text/plain\n\nhi")
        #expect(try reader.read(inContent).warnings == [CPIMWarning(.bareLineFeed, at: 32)])
        #expect(throws: CPIMError(.invalidContentHeaders, "", at: 56)) { try strict.read(inContent) }

        let returns = bytes("From: <im:a@b>\rTo: <im:c@d>\r\nTo: <im:e@f>\r\n\r\nContent-Type: text/plain\r\n\r\nhi")
        let read = try reader.read(returns)
        #expect(read.warnings.first == CPIMWarning(.malformedHeader, at: 0))
        #expect(read.from == nil)
        #expect(read.to.map(\.uriText) == ["im:e@f"])
    }

    @Test("RFC 3862 §2.2: headers that are not UTF-8 make the object malformed")
    func utf8() {
        let wrong =
            bytes("From: <im:a@b>\r\nSubject: ") + [0xC3, 0x28] + bytes("\r\n\r\nContent-Type: text/plain\r\n\r\nhi")
        #expect(throws: CPIMError(.invalidUTF8, "", at: 25)) { try reader.read(wrong) }
    }

    @Test("RFC 3862 §2.2: zero or several spaces after the colon and blanks at the end are tolerated")
    func spacing() throws {
        for line in ["Subject:x y", "Subject:  x y", "Subject: x y ", "Subject:\tx y"] {
            let message = try reader.read(CPIMTests.object(line))
            #expect(message.subjects == [CPIMSubject("x y")])
            #expect(message.tolerated(.spacing))
            #expect(throws: (any Error).self) { try strict.read(CPIMTests.object(line)) }
        }
        #expect(try strict.read(CPIMTests.object("Subject: x y")).warnings.isEmpty)
    }

    @Test("RFC 3862 §2.2: a line that starts with white space is no continuation")
    func noFolding() throws {
        let message = try reader.read(CPIMTests.object("Subject: one", " continued", "\tand again"))
        #expect(message.subjects == [CPIMSubject("one")])
        #expect(kinds(message) == [.malformedHeader, .malformedHeader])
        #expect(message.warnings.first?.offset == 73)
        #expect(throws: CPIMError(.strict(.malformedHeader), "", at: 73)) {
            try strict.read(CPIMTests.object("Subject: one", " continued"))
        }
    }

    @Test("RFC 3862 §2.2: a long line passes")
    func longLine() throws {
        let long = String(repeating: "é", count: 5000)
        #expect(try reader.read(CPIMTests.object("Subject: \(long)")).subjects == [CPIMSubject(long)])
    }

    @Test("RFC 3862 §2.2: header names are case-sensitive and unknown headers are kept without meaning")
    func names() throws {
        let message = try SampleObjects.read("074-cpim-header-case-in")
        #expect(message.subjects == [CPIMSubject("real")])
        #expect(message.cc.map(\.uriText) == ["im:nurse@example.com"])
        #expect(message.headers.map(\.name) == ["From", "To", "cc", "subject", "CC", "X-Urgent", "Subject"])
        #expect(message.warnings.isEmpty)
        let lower = try reader.read(bytes("from: <im:x@y>\r\n\r\nContent-Type: text/plain\r\n\r\n"))
        #expect(lower.from == nil)
        #expect(kinds(lower) == [.missingFrom, .missingTo])
    }

    @Test("RFC 3862 §3.6: parameters stand between the colon and the space; unknown ones are ignored")
    func parameters() throws {
        let message = try reader.read(
            CPIMTests.object("Subject:;lang=fr;x=\"a \\\"b\\u0041\";n=12 Objet", "Subject: ;lang=fr x")
        )
        #expect(message.subjects == [CPIMSubject("Objet", language: "fr"), CPIMSubject(";lang=fr x")])
        let header = try #require(message.headers.dropFirst(2).first)
        #expect(header.parameters.map(\.name) == ["lang", "x", "n"])
        #expect(header.parameter("x") == "a \"bA")
        #expect(header.parameter("X") == nil)
        for line in ["Subject:;lang fr x", "Subject:;=x y", "Subject:;lang= x", "Subject:;x=\"y z", "Subject:;x=\"y\\"]
        {
            #expect(kinds(try reader.read(CPIMTests.object(line))) == [.malformedHeader])
        }
    }

    @Test("RFC 3862 §3.1, §3.6: a name has NAMECHARs and at most one dot")
    func nameSyntax() throws {
        for line in ["a.b.c: x", ".a: x", "a.: x", "a b: x", ": x", "nothing", "a@b: x", "é: x", "a..b: x"] {
            let message = try reader.read(CPIMTests.object(line))
            #expect(kinds(message) == [.malformedHeader], "\(line)")
            #expect(message.headers.count == 2)
        }
        let odd = try reader.read(CPIMTests.object("!#$%&'*+-^_`|~0Az: x"))
        #expect(odd.headers.last?.name == "!#$%&'*+-^_`|~0Az")
    }

    @Test("RFC 3862 §2.2: control characters in a header make the line malformed; a tab is tolerated")
    func controls() throws {
        let message = try reader.read(CPIMTests.object("Subject: a\u{1}b", "Subject: a\tb", "Subject: a\u{7F}b"))
        #expect(message.subjects == [CPIMSubject("a\tb")])
        #expect(kinds(message) == [.malformedHeader, .unescapedTab, .malformedHeader])
        #expect(throws: CPIMError(.strict(.unescapedTab), "", at: 59)) {
            try strict.read(CPIMTests.object("Subject: a\tb"))
        }
    }

    @Test("RFC 3862 §4.1: the first From counts; one without brackets gives none")
    func from() throws {
        let twice = try reader.read(CPIMTests.object("From: <im:other@example.net>"))
        #expect(twice.from?.uriText == "im:romeo@example.net")
        #expect(twice.warnings == [CPIMWarning(.repeatedFrom, at: 59)])

        let bare = bytes(
            "From: im:romeo@example.net\r\nFrom: <im:b@c>\r\nTo: <im:c@d>\r\n\r\nContent-Type: text/plain\r\n\r\n"
        )
        let message = try reader.read(bare)
        #expect(message.from == nil)
        #expect(kinds(message) == [.malformedAddress, .repeatedFrom, .missingFrom])
        #expect(throws: CPIMError(.strict(.malformedAddress), "", at: 0)) { try strict.read(bare) }
    }

    @Test("RFC 3862 §4.2, §4.3: several To and cc headers are kept in order")
    func recipients() throws {
        let message = try reader.read(
            CPIMTests.object("To: Nurse <im:nurse@example.com>", "cc: <im:a@b>", "cc: x", "cc: <im:c@d>")
        )
        #expect(message.to.map(\.uriText) == ["im:juliet@example.com", "im:nurse@example.com"])
        #expect(message.cc.map(\.uriText) == ["im:a@b", "im:c@d"])
        #expect(kinds(message) == [.malformedAddress])
    }

    @Test("RFC 3862 §4.4: a DateTime that cannot be read is ignored, as is a second one")
    func dateTime() throws {
        let message = try reader.read(CPIMTests.object("DateTime: yesterday", "DateTime: 2026-03-01T12:00:00Z"))
        #expect(message.dateTime == nil)
        #expect(kinds(message) == [.malformedDateTime, .repeatedDateTime])
        #expect(try SampleObjects.read("081-cpim-datetime-delay-in").dateTime?.utcText == "2026-03-01T11:50:00.5Z")
    }

    @Test("RFC 3862 §4.5: each Subject header is kept, an empty one too; a wrong language is none")
    func subjects() throws {
        let message = try reader.read(
            CPIMTests.object(
                "Subject: Hi!",
                "Subject:;lang=cz Ahoj!",
                "Subject: ",
                "Subject:;lang=FR un",
                "Subject:;lang=fr deux",
                "Subject:;lang=x x"
            )
        )
        #expect(message.subjects.map(\.text) == ["Hi!", "Ahoj!", "", "un", "deux", "x"])
        #expect(message.subjects.map(\.language) == [nil, "cz", nil, "FR", "fr", nil])
        #expect(message.distinctSubjects.map(\.text) == ["Hi!", "Ahoj!", "un"])
        #expect(kinds(message) == [.malformedLanguage])
    }

    @Test("RFC 3862 §2.4: without a Content-Type the object is refused, unless a type is configured")
    func contentType() throws {
        let object = bytes("From: <im:a@b>\r\nTo: <im:c@d>\r\n\r\n\r\ntext")
        let message = try CPIMReader(defaultContentType: .plain).read(object)
        #expect(message.contentType == .plain)
        #expect(text(message.content.content) == "text")
        #expect(message.warnings == [CPIMWarning(.assumedContentType, at: 32)])
        #expect(throws: CPIMError(.missingContentType, "", at: 32)) { try reader.read(object) }
    }

    @Test("RFC 2045 §5.1, §6: content headers are MIME fields: any case, folded, encoded")
    func contentHeaders() throws {
        let message = try SampleObjects.read("078-cpim-base64-in")
        #expect(message.contentType.is("text", "plain"))
        #expect(try message.content.decodedText().text == "Grüße\r\naus Wien")
        let multipart = try SampleObjects.read("083-cpim-multipart-html-in")
        #expect(multipart.contentType.parameter("boundary") == "b1")
        #expect(
            try MIMEReader().multipart(multipart.content)?.parts.map { text($0.content) } == [
                "Hi Romeo", "<html><body><p>Hi <b>Romeo</b></p></body></html>",
            ]
        )
    }

    @Test("RFC 5438 §7.2.1.1: a Content-Length among the content headers informs only")
    func contentLength() throws {
        let object = bytes(
            "From: <im:a@b>\r\nTo: <im:c@d>\r\n\r\nContent-type: text/plain\r\nContent-length: 12\r\n\r\nHello World"
        )
        let message = try reader.read(object)
        #expect(text(message.content.content) == "Hello World")
        #expect(message.warnings == [CPIMWarning(.contentLength, at: 32)])
        #expect(try SampleObjects.read("linphone-5.1.65-message-cpim-text-2").warnings.isEmpty)
    }

    @Test("RFC 3860 §3.1: an object of 1 MiB, 64 KiB of headers, 200 headers; one more is refused")
    func limits() throws {
        let base = self.object
        let size = 1 << 20
        let full = base + [UInt8](repeating: 0x78, count: size - base.count)
        #expect(try reader.read(full).rawBytes.count == size)
        #expect(throws: CPIMError(.objectTooLong, "", at: size)) { try reader.read(full + [0x78]) }

        func headers(_ count: Int) -> ArraySlice<UInt8> { bytes(String(repeating: "X: y\r\n", count: count)) + base }
        #expect(try reader.read(headers(198)).headers.count == 200)
        #expect(throws: CPIMError(.tooManyHeaders, "", at: 199 * 6 + 16)) { try reader.read(headers(199)) }
        let contentFields = String(repeating: "X: y\r\n", count: 201)
        #expect(throws: CPIMError(.tooManyHeaders, "", at: 32 + 200 * 6)) {
            try reader.read(bytes("From: <im:a@b>\r\nTo: <im:c@d>\r\n\r\n\(contentFields)\r\n"))
        }

        let longest = (64 << 10) - 32 - 11
        let long = bytes("Subject: \(String(repeating: "x", count: longest))\r\n")
        #expect(try reader.read(long + base).subjects.first?.text.utf8.count == longest)
        #expect(throws: CPIMError(.headersTooLong, "", at: 64 << 10)) { try reader.read(bytes("Y") + long + base) }
        #expect(throws: CPIMError(.headersTooLong, "", at: 32 + 64 << 10)) {
            try reader.read(base.dropLast(28) + bytes("A: \(String(repeating: "x", count: 70000))\r\n\r\n"))
        }
        #expect(CPIMError(.tooManyHeaders, "", at: 0).isLimit && !CPIMError(.invalidUTF8, "", at: 0).isLimit)
    }
}

@Suite("CPIMReader nested objects")
struct NestedObjectTests {
    private let reader = CPIMReader()

    /// Puts an object into another one.
    private func wrap(
        _ inner: ArraySlice<UInt8>,
        _ number: Int,
        encoding: TransferEncoding = .binary
    ) throws -> ArraySlice<UInt8> {
        let field = encoding == .binary ? "" : "Content-Transfer-Encoding: \(encoding.rawValue)\r\n"
        let headers = "From: <im:list\(number)@example.net>\r\nTo: <im:juliet@example.com>\r\nNS: p <urn:x>\r\n\r\n"
        return bytes("\(headers)Content-Type: Message/CPIM\r\n\(field)\r\n") + (try encoding.encode(inner))
    }

    @Test("RFC 3862 §6, §3.4: an amended object holds the original; its declarations do not reach inside")
    func nested() throws {
        let inner = object("p.Field: x")
        let outer = try reader.read(try wrap(inner, 1))
        let read = try #require(try reader.inner(of: outer))
        #expect(read.rawBytes == inner)
        #expect(read.level == 1)
        #expect(read.from?.uriText == "im:romeo@example.net")
        #expect(kinds(read) == [.undeclaredPrefix])
        #expect(try reader.inner(of: read) == nil)
    }

    @Test("RFC 3862 §7.1: a transfer encoding of the inner object is undone")
    func encoded() throws {
        let outer = try reader.read(try wrap(object(), 1, encoding: .base64))
        #expect(try reader.inner(of: outer)?.rawBytes == object())
        let broken = bytes(text(try wrap(object(), 1, encoding: .base64)) + "*")
        #expect(throws: (any Error).self) { try reader.inner(of: try reader.read(broken)) }
        let unknown = try reader.read(
            bytes("To: <im:a@b>\r\n\r\nContent-Type: message/cpim\r\nContent-Transfer-Encoding: x\r\n\r\n")
        )
        #expect(throws: CPIMError(.invalidContent, "", at: 0)) { try reader.inner(of: unknown) }
    }

    @Test("Three objects inside each other are read, the fourth is refused")
    func depth() throws {
        var bytes = object()
        for number in 1...3 { bytes = try wrap(bytes, number) }
        let second = try #require(try reader.inner(of: try reader.read(bytes)))
        let third = try #require(try reader.inner(of: second))
        #expect(third.from?.uriText == "im:list1@example.net")
        #expect(throws: CPIMError(.nestedTooDeep, "", at: 0)) { try reader.inner(of: third) }
    }
}
