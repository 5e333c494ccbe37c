import MappingTables
import Testing

@Suite("ValueTable")
struct ValueTableTests {
    static let show = """
        format: isthmus-mapping/1
        table: presence.show
        kind: values
        rows:
          - {id: online, xmpp: {show: none}, pidf: {basic: open}, relation: equal}
          - {id: away, xmpp: {show: away}, pidf: {basic: open, show: away, activities: [away, meal]}, relation: equal}
          - {id: offline, xmpp: {type: unavailable}, pidf: {basic: closed}, relation: equal}
          - {id: phone, when: {pidf: {basic: open, activities: {contains: on-the-phone}}}, xmpp: {show: dnd, status: On the phone}, relation: broader, way: to-xmpp, loss: presence.activity}
          - {id: busy, when: {pidf: {basic: open, show: any, activities: {contains-any: [busy, meeting]}}}, xmpp: {show: dnd}, relation: broader, way: to-xmpp}
        unmapped:
          to-pidf: {use: online, loss: presence.show.unknown}
          to-xmpp: {use: {open: online, closed: offline}, loss: presence.activity}
        """

    private func tables(_ text: String = show, more: [(layer: TableFile.Layer, text: String)] = []) -> SampleTables {
        var tables = SampleTables()
        tables.more = [(.standard, text)] + more
        return tables
    }

    private func table(_ text: String = show, _ name: String = "presence.show") throws -> ValueTable {
        let result = tables(text).compile()
        #expect(result.diagnostics.isEmpty)
        let generation = try #require(result.generation)
        return try #require(try generation.route(profile: "default").values(name))
    }

    /// The id of the row that answers.
    private func row(_ record: [String: [String]], to side: Vocabulary, _ generation: Generation) throws -> String? {
        let table = try #require(try generation.route(profile: "default").values("presence.show"))
        return table.answer(record, to: side)?.row.map { generation.name(of: $0) }
    }

    @Test("the first row that matches answers, with what it gives and loses")
    func answers() throws {
        let table = try table()
        let away = table.answer(["show": ["away"]], to: .pidf)
        #expect(away?.values == ["basic": ["open"], "show": ["away"], "activities": ["away", "meal"]])
        #expect(away?.loss == nil && away?["show"] == "away")
        let phone = table.answer(["basic": ["open"], "activities": ["meal", "on-the-phone", "busy"]], to: .xmpp)
        #expect(phone?.values == ["show": ["dnd"], "status": ["On the phone"]])
        #expect(phone?.loss == .presenceActivity)
    }

    @Test("a list means these and no others, in any order")
    func exactSets() throws {
        let table = try table()
        func show(_ activities: [String]) -> String? {
            table.answer(["basic": ["open"], "show": ["away"], "activities": activities], to: .xmpp)?["show"]
        }
        #expect(show(["meal", "away"]) == "away")
        #expect(show(["away"]) == nil)
        #expect(show(["meal", "away", "tv"]) == nil)
    }

    @Test("a column that the row does not name has to be absent, and any frees it")
    func unnamedColumns() throws {
        let table = try table()
        let named = table.answer(["basic": ["open"], "show": ["xa"], "activities": ["meeting"]], to: .xmpp)
        #expect(named?["show"] == "dnd" && named?.loss == nil)
        let unnamed = table.answer(["basic": ["open"], "show": ["xa"], "activities": ["on-the-phone"]], to: .xmpp)
        #expect(unnamed?["show"] == nil && unnamed?.loss == .presenceActivity)
        #expect(table.answer(["basic": ["open"], "im": ["busy"]], to: .xmpp)?.loss == .presenceActivity)
        #expect(table.answer(["show": []], to: .pidf)?.values == ["basic": ["open"]])
    }

