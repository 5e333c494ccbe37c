import Interworking
import Testing
import XMPPStanzas

@Suite("InterestBook")
struct InterestBookTests {
    private static let mood = "http://jabber.org/protocol/mood"
    private let home = "juliet@example.com/home"
    private let romeo = "romeo@example.net"
    private let paris = "paris@example.net"

    /// A book whose identifiers are numbers and whose hash is the text itself.
    private struct Play {
        var book: InterestBook
        var now: Int64 = 1_000
        private var last = 0

        init(_ change: (inout InterestBook.Limits) -> Void = { _ in }) {
            var limits = InterestBook.Limits()
            change(&limits)
            book = InterestBook(
                limits: limits,
                nodes: ["http://jabber.org/protocol/mood", "http://jabber.org/protocol/geoloc"]
            )
        }

        private mutating func counted<Result>(_ act: (inout InterestBook, () -> String) -> Result) -> Result {
            var number = last
            defer { last = number }
            return act(&book) {
                number += 1
                return "q\(number)"
            }
        }

        mutating func announce(
            _ version: String?,
            by device: String,
            to contact: String = "romeo@example.net",
            hash: String? = "sha-1"
        ) -> [InterestBook.Action] {
            let element = version.map { CapabilitiesElement(hash: hash, node: "n", version: $0) }
            let now = now
            return counted { $0.announced(element, by: device, to: contact, now: now, freshID: $1) }
        }

        /// An answer whose hash is its first feature.
        mutating func answer(_ id: String, by device: String, _ features: [String]?) -> [InterestBook.Action] {
            let now = now
            let information = features.map { ServiceInformation(identities: [], features: $0) }
            return counted {
                $0.answered(id, by: device, information, now: now, freshID: $1) {
                    String(decoding: $0.prefix { $0 != 0x3C }, as: UTF8.self)
                }
            }
        }

        mutating func lose(_ domain: String) -> [InterestBook.Action] {
            let now = now
            return counted { $0.linkLost(domain, now: now, freshID: $1) }
        }

        mutating func pass(_ milliseconds: Int64) -> [InterestBook.Action] {
            now += milliseconds
            let now = now
            return counted { $0.advance(now: now, freshID: $1) }
        }
    }

    private func ask(
        _ id: String,
        _ device: String,
        _ version: String = "V",
        contact: String? = nil
    ) -> InterestBook.Action {
        .ask(id: id, device: device, contact: contact ?? romeo, node: "n#" + version)
    }

    private func learned(_ device: String, _ nodes: Set<String>, to contact: String? = nil) -> InterestBook.Action {
        .learned(device: device, contact: contact ?? romeo, nodes: nodes)
    }

