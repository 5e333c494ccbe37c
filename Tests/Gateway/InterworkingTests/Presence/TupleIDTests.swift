import Testing
import XMLStreams

@testable import Interworking

@Suite("TupleID")
struct TupleIDTests {
    @Test(
        "RFC 8048 §6.2: a resource becomes an id that is a name",
        arguments: [
            ("balcony", "ID-balcony"), ("Work PC/2", "ID-Work_x0020_PC_x002F_2"), ("1234", "ID-1234"),
            ("2nd Büro_x0041_/PC", "ID-2nd_x0020_Büro_x005F_x0041__x002F_PC"), ("a:b@c", "ID-a_x003A_b_x0040_c"),
            ("\u{1F600}", "ID-_x1F600_"), ("日本", "ID-日本"), ("_x41_", "ID-_x41_"), ("ID-a", "ID-ID-a"),
            ("_x0041 ", "ID-_x005F_x0041_x0020_"),
        ]
    )
    func written(resource: String, id: String) {
        #expect(TupleID.id(of: resource, form: .prefixed) == id)
        #expect(TupleID.resource(of: id) == resource)
    }

    @Test(
        "RFC 3922 §5.1.1: without the prefix an id is a name too",
        arguments: [
            ("balcony", "balcony"), ("1234", "_x0031_234"), ("-a", "_x002D_a"), ("ID-a", "ID_x002D_a"),
            ("a b", "a_x0020_b"),
        ]
    )
    func raw(resource: String, id: String) {
        #expect(TupleID.id(of: resource, form: .raw) == id)
        #expect(TupleID.resource(of: id) == resource)
    }

    @Test(
        "RFC 3922 §5.2.1: ids of others stand for themselves",
        arguments: [
            ("bs35r9", "bs35r9"), ("ID-dr4hcr0st3lup4c", "dr4hcr0st3lup4c"), ("ID-ID-a", "ID-a"), ("a_b_x", "a_b_x"),
            ("_x004_", "_x004_"), ("_xD800_", "_xD800_"), ("_x110000_", "_x110000_"), ("_x00e9_", "é"),
            ("_xFFFFFFFFFFFFFFFFFFF_", "_xFFFFFFFFFFFFFFFFFFF_"), ("_x0041", "_x0041"),
        ]
    )
    func read(id: String, resource: String) { #expect(TupleID.resource(of: id) == resource) }

    @Test("Every resource comes back from its id, and every id is a name")
    func comesBack() {
        // Texts made of the pieces that escapes are made of, and of characters of every kind.
        let pieces: [String] = [
            "_", "x", "0041", "00e9", "ID-", " ", "/", "a", "-", "1", "é", "日", "\u{301}", "\u{1F600}", "_x0041_", "<",
            "\u{2C00}", "·", ".", "'",
        ]
        var state: UInt64 = 7
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for form in [TupleID.Form.prefixed, .raw] {
            for _ in 0..<5_000 {
                let resource = (0...next(8)).map { _ in pieces[next(pieces.count)] }.joined()
                let id = TupleID.id(of: resource, form: form)
                #expect(XML.Characters.isName(id), "\(id)")
                #expect(id.unicodeScalars.allSatisfy(NameCharacters.contains), "\(id)")
                #expect(Array(TupleID.resource(of: id).unicodeScalars) == Array(resource.unicodeScalars), "\(id)")
            }
        }
    }

    @Test("RFC 3863 §4.1.2: no two ids of a document are alike")
    func unique() {
        var ids = UniqueIDs()
        #expect(["a", "a", "b", "a", "a-2"].map { ids.take($0) } == ["a", "a-2", "b", "a-3", "a-2-2"])
    }
}

@Suite("PresencePriority")
struct PresencePriorityTests {
    @Test(
        "RFC 3922 §5.1.7: a priority is cut to thousandths",
        arguments: [(0, 0), (1, 7), (2, 15), (13, 102), (126, 992), (127, 1_000)]
    )
    func out(priority: Int, thousandths: Int) {
        #expect(PresencePriority.thousandths(of: priority) == thousandths)
    }

    @Test("RFC 8048 §6.2: a negative priority has no counterpart", arguments: [-1, -128])
    func negative(priority: Int) { #expect(PresencePriority.thousandths(of: priority) == nil) }

    @Test(
        "RFC 3922 §5.2.13: thousandths are rounded up, and only 1 is 127",
        arguments: [
            (0, 0), (1, 1), (7, 1), (8, 2), (15, 2), (102, 13), (800, 102), (992, 126), (999, 126), (1_000, 127),
        ]
    )
    func back(thousandths: Int, priority: Int) {
        #expect(PresencePriority.priority(ofThousandths: thousandths) == priority)
    }

    @Test("Every priority comes back, and the order of two is kept")
    func comesBack() {
        for priority in 0...127 {
            let thousandths = PresencePriority.thousandths(of: priority)
            #expect(thousandths.map(PresencePriority.priority) == priority)
        }
        for value in 0..<1_000 {
            #expect(
                PresencePriority.priority(ofThousandths: value) <= PresencePriority.priority(ofThousandths: value + 1)
            )
        }
    }
}