    @Test("what no row takes is what the table says of the unmapped, by the first column where it says so")
    func unmapped() throws {
        let table = try table()
        #expect(table.answer(["show": ["gone"]], to: .pidf)?.loss == .presenceShow)
        let closed = table.answer(["basic": ["closed"], "activities": ["tv"]], to: .xmpp)
        #expect(closed?.values == ["type": ["unavailable"]] && closed?.loss == .presenceActivity)
        #expect(table.answer(["basic": ["ajar"]], to: .xmpp) == nil)
        #expect(table.answer([:], to: .sip) == nil)
    }

    @Test("one column alone has the answer of a record that names it, whatever rows come before")
    func oneColumn() throws {
        let text = """
            format: isthmus-mapping/1
            table: t
            kind: values
            rows:
              - {id: any, when: {pidf: {activity: {contains-any: [meal, tv]}}}, xmpp: {general: undefined, text: {from: activity}}, way: to-xmpp, relation: broader}
              - {id: lunch, when: {pidf: {activity: lunch}}, xmpp: {general: eating}, way: to-xmpp, relation: equal}
              - {id: meal, when: {pidf: {activity: meal}}, xmpp: {general: drinking}, way: to-xmpp, relation: equal}
              - {id: copy, when: {pidf: {other: tea}}, xmpp: {general: undefined, text: {from: other}}, way: to-xmpp, relation: equal}
            unmapped: {to-xmpp: {use: lunch, loss: presence.activity}}
            """
        let (activities, show) = (tables(text).compile().generation, try table())
        let table = try #require(try activities?.route(profile: "default").values("t"))
        for value in ["meal", "lunch", "tv", "tea", "", "none"] {
            for column in ["activity", "other"] {
                #expect(table.answer(column, value, to: .xmpp) == table.answer([column: [value]], to: .xmpp))
            }
            #expect(show.answer("show", value, to: .pidf) == show.answer(["show": [value]], to: .pidf))
        }
        #expect(table.answer("activity", "lunch", to: .xmpp)?["general"] == "eating")
        #expect(table.answer("activity", "meal", to: .xmpp)?["general"] == "undefined")
        #expect(table.answer("other", "tea", to: .xmpp)?["text"] == "tea")
        #expect(table.answer("activity", nil, to: .xmpp) == table.answer([:], to: .xmpp))
        #expect(show.answer("show", nil, to: .pidf)?["basic"] == "open")
        #expect(show.answer("type", "unavailable", to: .pidf)?["basic"] == "closed")
        #expect(show.answer("show", "away", to: .pidf)?["show"] == "away")
        #expect(show.answer("show", "away", to: .sip) == nil)
    }

    @Test("a record written as text has its columns with / between them, and the last takes the rest")
    func texts() throws {
        let text = """
            format: isthmus-mapping/1
            table: t
            kind: values
            rows:
              - {id: lunch, xmpp: {general: eating, specific: having_lunch}, pidf: {activity: lunch}, relation: equal}
              - {id: other, when: {pidf: {activity: other, other: any}}, xmpp: {general: undefined, text: {from: other}}, way: to-xmpp, relation: broader}
              - {id: none, when: {pidf: {activity: any, other: any}}, xmpp: {general: none}, way: to-xmpp, relation: broader}
            unmapped: {to-pidf: {use: lunch, loss: presence.activity}}
            """
        let table = try table(text, "t")
        #expect(table.answer(text: "eating/having_lunch", to: .pidf)?.text == "lunch")
        #expect(table.answer(text: "lunch", to: .xmpp)?.text == "eating/having_lunch")
        #expect(table.answer(text: "other/a/b", to: .xmpp)?.text == "undefined//a/b")
        let away = table.answer(text: "away", to: .xmpp)
        #expect(away != nil && away?.text == nil)
        #expect(table.answer(text: "eating", to: .pidf)?.loss == .presenceActivity)
    }

