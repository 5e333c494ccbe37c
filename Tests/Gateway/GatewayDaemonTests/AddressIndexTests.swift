import Addressing
import Ledger
import Testing

@testable import GatewayDaemon

@Suite("AddressIndex")
struct AddressIndexTests {
    private func pair(_ jid: String, _ uri: String, _ kind: AddressKind) throws -> Ledger.AddressPair {
        Ledger.AddressPair(
            jid: jid,
            uri: uri,
            uriKey: AddressIndex.key(try AddressURI(uri)),
            kind: kind,
            rule: "address",
            firstSeen: 0,
            lastUsed: 0
        )
    }

    @Test("ADDR-055: the store hears of the use of a pair once an hour, and of no use of what it has not got")
    func uses() throws {
        let hour = AddressIndex.usePause
        var index = AddressIndex([
            try pair("romeo@example.net", "sip:Romeo@example.net", .learned),
            try pair("paris@example.net", "sip:paris@example.net", .derived),
        ])
        for jid in ["romeo@example.net", "paris@example.net"] {
            var news: [Bool] = []
            for now in [0, hour - 1, hour] { news.append(index.isUseNews(jid, now: 1_000 + now)) }
            #expect(news == [true, false, true])
        }
        index.remove(jid: "romeo@example.net")
        for jid in ["tybalt@example.net", "romeo@example.net"] {
            let isNews = index.isUseNews(jid, now: 1_000 + 3 * hour)
            #expect(!isNews)
        }
    }

    @Test("ADDR-035: a user whom the rules lead back to has one JID; an operator goes before him")
    func derived() throws {
        let romeo = try AddressURI("sip:romeo@example.net")
        var index = AddressIndex([try pair("romeo@example.net", "sip:romeo@example.net", .derived)])
        #expect(index.isDerived("romeo@example.net") == true)
        #expect(index.count(of: .derived, besides: romeo) == 1)
        #expect(index.isEmpty == true)

        // The rules in force give another JID.
        index.insert(try pair("romeo@example.org", "sip:romeo@example.net", .derived))
        #expect(!index.isDerived("romeo@example.net") && index.isDerived("romeo@example.org"))
        #expect(index.count(of: .derived, besides: romeo) == 1)

        // An operator gives the user another one, so that the JID is free.
        index.insert(try pair("montague@example.net", "sip:romeo@example.net", .explicit))
        #expect(index.isDerived("romeo@example.org") == false)
        #expect(index.count(of: .derived, besides: romeo) == 0)

        // An operator gives the JID to another user.
        index.insert(try pair("paris@example.net", "sip:paris@example.net", .derived))
        index.insert(try pair("paris@example.net", "sip:county@example.net", .explicit))
        #expect(index.isDerived("paris@example.net") == false)
        #expect(index.count(of: .derived, besides: romeo) == 0)
    }

    @Test("One JID of two spellings counts once, and each domain by itself")
    func counts() throws {
        var index = AddressIndex()
        for (jid, uri) in [
            ("romeo@example.net", "sip:romeo@example.net"), ("romeo@example.net", "sip:ROMEO@example.net"),
            ("paris@example.net", "sip:paris@EXAMPLE.NET"), ("romeo@example.org", "sip:romeo@example.org"),
        ] {
            index.insert(try pair(jid, uri, .derived))
        }
        let (net, org) = (try AddressURI("sip:a@example.net"), try AddressURI("sip:a@example.org"))
        #expect(index.count(of: .derived, besides: net) == 2)
        #expect(index.count(of: .derived, besides: org) == 1)
        #expect(index.count(of: .learned, besides: net) == 0)
        index.remove(jid: "romeo@example.net")
        #expect(index.count(of: .derived, besides: net) == 1)
    }

    @Test("That an address was not kept is said once for each domain, and of 1,000 domains")
    func leftOut() throws {
        var index = AddressIndex()
        var said = 0
        for number in 1...1_200 {
            for user in ["romeo", "paris"] {
                if index.isFirstLeftOut(try AddressURI("sip:\(user)@\(number).example")) { said += 1 }
            }
        }
        #expect(said == 1_000)
    }
}
