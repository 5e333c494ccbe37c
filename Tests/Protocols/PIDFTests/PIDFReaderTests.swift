import PIDF
import Testing

@Suite("PIDFReader")
struct PIDFReaderTests {
    @Test("RFC 3863 §4.1: what is read is written and read back")
    func readsBack() throws {
        let text = """
            <presence xmlns='urn:ietf:params:xml:ns:pidf' entity='pres:juliet@example.com'><tuple id='balcony'><status>\
            <basic>open</basic><show xmlns='jabber:client'>away</show></status><contact priority='0.102'>\
            im:juliet@example.com</contact><timestamp>2001-10-27T16:49:29Z</timestamp></tuple></presence>
            """
        let document = try PIDFReader().read(Array(text.utf8)[...])
        #expect(document.tuples.first?.contact?.priority == ContactPriority(thousandths: 102))
        #expect(try PIDFReader().read(PIDFWriter.write(document)[...]) == document)
        #expect(PIDFWriter.write(document) == Array("<?xml version='1.0' encoding='UTF-8'?>\n\(text)".utf8))
    }
}
