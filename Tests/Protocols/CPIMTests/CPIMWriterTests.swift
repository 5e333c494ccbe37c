import CPIM
import MIME
import Testing

@Suite("CPIMWriter")
struct CPIMWriterTests {
    private let juliet = CPIMAddress(uriText: "im:juliet@example.com")
    private let romeo = CPIMAddress(formalName: "Seán O'Casey", uriText: "im:romeo@example.net")

    private func draft(_ content: MIMEPart = MIMEPart(type: .plainUTF8, content: bytes("hi"))) throws -> CPIMDraft {
        CPIMDraft(from: try #require(juliet), to: try #require(romeo), content: content)
    }

    @Test("RFC 3862 §2, §2.2: an object has exactly the prescribed lines")
    func layout() throws {
        var draft = try draft()
        draft.dateTime = CPIMDateTime("2002-09-10T23:08:25Z")
        draft.subjects = [
            CPIMSubject(" Hi! "), CPIMSubject("Ahoj!", language: "cz"), CPIMSubject("x", language: "en us"),
            CPIMSubject(" \n"),
        ]
        draft.extensions = [
            CPIMExtension(.messageID, "34jk324j"),
            CPIMExtension(.dispositionNotification, "positive-delivery, negative-delivery, display"),
            CPIMExtension(
                namespace: "u:other",
                prefix: "imdn",
                name: "A",
                value: "C:\\x\t",
                parameters: [
                    CPIMHeader.Parameter(name: "lang", value: "fr"), CPIMHeader.Parameter(name: "q", value: "a \"b\""),
                ]
            ),
            CPIMExtension(namespace: "u:other", name: "B", value: "2"),
            CPIMExtension(namespace: "u:none", name: "Empty", value: ""),
            CPIMExtension(namespace: CPIMNamespace.core, name: "X-Plain", value: "3"),
        ]
        draft.content.headers.append("Content-ID", "<1@example.com>")
        let expected = """
            From: <im:juliet@example.com>
            To: Seán O'Casey <im:romeo@example.net>
            DateTime: 2002-09-10T23:08:25Z
            Subject: Hi!
            Subject:;lang=cz Ahoj!
            Subject: x
            NS: imdn <urn:ietf:params:imdn>
            imdn.Message-ID: 34jk324j
            imdn.Disposition-Notification: positive-delivery, negative-delivery, display
            NS: imdn2 <u:other>
            imdn2.A:;lang=fr;q="a \\"b\\"" C:\\\\x
            imdn2.B: 2
            X-Plain: 3

            Content-Type: text/plain; charset=utf-8
            Content-ID: <1@example.com>

            hi
            """
        #expect(text(try CPIMWriter.write(draft)) == expected.replacing("\n", with: "\r\n"))
        let message = try CPIMMessage(draft)
        #expect(message.warnings.isEmpty)
        #expect(message.subjects == [CPIMSubject("Hi!"), CPIMSubject("Ahoj!", language: "cz"), CPIMSubject("x")])
        #expect(message.first(CPIMName("u:other", "A"))?.unescapedValue == "C:\\x")
        #expect(message.first(CPIMName("u:other", "A"))?.parameter("q") == "a \"b\"")
        #expect(CPIMWriter.write(message) == (try CPIMWriter.write(draft)))
    }

    @Test("RFC 3862 §2.3.1: the constructed vectors are written exactly")
    func vectors() throws {
        var draft = try draft()
        draft.to = try #require(CPIMAddress(uriText: "im:romeo@example.net"))
        draft.dateTime = CPIMDateTime("2026-03-01T12:00:00Z")
        draft.subjects = [CPIMSubject("C:\\temp\t\"x\"\nl'été\u{7F}")]
        #expect(try CPIMWriter.write(draft)[...] == SampleObjects.bytes("072-cpim-escape-out"))

        draft.subjects = []
        draft.from = try #require(
            CPIMAddress(formalName: "Capulet, Juliet \"Jules\"", uriText: "im:juliet@example.com")
        )
        draft.to = try #require(romeo)
        #expect(try CPIMWriter.write(draft)[...] == SampleObjects.bytes("076-cpim-formal-name-out"))

        draft = try self.draft(MIMEPart(type: .plainUTF8, content: bytes("My lord, dispatch")))
        draft.to = try #require(CPIMAddress(uriText: "im:romeo@example.net"))
        draft.dateTime = CPIMDateTime("2026-03-01T12:00:00Z")
        draft.extensions = [
            CPIMExtension(.messageID, "imdnid"),
            CPIMExtension(.dispositionNotification, "positive-delivery, negative-delivery, display"),
        ]
        #expect(try CPIMWriter.write(draft)[...] == SampleObjects.bytes("087-msg-receipt-marker-out"))
    }

