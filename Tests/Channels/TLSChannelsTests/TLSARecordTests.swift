import TestAuthority
import Testing

@testable import TLSChannels

@Suite("TLSARecord")
struct TLSARecordTests {
    private let now: Int64 = 1_800_000_000

    private func record(
        _ usage: UInt8,
        _ selector: UInt8,
        _ matching: UInt8,
        _ certificate: TLSCertificate
    ) throws
        -> TLSARecord
    {
        let selected = selector == 0 ? certificate.der : certificate.publicKeyInfo
        let data =
            switch matching {
            case 1: LibraryDigest.sha256.hash(selected)
            case 2: LibraryDigest.sha512.hash(selected)
            default: selected
            }
        return try #require(TLSARecord(usage: usage, selector: selector, matching: matching, data: data))
    }

    @Test("RFC 6698 §2.1.1: a record that has no meaning is not usable")
    func unusable() {
        let hash = [UInt8](repeating: 1, count: 32)
        #expect(TLSARecord(usage: 3, selector: 1, matching: 1, data: hash) != nil)
        #expect(TLSARecord(usage: 4, selector: 1, matching: 1, data: hash) == nil)
        #expect(TLSARecord(usage: 3, selector: 2, matching: 1, data: hash) == nil)
        #expect(TLSARecord(usage: 3, selector: 1, matching: 3, data: hash) == nil)
        #expect(TLSARecord(usage: 3, selector: 1, matching: 1, data: Array(hash.dropLast())) == nil)
        #expect(TLSARecord(usage: 3, selector: 1, matching: 2, data: hash) == nil)
        #expect(TLSARecord(usage: 3, selector: 0, matching: 0, data: []) == nil)
    }

    @Test(
        "RFC 7673 §4.2: DANE-EE names the certificate without regard to dates, issuers and names",
        arguments: [0, 1],
        [
            0, 1, 2,
        ]
    )
    func endEntity(selector: UInt8, matching: UInt8) throws {
        let stock = try Stock.get()
        for issued in [stock.peer, stock.expired, stock.selfSigned] {
            let certificate = try issued.read
            let peer = PeerCertificates(chain: [certificate], path: [], verdict: .expired)
            let record = try record(3, selector, matching, certificate)
            #expect(TLSAVerdict.of([record], peer: peer, at: now) == .matched(record))
            let other = PeerCertificates(chain: [try stock.second.read, certificate], path: [], verdict: .valid)
            #expect(TLSAVerdict.of([record], peer: other, at: now) == .mismatched)
        }
    }

    @Test("RFC 6698 §2.1.1: DANE-TA trusts an authority of the chain, and the names still count")
    func trustAnchor() throws {
        let stock = try Stock.get()
        let (leaf, middle) = (try stock.behind.read, try stock.intermediate.read)
        let peer = PeerCertificates(chain: [leaf, middle], path: [], verdict: .unknownIssuer)
        for (selector, matching) in [(0, 0), (0, 1), (1, 1), (1, 2), (1, 0)] as [(UInt8, UInt8)] {
            let record = try record(2, selector, matching, middle)
            #expect(TLSAVerdict.of([record], peer: peer, at: now) == .matchedIfNamed(record))
            #expect(TLSAVerdict.of([record], peer: peer, at: middle.validity.upperBound + 1) == .mismatched)
        }
        // The authority stands in the record alone.
        let bare = PeerCertificates(chain: [leaf], path: [], verdict: .unknownIssuer)
        let whole = try record(2, 0, 0, middle)
        #expect(TLSAVerdict.of([whole], peer: bare, at: now) == .matchedIfNamed(whole))
        #expect(TLSAVerdict.of([try record(2, 1, 1, middle)], peer: bare, at: now) == .mismatched)
        // An authority that is sent along but did not sign.
        let foreign = PeerCertificates(chain: [leaf, try stock.stranger.root.read], path: [], verdict: .unknownIssuer)
        #expect(TLSAVerdict.of([try record(2, 0, 1, stock.stranger.root.read)], peer: foreign, at: now) == .mismatched)
        // The leaf itself is no authority.
        #expect(TLSAVerdict.of([try record(2, 0, 1, leaf)], peer: peer, at: now) == .mismatched)
    }

    @Test("RFC 6698 §2.1.1: the PKIX usages ask for a valid chain besides")
    func constraints() throws {
        let stock = try Stock.get()
        let (leaf, root) = (try stock.peer.read, try stock.authority.root.read)
        let valid = PeerCertificates(chain: [leaf], path: [leaf, root], verdict: .valid)
        let invalid = PeerCertificates(chain: [leaf], path: [leaf, root], verdict: .expired)
        for record in [try record(1, 1, 1, leaf), try record(0, 0, 1, root)] {
            #expect(TLSAVerdict.of([record], peer: valid, at: now) == .matchedIfNamed(record))
            #expect(TLSAVerdict.of([record], peer: invalid, at: now) == .mismatched)
        }
        #expect(TLSAVerdict.of([try record(0, 0, 1, leaf)], peer: valid, at: now) == .mismatched)
    }

    @Test("RFC 7673 §4.1: without usable records the usual checks decide; one that agrees is enough")
    func several() throws {
        let stock = try Stock.get()
        let peer = PeerCertificates(chain: [try stock.peer.read], path: [], verdict: .valid)
        #expect(TLSAVerdict.of([], peer: peer, at: now) == .unusable)
        let (wrong, right) = (try record(3, 1, 1, stock.second.read), try record(3, 1, 1, stock.peer.read))
        #expect(TLSAVerdict.of([wrong, right], peer: peer, at: now) == .matched(right))
        let bare = PeerCertificates(chain: [], path: [], verdict: .noCertificate)
        #expect(TLSAVerdict.of([right], peer: bare, at: now) == .mismatched)
    }
}
