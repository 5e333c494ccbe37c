import IMDN
import Testing

@Suite("Requests for notifications")
struct DispositionRequestTests {
    @Test("RFC 5438 §10: values stand in any order and spacing, compared with regard to case")
    func lists() {
        #expect(DispositionRequest.requests(in: "positive-delivery ,\tdisplay") == [.positiveDelivery, .display])
        #expect(DispositionRequest.requests(in: "processing,negative-delivery") == [.processing, .negativeDelivery])
        #expect(DispositionRequest.requests(in: "Display") == [])
    }

    @Test("RFC 5438 §7.2.1: what is unknown, and parameters, are ignored")
    func unknown() {
        #expect(DispositionRequest.requests(in: "x-read;a=b , display;c=d") == [.display])
    }

    @Test("RFC 5438 §7.1.1.3: an empty value asks for nothing")
    func empty() {
        for value in ["", " ", ",", " , ,"] { #expect(DispositionRequest.requests(in: value) == []) }
    }

    @Test("RFC 5438 §10: what is written is read back")
    func written() {
        let all = Set(DispositionRequest.allCases)
        #expect(DispositionRequest.value(all) == "positive-delivery, negative-delivery, processing, display")
        #expect(DispositionRequest.requests(in: DispositionRequest.value(all)) == all)
        #expect(DispositionRequest.value([]) == "")
    }
}