    @Test("RFC 3862 §2.3.1, §3.1, §3.4: nothing that is written can break out of its line")
    func injection() throws {
        var draft = try draft()
        draft.subjects = [CPIMSubject("a\r\nFrom: <im:evil@example.com>\r\n\r\nx")]
        draft.extensions = [CPIMExtension(namespace: "u:x", prefix: "a: b\r\nc", name: "N", value: "1\r\n2")]
        let message = try CPIMMessage(draft)
        #expect(message.headers.map(\.name) == ["From", "To", "Subject", "NS", "N"])
        #expect(message.subjects == draft.subjects)
        #expect(message.headers.last?.prefix == "x")

        for name in ["", "a.b", "a b", "a:", "é", "a\r\n"] {
            draft.extensions = [CPIMExtension(namespace: "u:x", name: name, value: "1")]
            #expect(throws: CPIMError(.invalidHeaderName, "", at: 0)) { try CPIMMessage(draft) }
        }
        for name in ["From", "To", "cc", "DateTime", "Subject", "NS", "Require"] {
            draft.extensions = [CPIMExtension(namespace: CPIMNamespace.core, name: name, value: "1")]
            #expect(throws: CPIMError(.invalidHeaderName, "", at: 0)) { try CPIMMessage(draft) }
        }
        for namespace in ["", "x", "u:x y", "u:x>", "u:x#y", "u:x\r\n"] {
            draft.extensions = [CPIMExtension(namespace: namespace, name: "N", value: "1")]
            #expect(throws: CPIMError(.invalidNamespace, "", at: 0)) { try CPIMMessage(draft) }
        }
        draft.extensions = [
            CPIMExtension(
                namespace: "u:x",
                name: "N",
                value: "1",
                parameters: [CPIMHeader.Parameter(name: "a b", value: "")]
            )
        ]
        #expect(throws: CPIMError(.invalidHeaderName, "", at: 0)) { try CPIMMessage(draft) }
    }