    @Test("XEP-0115 §5.4: a version is asked once, and counts for all who announce it")
    func once() {
        var play = Play()
        #expect(play.announce("V", by: home) == [ask("q1", home)])
        #expect(play.announce("V", by: home) == [])
        #expect(play.announce("V", by: home, to: paris) == [])
        #expect(play.announce("V", by: "tybalt@example.com/x") == [])
        #expect(play.book.count == (0, 1, 3))
        #expect(
            play.answer("q1", by: home, ["V", Self.mood + "+notify", "urn:other+notify"]) == [
                learned(home, [Self.mood]), learned(home, [Self.mood], to: paris),
                learned("tybalt@example.com/x", [Self.mood]),
            ]
        )
        #expect(play.book.count == (1, 0, 0))
        #expect(play.announce("V", by: "nurse@example.com/y") == [learned("nurse@example.com/y", [Self.mood])])
    }

    @Test("XEP-0115 §9.3: an answer whose hash is another is not kept, and the next who announces it is asked")
    func poisoned() {
        var play = Play()
        _ = play.announce("V", by: home)
        _ = play.announce("V", by: "tybalt@example.com/x")
        #expect(
            play.answer("q1", by: home, ["W", Self.mood + "+notify"]) == [
                learned(home, []), ask("q2", "tybalt@example.com/x"),
            ]
        )
        #expect(play.book.count == (0, 1, 1))
        #expect(play.announce("V", by: home) == [learned(home, [])])
        #expect(play.answer("q2", by: "tybalt@example.com/x", ["V"]) == [learned("tybalt@example.com/x", [])])
        #expect(play.announce("V", by: home) == [learned(home, [])])
    }

    @Test("Only the device that was asked answers, and once")
    func answers() {
        var play = Play()
        _ = play.announce("V", by: home)
        #expect(play.answer("q1", by: "eve@example.com/x", ["V"]) == [])
        #expect(play.answer("q2", by: home, ["V"]) == [])
        #expect(play.answer("q1", by: home, ["V"]) == [learned(home, [])])
        #expect(play.answer("q1", by: home, ["V"]) == [])
    }

    @Test("XEP-0115 §5.4: what is hashed in another way counts for the device alone")
    func otherHash() {
        var play = Play()
        #expect(play.announce("V", by: home, hash: "sha-256") == [ask("q1", home)])
        #expect(play.answer("q1", by: home, [Self.mood + "+notify"]) == [learned(home, [Self.mood])])
        #expect(play.announce("V", by: home, hash: "sha-256") == [learned(home, [Self.mood])])
        #expect(play.announce("V", by: "a@example.com/b", hash: "sha-256") == [ask("q2", "a@example.com/b")])
    }

    @Test("XEP-0115 §5.4: without an announcement, or in the old form, a device wants nothing")
    func none() {
        var play = Play()
        #expect(play.announce(nil, by: home) == [learned(home, [])])
        #expect(play.announce("0.9", by: home, hash: nil) == [learned(home, [])])
    }

    @Test("A device that does not answer is left alone for a while, one that refuses as well")
    func silence() {
        var play = Play {
            $0.patience = 100
            $0.pause = 1_000
        }
        _ = play.announce("V", by: home)
        #expect(play.book.deadline == 1_100)
        #expect(play.pass(99) == [])
        #expect(play.pass(1) == [learned(home, [])])
        #expect(play.book.deadline == nil)
        #expect(play.announce("V", by: home) == [learned(home, [])])
        _ = play.pass(1_000)
        #expect(play.announce("V", by: home) == [ask("q2", home)])
        #expect(play.answer("q2", by: home, nil) == [learned(home, [])])
    }

    @Test("What was asked over a link that is lost is asked again")
    func lostLink() {
        var play = Play()
        _ = play.announce("V", by: home)
        #expect(play.lose("example.net") == [])
        #expect(play.book.count == (0, 0, 0))
        #expect(play.announce("V", by: home) == [ask("q2", home)])
    }

    @Test("What was asked over another link stays open; who waits behind a question that is lost is asked in its turn")
    func otherLink() {
        let other = "romeo@example.org"
        var play = Play()
        #expect(play.announce("V", by: home).count == 1)
        #expect(play.announce("V", by: home, to: other) == [])
        #expect(play.announce("W", by: home, to: other) == [ask("q2", home, "W", contact: other)])
        #expect(play.lose("example.net") == [ask("q3", home, contact: other)])
        #expect(play.book.count == (0, 2, 2))
        #expect(play.answer("q1", by: home, ["V"]) == [])
        #expect(play.answer("q2", by: home, ["W"]) == [learned(home, [], to: other)])
        #expect(play.answer("q3", by: home, ["V"]) == [learned(home, [], to: other)])
    }

    @Test("The questions of one domain leave room for those of others, and so do its devices that wait")
    func domains() {
        var play = Play {
            $0.questions = 3
            $0.questionsOfDomain = 2
            $0.waitingOfDomain = 3
        }
        #expect(play.announce("1", by: "a@example.com/x").count == 1)
        #expect(play.announce("2", by: "b@example.com/x").count == 1)
        #expect(play.announce("3", by: "c@example.com/x") == [])
        #expect(play.announce("1", by: "c@example.com/x") == [] && play.book.count.waiting == 3)
        #expect(play.announce("2", by: "d@example.com/x") == [] && play.book.count.waiting == 3)
        #expect(play.announce("3", by: "a@example.edu/x") == [ask("q3", "a@example.edu/x", "3")])
        #expect(play.book.count == (0, 3, 4))
    }

    @Test("What one domain teaches, and refuses, makes nothing be forgotten that others did")
    func memory() {
        var play = Play {
            $0.versions = 4
            $0.refused = 4
            $0.questionsOfUser = 1_000
        }
        _ = play.announce("V", by: "a@example.edu/x")
        _ = play.answer("q1", by: "a@example.edu/x", ["V"])
        _ = play.announce("R", by: "a@example.edu/x")
        _ = play.answer("q2", by: "a@example.edu/x", nil)
        for number in 3..<103 {
            _ = play.announce("v\(number)", by: home)
            _ = play.answer("q\(number)", by: home, number.isMultiple(of: 2) ? nil : ["v\(number)"])
        }
        #expect(play.book.count == (4, 0, 0))
        #expect(play.announce("V", by: home) == [learned(home, [])])
        #expect(play.announce("R", by: "a@example.edu/x") == [learned("a@example.edu/x", [])])
        // The refusals of the domain with most went first.
        #expect(play.announce("v4", by: home) == [ask("q103", home, "v4")])
        #expect(play.announce("v102", by: home) == [learned(home, [])])
    }

    @Test("XMP-LIM-04: of devices that refuse so many are known, in all")
    func refusals() {
        var play = Play { $0.questionsOfUser = 1_000 }
        let most = InterestBook.Limits().refused
        for number in 1...(most + 1) {
            _ = play.announce("v\(number)", by: home)
            _ = play.answer("q\(number)", by: home, nil)
        }
        #expect(play.announce("v2", by: home) == [learned(home, [])])
        #expect(play.announce("v1", by: home) == [ask("q\(most + 2)", home, "v1")])
    }

    @Test("Who waits behind a device that fails, and may not be asked yet, is asked when it may; nobody is left behind")
    func parked() {
        var play = Play { $0.questionsOfUser = 1 }
        let tybalt = "tybalt@example.com/x"
        let nurse = "nurse@example.com/y"
        #expect(play.announce("V", by: home).count == 1)
        #expect(play.announce("W", by: tybalt) == [ask("q2", tybalt, "W")])
        #expect(play.announce("V", by: tybalt) == [])
        // Tybalt has a question open: it waits.
        #expect(play.answer("q1", by: home, nil) == [learned(home, [])])
        #expect(play.book.count == (0, 1, 2))
        #expect(play.announce("V", by: tybalt) == [])
        #expect(play.answer("q2", by: tybalt, ["W"]) == [learned(tybalt, []), ask("q3", tybalt)])
        // Another one that may be asked is asked instead.
        #expect(play.announce("X", by: "tybalt@example.com/z") == [])
        #expect(play.announce("V", by: nurse) == [])
        #expect(play.pass(30_000) == [learned(tybalt, []), ask("q4", nurse)])
        #expect(play.answer("q4", by: nurse, ["V"]) == [learned(nurse, [])])
        #expect(play.book.count.waiting == 0)
        // So is one that comes while others wait.
        var other = Play { $0.questionsOfUser = 1 }
        _ = other.announce("V", by: home)
        _ = other.announce("W", by: tybalt)
        _ = other.announce("V", by: tybalt)
        _ = other.answer("q1", by: home, nil)
        #expect(other.announce("V", by: nurse) == [ask("q3", nurse)])
    }

    // MARK: Bounds

    @Test("XMP-LIM-04: so many questions are open, in all and to one user")
    func questions() {
        var play = Play {
            $0.questions = 3
            $0.questionsOfUser = 2
        }
        #expect(play.announce("1", by: home).count == 1)
        #expect(play.announce("2", by: home).count == 1)
        #expect(play.announce("3", by: home) == [])
        #expect(play.announce("3", by: "a@example.com/b") == [ask("q3", "a@example.com/b", "3")])
        #expect(play.announce("4", by: "c@example.com/d") == [])
        _ = play.answer("q1", by: home, ["1"])
        #expect(play.announce("4", by: "c@example.com/d") == [ask("q4", "c@example.com/d", "4")])
    }

    @Test("XMP-LIM-04: so many devices wait for an answer")
    func waiting() {
        var play = Play { $0.waiting = 2 }
        _ = play.announce("V", by: home)
        _ = play.announce("V", by: "a@example.com/1")
        _ = play.announce("V", by: "a@example.com/2")
        #expect(play.book.count.waiting == 2)
    }

    @Test("XMP-LIM-04: so many versions are known")
    func versions() {
        var play = Play { $0.versions = 4 }
        for number in 1...20 {
            _ = play.announce("\(number)", by: home)
            _ = play.answer("q\(number)", by: home, ["\(number)"])
            #expect(play.book.count.versions <= 4)
        }
        #expect(play.announce("20", by: home) == [learned(home, [])])
        #expect(play.announce("1", by: home) == [ask("q21", home, "1")])
    }

    @Test("XMP-LIM-04: an announcement of the largest size is looked at, a longer one is none")
    func text() {
        var play = Play { $0.textBytes = "sha-1".utf8.count + 4 }
        #expect(play.announce("123", by: home) == [ask("q1", home, "123")])
        #expect(play.announce("1234", by: home) == [learned(home, [])])
    }
}
