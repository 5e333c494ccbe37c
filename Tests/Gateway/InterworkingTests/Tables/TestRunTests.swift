import FoundationEssentials
import MappingTables
import OperatorFiles
import Testing

@testable import Interworking
@testable import VectorSupport

@Suite("TableTestRunner: what fails, and how it says so")
struct TestRunTests {
    /// The shipped tables with a file of the site's own.
    private func report(_ site: String) throws -> (report: TableTestRunner.Report, generation: Generation) {
        let path = VectorFolder.testsDirectory.deletingLastPathComponent().appending(path: "Mappings").path
        var files = MappingFolder(path).documents.filter { $0.layer == .standard }
            .map { TableFile(layer: .standard, root: $0.root) }
        let root = try #require(
            YAMLFile.read(Array(("format: isthmus-mapping/1\n" + site).utf8), name: "50-site/a.yaml").root
        )
        files.append(TableFile(layer: .site, root: root))
        let result = TableCompiler.compile(files, digest: { _ in "" })
        #expect(result.diagnostics.isEmpty)
        let generation = try #require(result.generation)
        return (TableTestRunner(generation).run(), generation)
    }

    private func difference(_ kind: String, _ test: String) throws -> String? {
        let found = try report(
            "table: \(kind == "fields" ? "message.xmpp" : kind)\nkind: \(kind)\ntests:\n  - {name: t, \(test)}\n"
        )
        let outcome = try #require(found.report.outcomes.last)
        #expect(outcome.test.name == "t" && outcome.passed == (outcome.difference == nil))
        return outcome.difference
    }

    @Test(
        "the first difference is named",
        arguments: [
            (
                "errors", "given: {sip: {status: 404}}, expect: {xmpp: {condition: gone}}",
                "xmpp.condition is \"item-not-found\" instead of \"gone\""
            ),
            ("errors", "given: {sip: {status: 404}}, expect: {sip: {status: 404}}", "sip is missing"),
            ("errors", "given: {gateway: nothing}, expect: {sip: {status: 404}}", "no row has nothing"),
            (
                "errors", "given: {xmpp: {condition: forbidden, to: full}}, expect: {sip: {status: 603}}",
                "sip.status is \"403\" instead of \"603\""
            ),
            (
                "addresses", "given: {xmpp: a@b.example}, expect: {cpim: \"sip:c@b.example\"}",
                "cpim is \"sip:a@b.example\" instead of \"sip:c@b.example\""
            ),
            (
                "addresses",
                "given: {xmpp: a@b.example}, expect: {cpim: \"sip:a@b.example\"}, and-back: {xmpp: c@b.example}",
                "on the way back xmpp is \"a@b.example\" instead of \"c@b.example\""
            ),
            ("loss", "given: {loss: message.html}, expect: {do: refuse}", "do is \"note\" instead of \"refuse\""),
            (
                "routes", "given: {domain: x.example}, expect: {set: {msg.carrier: sip}}",
                "set.msg.carrier is \"auto\" instead of \"sip\""
            ),
            ("profiles", "given: {profile: none}, expect: {set: {msg.carrier: sip}}", "there is no profile \"none\""),
            (
                "fields", "given: {xmpp: {body: hi}}, expect: {cpim: {content: ho}}",
                "cpim.content is \"hi\" instead of \"ho\""
            ),
            (
                "fields", "given: {xmpp: {body: hi, thread: t}}, expect: {cpim: {content: hi}}",
                "cpim.thread is \"t\", which was not expected"
            ),
            (
                "fields", "given: {xmpp: {body: hi, html: h}}, expect: {cpim: {content: hi}, loss: []}",
                "loss is [\"message.html\"] instead of []"
            ),
            ("fields", "given: {xmpp: {body: hi}}, expect: {refused: loss}", "the item is not refused"),
            (
                "fields", "given: {xmpp: {bdy: hi}}, expect: {cpim: {content: hi}}",
                "xmpp has no \"bdy\"; did you mean \"body\"?"
            ),
            (
                "fields", "given: {cpim: {contnet: hi}}, expect: {xmpp: {body: hi}}",
                "cpim has no \"contnet\"; did you mean \"content\"?"
            ),
            (
                "fields", "given: {cpim: {content: hi, Urgency: x}}, expect: {xmpp: {body: ho}}",
                "xmpp.body is \"hi\" instead of \"ho\""
            ),
            (
                "errors", "given: {sip: {statu: 404}}, expect: {xmpp: {condition: gone}}",
                "sip has no \"statu\"; did you mean \"status\"?"
            ),
            (
                "errors", "given: {xmpp: {condition: gone, moved: yes}}, expect: {sip: {status: 410}}",
                "xmpp has no \"moved\"; it has condition, type, to, address, pending"
            ),
            ("fields", "given: {xmpp: {from: b.example}}, expect: {cpim: {from: x}}", "the item is refused"),
        ]
    )
    func differences(kind: String, test: String, expected: String) throws {
        #expect(try difference(kind, test) == expected)
    }

    @Test("fields of elements, attributes, headers and annotations are written with their namespace")
    func extensions() throws {
        let site = """
            table: message.xmpp
            kind: fields
            rows:
              - {id: e, xmpp: {element: e, namespace: "urn:n", attribute: a}, cpim: {header: H, namespace: "urn:h"}}
              - {id: n, xmpp: {element: n, namespace: "urn:n"}, cpim: {annotation: y, namespace: "urn:a"}}
            tests:
              - name: t
                given: {xmpp: {body: hi, "{urn:n}e@a": v, "{urn:n}n": w, "{urn:n}z": lost}}
                expect: {cpim: {content: hi, "{urn:h}H": v, "+{urn:a}y": w}, loss: [message.extension]}
                and-back: {xmpp: {body: hi, "{urn:n}e@a": v, "{urn:n}n": w}}
            """
        let found = try report(site).report
        #expect(found.outcomes.last?.difference == nil)
        #expect(found.unreached.isEmpty)
    }

    @Test("a test of a shipped row that the operator has replaced does not stand in the way")
    func superseded() throws {
        let row =
            "{id: sip-404, overrides: sip-404, sip: {status: 404}, xmpp: {condition: gone, type: cancel}, retry: never, way: to-xmpp}"
        let found = try report("table: errors\nkind: errors\nrows:\n  - \(row)\n")
        let outcome = try #require(found.report.outcomes.first { $0.test.name == "sip-404" })
        #expect(outcome.difference != nil && outcome.isSuperseded && outcome.passed)
        #expect(found.report.passed)
    }

    @Test("a row without a test is named")
    func unreached() throws {
        let row = "{id: sip-499, sip: {status: 499}, xmpp: {condition: gone, type: cancel}, way: to-xmpp}"
        let found = try report("table: errors\nkind: errors\nrows:\n  - \(row)\n")
        #expect(found.report.unreached.map { found.generation.name(of: $0) } == ["errors.sip-499"])
    }

    @Test("a test runs under the tables of its neighbor and the switches that it sets")
    func context() throws {
        #expect(
            try difference(
                "fields",
                "context: [\"now=2026-03-01T13:00:00Z\"], given: {cpim: {content: hi, date-time: \"2026-03-01T11:59:30Z\"}}, expect: {xmpp: {body: hi, delay: \"2026-03-01T11:59:30Z\"}}"
            ) == nil
        )
    }
}