    @Test("a row of the site stands where the row stood that it replaces, for all or for one neighbor")
    func overrides() throws {
        let mine = """
            format: isthmus-mapping/1
            table: presence.show
            kind: values
            rows:
              - {id: mine, overrides: busy, when: {pidf: {basic: open, show: any, activities: {contains: busy}}}, xmpp: {show: away}, relation: broader, way: to-xmpp}
            unmapped:
              to-pidf: {use: offline}
            """
        let record = ["basic": ["open"], "activities": ["busy"]]
        let all = try #require(tables(more: [(.site, mine)]).compile().generation)
        #expect(try row(record, to: .xmpp, all) == "presence.show.mine")
        #expect(try row(["show": ["gone"]], to: .pidf, all) == "presence.show.offline")
        let one = try #require(tables(more: [(.peer("a.example"), mine)]).compile().generation)
        #expect(try row(record, to: .xmpp, one) == "presence.show.busy")
        let peer = try one.route(profile: "default", peer: "a.example").values("presence.show")
        #expect(peer?.answer(record, to: .xmpp)?["show"] == "away")
        #expect(peer?.answer(["show": ["gone"]], to: .pidf)?["basic"] == "closed")
    }

    @Test("a profile has another table in the place of one, and a row holds under its switches")
    func profiles() throws {
        let other = """
            format: isthmus-mapping/1
            table: mine
            kind: values
            rows:
              - {id: a, when: {xmpp: {type: any, show: any}, pres.idle: full}, pidf: {basic: open}, way: to-pidf, relation: broader}
              - {id: b, when: {xmpp: {type: any, show: any}}, unless: {pres.idle: full}, pidf: {basic: closed}, way: to-pidf, relation: broader}
            """
        let profile = SampleTables.text("profiles", nil, "{id: p, extends: default, tables: {presence.show: mine}}")
        let generation = try #require(tables(more: [(.site, other), (.site, profile)]).compile().generation)
        let swapped = try generation.route(profile: "p").values("presence.show")
        #expect(swapped?.answer(["type": ["unavailable"]], to: .pidf)?["basic"] == "open")
        let idle = try generation.route(profile: "p", settings: [("pres.idle", "off")]).values("presence.show")
        #expect(idle?.answer(["show": ["away"]], to: .pidf)?["basic"] == "closed")
        #expect(try generation.route(profile: "default").values("nothing") == nil)
    }

    @Test("a field row goes through a table of values, whose rows and losses are in the trace")
    func converts() throws {
        let fields = SampleTables.text(
            "fields",
            "presence.fields",
            "{id: m, xmpp: {element: m, namespace: n, child: '*'}, pidf: {person: m, namespace: n, child: '*'}, convert: values, values: moods, on-error: drop, loss: presence.mood}"
        )
        let moods = """
            format: isthmus-mapping/1
            table: moods
            kind: values
            rows:
              - {id: sad, xmpp: {mood: sad}, pidf: {mood: sad}, relation: equal}
              - {id: gone, when: {pidf: {mood: angry}}, xmpp: {mood: none}, way: to-xmpp, relation: broader, loss: presence.mood}
            unmapped: {to-pidf: {use: sad}, to-xmpp: {use: sad}}
            """
        let result = tables(more: [(.standard, fields), (.standard, moods)]).compile()
        #expect(result.diagnostics.isEmpty)
        let rule = try #require(try result.generation?.route(profile: "default").presenceFields.outward.first)
        let path = try #require(ElementPath("*"))
        #expect(rule.source == .part(.person, namespace: "n", name: "m", path: path, attribute: nil))
        #expect(rule.target == .descendant(namespace: "n", name: "m", path: path, attribute: nil))
    }

    @Test(
        "a path has names, then what stands for names",
        arguments: [
            ("text", 1, 0), ("a/b", 2, 0), ("*", 0, 1), ("a/*", 1, 1), ("*/*", 0, 2),
        ]
    )
    func paths(text: String, names: Int, depth: Int) throws {
        let path = try #require(ElementPath(text))
        #expect(path.names.count == names && path.depth == depth && path.text == text)
    }

    @Test("what is no path is refused", arguments: ["", "a//b", "*/a", "*/*/*", "/"])
    func badPaths(text: String) {
        #expect(ElementPath(text) == nil)
    }
}
