import PIDF
import Testing

@testable import Interworking
@testable import VectorSupport

@Suite("PresenceTranslator: how documents are carried")
struct CarriedDocumentTests {
    private typealias S = PresenceSamples

    // MARK: In an object

    private func read(
        _ headers: String,
        type: String = "Content-Type: application/pidf+xml\r\n",
        _ settings: (String, String)...
    ) throws -> Translated<PresenceReading> {
        let head = "From: <im:romeo@example.net>\r\nTo: <im:juliet@example.com>\r\n\(headers)\r\n\(type)\r\n"
        let samples = PresenceSamples(settings: settings)
        return try samples.translator().reading(
            of: PresenceBody(type: "message/cpim", bytes: Array((head + S.pidf(S.tuple())).utf8)),
            about: S.romeo,
            facts: samples.facts
        )
    }

    @Test("CPIM-064, RFC 3922 §5.2.7: a feature that is required and not known is noted, and presence is told")
    func required() throws {
        let reading = try read("NS: MyFeatures <mid:M@x>\r\nRequire: MyFeatures.X\r\n")
        #expect(reading.value?.presences.map(\.resource) == ["a"])
        #expect(reading.notes.contains("cpim-required-feature"))
        #expect(try !read("NS: MyFeatures <mid:M@x>\r\n").notes.contains("cpim-required-feature"))
    }

    @Test("cpim.strict and cpim.ct-default hold for presence as for messages")
    func switches() throws {
        let loose = "nonsense\r\n"
        #expect(try read(loose).value != nil)
        #expect(try read(loose, ("cpim.strict", "on")).refusal?.auditCode == "malformed-body")
        #expect(try read("", type: "").refusal?.auditCode == "malformed-body")
        #expect(try read("", type: "", ("cpim.ct-default", "text/plain")).refusal?.sipStatus == 415)
    }

    // MARK: Copies

    private static func located(_ rules: String) -> String {
        let geopriv =
            "<g:geopriv xmlns:g='\(PresenceNamespace.geopriv)'><g:location-info><x:where>here</x:where>"
            + "</g:location-info><g:usage-rules>\(rules)</g:usage-rules></g:geopriv>"
        return S.tuple("<note>n</note>", status: "<basic>open</basic>\(geopriv)")
    }

    private static let allowed = "<g:retransmission-allowed>yes</g:retransmission-allowed>"

    @Test(
        "GEO-007, RFC 4119 §2.2.2: a copied document has no location that may not be kept or given to others",
        arguments: [
            (allowed, "on", true), (allowed, "off", false), ("", "on", false),
            ("<g:retransmission-allowed>no</g:retransmission-allowed>", "on", false),
            (allowed + "<g:retention-expires>2020-01-01T00:00:00Z</g:retention-expires>", "on", false),
            (allowed + "<g:retention-expires>2036-01-01T00:00:00Z</g:retention-expires>", "on", true),
        ]
    )
    func copies(rules: String, geo: String, isCopied: Bool) throws {
        let samples = PresenceSamples(settings: [("pres.include-pidf", "on"), ("rich.geo", geo)])
        let told = try samples.told(Self.located(rules)).joined()
        #expect(told.contains("<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='pres:romeo@example.net'>"))
        #expect(told.contains("<basic>open</basic>") && told.contains("<note>n</note>"))
        #expect(told.contains("geopriv") == isCopied && told.contains("here") == isCopied)
    }

    @Test("GEO-007: a copy changes when a location in it may not be kept any longer")
    func changes() throws {
        let samples = PresenceSamples(settings: [("pres.include-pidf", "on"), ("rich.geo", "on")])
        let end = PresenceTime(seconds: samples.facts.now / 1_000 + 60)
        let rules = Self.allowed + "<g:retention-expires>\(end)</g:retention-expires>"
        #expect(try samples.reading(Self.located(rules)).value?.nextChange == end.seconds * 1_000)
        var later = samples
        later.facts.now += 60_000
        #expect(try later.reading(Self.located(rules)).value?.nextChange == nil)
        #expect(try !later.told(Self.located(rules)).joined().contains("geopriv"))
    }

    @Test("GEO-007: an expired location of a publication goes out in no copy")
    func published() throws {
        let samples = PresenceSamples(settings: [("pres.include-pidf", "on"), ("rich.geo", "on")])
        let past = Self.allowed + "<g:retention-expires>2020-01-01T00:00:00Z</g:retention-expires>"
        let body = PresenceBody(type: "application/pidf+xml", bytes: Array(S.pidf(Self.located(past)).utf8))
        let reading = try samples.translator().reading(
            of: [PublishedDocument(number: 1, body: body)],
            about: S.romeo,
            facts: samples.facts
        )
        let told = try #require(reading.value).presences.map { HeaderText.text($0.payload) }.joined()
        #expect(told.contains("<note>n</note>") && !told.contains("here"))
    }
}
