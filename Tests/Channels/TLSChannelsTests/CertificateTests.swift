import TestAuthority
import Testing

@testable import TLSChannels

@Suite("Certificates")
struct CertificateTests {
    @Test("RFC 6120 §13.7.1.4: names are read from the decoded structure")
    func names() throws {
        let stock = try Stock.get()
        let issued = try stock.authority.issue(
            "names",
            names: [
                "DNS:a.example", "DNS:*.a.example", Stock.srv + "_xmpp-server.b.example",
                "otherName:1.3.6.1.5.5.7.8.5;FORMAT:UTF8,UTF8:münchen.example",
                Stock.xmpp + "juliet@b.example", "URI:sip:c.example", "IP:192.0.2.1", "email:x@example.com",
            ]
        )
        let certificate = try issued.read
        #expect(certificate.names.dnsNames == ["a.example", "*.a.example"])
        #expect(certificate.names.srvNames == ["_xmpp-server.b.example"])
        #expect(certificate.names.xmppAddresses == ["münchen.example", "juliet@b.example"])
        #expect(certificate.names.uris == ["sip:c.example"])
        #expect(certificate.names.commonNames == ["names"])
        #expect(certificate.names.hasAlternativeNames && certificate.names.malformedCount == 0)
        #expect(certificate.subject == "CN=names" && certificate.issuer == "CN=root.test")
        #expect(certificate.keyBits == 256 && !certificate.isAuthority)
        #expect(TLSCertificate(der: certificate.der) == certificate)
        #expect(TLSCertificate(der: certificate.der + [0]) == nil)
        #expect(TLSCertificate(der: Array(certificate.der.dropLast())) == nil)
        #expect(TLSCertificate(der: []) == nil)
        #expect(try stock.authority.root.read.isAuthority)
    }

    @Test("RFC 6125 §6.4.4: names with a NUL or of a wrong type are left out and counted")
    func malformedNames() throws {
        let stock = try Stock.get()
        // dNSName "good.ex\0evil.exe", and an XmppAddr that is an IA5String.
        let issued = try stock.authority.issue(
            "nul",
            extensions: [
                "basicConstraints=critical,CA:FALSE",
                "2.5.29.17=DER:30:12:82:10:67:6f:6f:64:2e:65:78:00:65:76:69:6c:2e:65:78:65",
            ]
        )
        let names = try issued.read.names
        #expect(names.dnsNames == [] && names.malformedCount == 1 && names.hasAlternativeNames)
        let wrong = try stock.authority.issue(
            "wrong-type",
            names: [
                "otherName:1.3.6.1.5.5.7.8.5;IA5STRING:peer.example", "otherName:1.3.6.1.5.5.7.8.7;UTF8:_xmpp-server.a",
            ]
        )
        let read = try wrong.read.names
        #expect(read.xmppAddresses == [] && read.srvNames == [] && read.malformedCount == 2)
    }

    @Test("RFC 5280 §6.1: a chain is judged at a moment against given anchors")
    func chains() throws {
        let stock = try Stock.get()
        let (root, middle) = (try stock.authority.root.read, try stock.intermediate.read)
        let now: Int64 = 1_800_000_000
        let leaf = try stock.behind.read
        func verdict(
            _ chain: [TLSCertificate],
            _ anchors: [TLSCertificate],
            at time: Int64 = now,
            depth: Int = 8
        )
            -> ChainVerdict
        {
            ChainVerification.verdict(of: chain, anchors: anchors, at: time, depth: depth)
        }
        #expect(verdict([leaf, middle], [root]) == .valid)
        #expect(verdict([leaf, root, middle], [root]) == .valid)
        #expect(verdict([leaf], [root]) == .unknownIssuer)
        #expect(verdict([leaf], [middle]) == .valid)
        #expect(verdict([leaf, middle], []) == .unknownIssuer)
        #expect(verdict([], [root]) == .noCertificate)
        #expect(verdict([leaf, middle], [root], at: leaf.validity.upperBound + 1) == .expired)
        #expect(verdict([leaf, middle], [root], at: leaf.validity.lowerBound - 1) == .notYetValid)
        #expect(verdict([leaf, middle], [root], depth: 0) == .tooLong)
        #expect(verdict([leaf, middle], [root], depth: 1) == .valid)
        #expect(verdict([try stock.selfSigned.read], [root]) == .selfSigned)
        #expect(verdict([try stock.selfSigned.read], [try stock.selfSigned.read]) == .valid)
        #expect(verdict([try stock.marked.read], [root]) == .authority)
        #expect(verdict([try stock.codeSigning.read], [root]) == .wrongPurpose)
        #expect(verdict([try stock.serverOnly.read], [root]) == .valid)
        #expect(verdict([try stock.weak.read], [root]) == .weak)
        // Issued by a certificate that may not sign.
        let usurped = try stock.authority.issue("usurped", names: ["DNS:peer.example"], by: stock.peer)
        #expect(verdict([try usurped.read, try stock.peer.read], [root]) == .wrongPurpose)
        var forged = leaf.der
        forged[forged.count - 1] ^= 1
        #expect(verdict([try #require(TLSCertificate(der: forged)), middle], [root]) == .badSignature)
    }

    @Test("Bytes that are altered are no certificate, or another one")
    func mutations() throws {
        let der = try Stock.get().behind.read.der
        for place in der.indices {
            var bytes = der
            bytes[place] ^= 0x41
            if let read = TLSCertificate(der: bytes) { #expect(read.der == bytes || read.der != der) }
        }
    }

    @Test("RFC 6120 §13.7.2.3: the first expiry of the path is known")
    func expiry() throws {
        let stock = try Stock.get()
        let short = try stock.authority.issue(
            "short",
            names: ["DNS:peer.example"],
            dates: ("20250101000000Z", "20300101000000Z")
        )
        let (client, _) = try SessionPair.make(shown: [short.credentials()]).established()
        #expect(client.certificates.expiry == 1_893_456_000)
        #expect(PeerCertificates(chain: [], path: [], verdict: .noCertificate).expiry == nil)
    }
}