    @Test("RFC 3862 §2.4: content without a type is not written")
    func contentType() throws {
        let draft = try draft(MIMEPart(headers: HeaderList(), content: bytes("hi")))
        #expect(throws: CPIMError(.missingContentType, "", at: 0)) { try CPIMMessage(draft) }
        #expect(throws: CPIMError(.objectTooLong, "", at: 100)) {
            try CPIMMessage(try self.draft(), limits: CPIMLimits(objectBytes: 100))
        }
    }

    @Test("Generated drafts are read back as they were made", arguments: Array(UInt64(1)...20))
    func generated(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let alphabet = Array("aZ9 .,;:<>\"\\'\t\n\u{1}\u{7F}éß漢😀()@".unicodeScalars)
        func word() -> String {
            var text = ""
            for _ in 0..<Int.random(in: 0...10, using: &random) {
                text.unicodeScalars.append(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
            }
            return text
        }
        func trimmed(_ text: String) -> String {
            let blank: (UInt8) -> Bool = { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
            var bytes = Array(text.utf8)[...].drop(while: blank)
            while let last = bytes.last, blank(last) { bytes = bytes.dropLast() }
            return String(decoding: bytes, as: UTF8.self)
        }
        for _ in 0..<40 {
            let name = word()
            let content = bytes(word() + "\r\n" + word())
            var draft = CPIMDraft(
                from: try #require(CPIMAddress(formalName: name, uriText: "im:a@example.com")),
                to: try #require(romeo),
                dateTime: CPIMDateTime(milliseconds: Int64.random(in: 0...4_000_000_000_000, using: &random)),
                content: MIMEPart(type: .plainUTF8, content: content)
            )
            draft.subjects = (0..<Int.random(in: 0...3, using: &random)).map {
                CPIMSubject(word(), language: $0 == 0 ? nil : "en")
            }
            draft.extensions = (0..<Int.random(in: 0...4, using: &random)).map {
                CPIMExtension(namespace: "urn:n:\($0 % 3)", name: "N\($0)", value: word())
            }
            let message = try CPIMMessage(draft)
            #expect(message.warnings.isEmpty)
            #expect(message.from?.formalName == name.split { " \t\n".contains($0) }.joined(separator: " ").nilIfEmpty)
            #expect(message.to == [draft.to])
            #expect(message.dateTime == draft.dateTime)
            #expect(message.subjects.map(\.text) == draft.subjects.map { trimmed($0.text) }.filter { !$0.isEmpty })
            let extensions = draft.extensions.filter { !trimmed($0.value).isEmpty }
            #expect(
                message.headers.filter { $0.prefix != nil }.map(\.identity)
                    == extensions.map { CPIMName($0.namespace, $0.name) }
            )
            #expect(
                message.headers.filter { $0.prefix != nil }.map(\.unescapedValue)
                    == extensions.map { trimmed($0.value) }
            )
            #expect(message.content.content == content)
            #expect(try CPIMReader(isStrict: true).read(CPIMWriter.write(message)[...]) == message)
        }
    }
}

extension String {
    fileprivate var nilIfEmpty: String? { isEmpty ? nil : self }
}

@Suite("AnnotatedMessage")
struct AnnotatedMessageTests {
    @Test("RFC 3862 §3.4: annotations show as extension headers of a readable object")
    func trace() throws {
        let message = try CPIMReader().read(object("NS: x <u:taken>", "x.A: 1"))
        let annotated = AnnotatedMessage(
            message,
            annotations: [
                Annotation(namespace: "http://jabber.org/protocol/chatstates", name: "active"),
                Annotation(namespace: "jabber:client", name: "thread", value: "e0ffe42b\n2"),
                Annotation(namespace: "jabber:client", name: "a.b%é", value: "\\"),
                Annotation(namespace: "no uri", name: "", value: "v"),
                Annotation(namespace: CPIMNamespace.core, name: "From", value: "not the sender"),
            ]
        )
        let shown = annotated.traceBytes
        let read = try CPIMReader().read(shown[...])
        #expect(read.headers.prefix(4) == message.headers.prefix(4))
        #expect(read.first(CPIMName("http://jabber.org/protocol/chatstates", "active"))?.unescapedValue == "")
        #expect(read.first(CPIMName("jabber:client", "thread"))?.unescapedValue == "e0ffe42b\n2")
        #expect(read.first(CPIMName("jabber:client", "a%2Eb%25%C3%A9"))?.unescapedValue == "\\")
        #expect(read.first(CPIMName("urn:x-annotation:no%20uri", "_"))?.unescapedValue == "v")
        #expect(read.from?.uriText == "im:romeo@example.net")
        #expect(read.content == message.content)
        #expect(read.first(CPIMName("u:taken", "A")) != nil)
        #expect(!read.tolerated(.undeclaredPrefix))
        #expect(annotated.value("jabber:client", "thread") == "e0ffe42b\n2")
        #expect(annotated.value("jabber:client", "none") == nil)
    }

    @Test("Without annotations the trace is the object; a missing empty line is mended")
    func plain() throws {
        let message = try CPIMReader().read(object())
        #expect(AnnotatedMessage(message).traceBytes[...] == message.rawBytes)
        let tolerated = try SampleObjects.read("055-rfc7702-groupchat-in")
        let shown = AnnotatedMessage(tolerated, annotations: [Annotation(namespace: "u:x", name: "n", value: "1")])
            .traceBytes
        let read = try CPIMReader().read(shown[...])
        #expect(read.first(CPIMName("u:x", "n")) != nil)
        #expect(!read.tolerated(.missingEmptyLine))
    }
}
