import IMDN
import PresenceSchemas
import Testing

@Suite("Disposition notifications")
struct DispositionNotificationTests {
    private func read(
        _ text: String,
        _ limits: IMDNReader.Limits = .init()
    ) throws(IMDNError) -> DispositionNotification {
        try IMDNReader(limits: limits).readNotification(Array(text.utf8)[...])
    }

    private func code(_ text: String, _ limits: IMDNReader.Limits = .init()) -> IMDNError.Code? {
        do throws(IMDNError) { _ = try read(text, limits) } catch { return error.code }
        return nil
    }

    /// A document with this inside its root.
    private func document(_ inside: String) -> String { "<imdn xmlns='urn:ietf:params:xml:ns:imdn'>\(inside)</imdn>" }

    private static let printed = """
        <?xml version="1.0" encoding="UTF-8"?>
        <imdn xmlns="urn:ietf:params:xml:ns:imdn">
              <message-id>34jk324j</message-id>
              <datetime>2008-04-04T12:16:49-05:00</datetime>
             <recipient-uri>im:bob@example.com</recipient-uri>
              <original-recipient-uri
                >im:bob@example.com</original-recipient-uri>
              <delivery-notification>
                 <status>
                    <delivered/>
                 </status>
              </delivery-notification>
            </imdn>
        """

    @Test("RFC 5438 §7.2.1.1: the printed notification is read")
    func printedExample() throws {
        let found = try read(Self.printed)
        #expect(
            found
                == DispositionNotification(
                    messageID: "34jk324j",
                    dateTime: "2008-04-04T12:16:49-05:00",
                    recipients: .init("im:bob@example.com"),
                    disposition: Disposition(.delivery, .delivered)
                )
        )
    }

    @Test("RFC 5438 §11.1.7: each type carries its statuses and no others")
    func statuses() throws {
        let pairs = Disposition.Kind.allCases.flatMap { kind in
            Disposition.Status.allCases.compactMap { Disposition(kind, $0)?.description }
        }
        #expect(
            Set(pairs)
                == [
                    "delivery/delivered", "delivery/failed", "delivery/forbidden", "delivery/error",
                    "processing/processed", "processing/stored", "processing/forbidden", "processing/error",
                    "display/displayed", "display/forbidden", "display/error",
                ]
        )
        for kind in Disposition.Kind.allCases {
            for status in Disposition.Status.allCases {
                let inside =
                    "<message-id>a</message-id><\(kind.elementName)><status><\(status.rawValue)/></status></\(kind.elementName)>"
                #expect(try read(document(inside)).disposition == Disposition(kind, status))
            }
        }
    }

    @Test("RFC 5438 §11.1.9: what is written follows the schema and is read back, whatever it says")
    func written() throws {
        for kind in Disposition.Kind.allCases {
            for status in kind.statuses {
                for subject in [nil, "Dvořím se & <čekám>"] {
                    let notification = DispositionNotification(
                        messageID: "34jk324j",
                        dateTime: "2026-03-01T06:16:49-05:00",
                        recipients: .init("im:juliet@example.com", original: "sip:list@example.net"),
                        subject: subject,
                        disposition: Disposition(kind, status)
                    )
                    let bytes = IMDNWriter.write(notification)
                    #expect(SchemaValidator.fault(inNotification: bytes) == nil)
                    #expect(bytes.starts(with: "<?xml version='1.0' encoding='UTF-8'?>".utf8))
                    #expect(try IMDNReader().readNotification(bytes[...]) == notification)
                }
            }
        }
        // The judge can say no.
        #expect(SchemaValidator.fault(inNotification: Array(document("<datetime/>").utf8)) != nil)
    }

    @Test("RFC 5438 §11.1.9: a subject is not written without the recipients that the schema wants before it")
    func subjectAlone() {
        let notification = DispositionNotification(
            messageID: "a",
            dateTime: "x",
            subject: "s",
            disposition: Disposition(.display, .displayed)
        )
        let bytes = IMDNWriter.write(notification)
        #expect(SchemaValidator.fault(inNotification: bytes) == nil)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("subject"))
    }

    @Test("RFC 5438 §11.1.9: white space around the token of a message-id is removed")
    func token() throws {
        #expect(try read(document("<message-id>\n 34jk324j\t</message-id>")).messageID == "34jk324j")
    }

    @Test("RFC 5438 §11.1: elements of other namespaces are ignored wherever they stand")
    func extensions() throws {
        let inside = """
            <x:a xmlns:x='urn:x'/><message-id>a</message-id><delivery-notification xmlns='urn:x'><status><failed/></status>
            </delivery-notification><delivery-notification><status><x:later xmlns:x='urn:x'/><delivered/></status>
            </delivery-notification><x:b xmlns:x='urn:x'/>
            """
        #expect(try read(document(inside)).disposition == Disposition(.delivery, .delivered))
        let unknown =
            "<message-id>a</message-id><display-notification><status><pondered/></status></display-notification>"
        #expect(try read(document(unknown)).disposition == nil)
    }

    @Test("RFC 5438 §11.1.3, §11.1.4: one recipient alone stands for both")
    func oneRecipient() throws {
        let inside = "<message-id>a</message-id><original-recipient-uri>sip:l@h</original-recipient-uri>"
        #expect(try read(document(inside)).recipients == .init("sip:l@h"))
    }

    @Test("RFC 5438 §11.1: each fault of form has its code")
    func faults() {
        #expect(code("<imdn") == .xml)
        #expect(code("") == .xml)
        #expect(code("<!DOCTYPE imdn><imdn/>") == .doctype)
        #expect(code("<?xml version='1.0' encoding='ISO-8859-1'?><imdn/>") == .encoding)
        #expect(code("<imdn xmlns='urn:ietf:params:imdn'><message-id>a</message-id></imdn>") == .root)
        #expect(code(document("")) == .missing)
        #expect(code(document("<message-id> </message-id>")) == .missing)
        for code in IMDNError.Code.allCases { #expect(code.rawValue.hasPrefix("imdn-")) }
    }

    @Test("RFC 5438 §11.1: every prefix of a document is refused, and none breaks the reader")
    func prefixes() {
        let bytes = Array(Self.printed.utf8)
        for count in 0..<bytes.count - 1 {
            #expect(throws: IMDNError.self) { try IMDNReader().readNotification(bytes[..<count]) }
        }
    }

    @Test("RFC 5438 §11.1: sizes are bounded, at their edges")
    func limits() {
        let text = document("<message-id>\(String(repeating: "a", count: 10))</message-id><a><b/></a>")
        #expect(code(text, .init(bytes: text.utf8.count)) == nil)
        #expect(code(text, .init(bytes: text.utf8.count - 1)) == .limit)
        #expect(code(text, .init(text: 10)) == nil)
        #expect(code(text, .init(text: 9)) == .limit)
        #expect(code(text, .init(elements: 4)) == nil)
        #expect(code(text, .init(elements: 3)) == .limit)
        #expect(code(text, .init(depth: 3)) == nil)
        #expect(code(text, .init(depth: 2)) == .limit)
        let attributes = document("<message-id a='1' b='2'>a</message-id>")
        #expect(code(attributes, .init(attributes: 2)) == nil)
        #expect(code(attributes, .init(attributes: 1)) == .limit)
    }
}
