import PIDF
import PresenceSchemas
import Testing
import XMLStreams

@testable import Interworking
@testable import MappingTables
@testable import VectorSupport

@Suite("Activities and moods in documents")
struct ActivityValidityTests {
    private static let activity = "http://jabber.org/protocol/activity"
    private static let mood = "http://jabber.org/protocol/mood"

    @Test("RPID-045, RPID-026, RFC 4480 §5: whatever activity or mood of the lists is written, the document is valid")
    func valid() throws {
        let samples = PresenceSamples(settings: [("rich.pep", "on")])
        let translator = try samples.translator()
        let resource = try PresenceSamples.resource("a")
        var payloads = ValueWords.moods.map { "<mood xmlns='\(Self.mood)'><\($0)/></mood>" }
        for general in ValueWords.generalActivities {
            for specific in [""] + ValueWords.specificActivities + ["juggling"] {
                let inner = specific.isEmpty ? "" : "<\(specific)/>"
                payloads.append("<activity xmlns='\(Self.activity)'><\(general)>\(inner)</\(general)></activity>")
            }
        }
        // What is written alike is validated once.
        var seen: Set<[PresenceElement]> = []
        for payload in payloads {
            let document = translator.document(
                of: PresenceSamples.juliet,
                resources: [resource],
                events: [try XML.DocumentReader.read(Array(payload.utf8)[...])],
                for: PresenceSamples.romeo,
                facts: samples.facts
            )
            let value = try #require(document.value)
            let person = try #require(value.persons.first, "\(payload)").elements
            guard seen.insert(person).inserted else { continue }
            let fault = SchemaValidator.fault(in: PIDFWriter.write(value))
            #expect(fault == nil, "\(payload): \(fault ?? "")")
        }
        #expect(seen.count > 100)
    }
}
