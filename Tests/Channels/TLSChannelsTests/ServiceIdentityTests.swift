import Testing

@testable import TLSChannels

@Suite("ServiceIdentity")
struct ServiceIdentityTests {
    private func names(
        dns: [String] = [],
        srv: [String] = [],
        xmpp: [String] = [],
        uris: [String] = [],
        common: [String] = []
    ) -> CertificateNames {
        var names = CertificateNames()
        names.dnsNames = dns
        names.srvNames = srv
        names.xmppAddresses = xmpp
        names.uris = uris
        names.commonNames = common
        names.hasAlternativeNames = !(dns + srv + xmpp + uris).isEmpty
        return names
    }

    @Test(
        "RFC 6125 §6.4.3: a wildcard is the whole left-most label and stands for one label",
        arguments: [
            ("*.peer.example", "a.peer.example", true), ("*.PEER.example", "A.peer.EXAMPLE", true),
            ("*.peer.example", "peer.example", false), ("*.peer.example", "a.b.peer.example", false),
            ("w*.peer.example", "www.peer.example", false), ("*w.peer.example", "www.peer.example", false),
            ("a.*.example", "a.peer.example", false), ("*", "example", false), ("*.example", "peer.example", false),
            ("*.*.example", "a.peer.example", false), ("*.peer.example", ".peer.example", false),
            ("*.2.0.192", "1.2.0.192", false), ("*.peer.example.", "a.peer.example", true),
            ("*.peer.example", "xn--mnchen-3ya.peer.example", true),
            ("xn--*.peer.example", "xn--a.peer.example", false),
        ]
    )
    func wildcards(presented: String, domain: String, matches: Bool) {
        #expect(ServiceIdentity.xmpp(domain, .server).check(names(dns: [presented])).isMatch == matches)
        #expect(ServiceIdentity.host(domain).check(names(dns: [presented])).isMatch == matches)
    }

    @Test(
        "RFC 6125 §6.4.1: names compare label by label without regard to case",
        arguments: [
            ("peer.example", "peer.example", true), ("PEER.Example", "peer.example", true),
            ("peer.example.", "peer.example", true), ("peer.example", "peer.example.", true),
            ("peer.example", "apeer.example", false), ("a.peer.example", "peer.example", false),
            ("peer.example", "a.peer.example", false), ("peer..example", "peer..example", false), ("", "", false),
            ("xn--mnchen-3ya.example", "XN--MNCHEN-3YA.example", true),
            ("münchen.example", "xn--mnchen-3ya.example", false),
            ("peer.example\n", "peer.example", false),
        ]
    )
    func names(presented: String, domain: String, matches: Bool) {
        #expect(ServiceIdentity.xmpp(domain, .server).check(names(dns: [presented])).isMatch == matches)
    }

    @Test(
        "RFC 6120 §13.7.1.2.1: an SRVName counts for its service alone",
        arguments: [
            ("_xmpp-server.peer.example", true), ("_XMPP-Server.peer.example", true),
            ("_xmpp-client.peer.example", false),
            ("_xmpps-server.peer.example", false), ("xmpp-server.peer.example", false), ("_xmpp-server", false),
            ("_xmpp-server.a.peer.example", false), ("_xmpp-server.", false),
        ]
    )
    func services(presented: String, matches: Bool) {
        let identity = ServiceIdentity.xmpp("peer.example", .server)
        #expect(identity.check(names(srv: [presented])).isMatch == matches)
        #expect(!ServiceIdentity.host("peer.example").check(names(srv: [presented])).isMatch)
        #expect(!ServiceIdentity.sip("peer.example").check(names(srv: [presented])).isMatch)
    }

    @Test("RFC 6120 §13.7.1.2.1: an SRVName may have a wildcard, and clients have a service of their own")
    func moreServices() {
        let wildcard = names(srv: ["_xmpp-server.*.peer.example"])
        #expect(ServiceIdentity.xmpp("a.peer.example", .server).check(wildcard).isMatch)
        #expect(!ServiceIdentity.xmpp("peer.example", .server).check(wildcard).isMatch)
        let client = names(srv: ["_xmpp-client.peer.example"])
        #expect(ServiceIdentity.xmpp("peer.example", .client).check(client).isMatch)
    }

    @Test(
        "RFC 6120 §13.7.1.4: an XmppAddr counts when it is the domain and nothing more",
        arguments: [
            ("peer.example", true), ("Peer.Example", true), ("juliet@peer.example", false), ("peer.example/a", false),
            ("*.peer.example", false), ("a.peer.example", false), ("@peer.example", false),
        ]
    )
    func addresses(presented: String, matches: Bool) {
        let check = ServiceIdentity.xmpp("peer.example", .server).check(names(xmpp: [presented]))
        #expect(check.isMatch == matches)
        #expect(!ServiceIdentity.xmpp("b.peer.example", .server).check(names(xmpp: ["*.peer.example"])).isMatch)
    }

    @Test("RFC 6125 §6.4.2: an XmppAddr may be written in Unicode")
    func internationalAddresses() {
        let identity = ServiceIdentity.xmpp("xn--mnchen-3ya.example", .server)
        #expect(identity.check(names(xmpp: ["münchen.example"]), unicode: "münchen.example").isMatch)
        #expect(!identity.check(names(xmpp: ["münchen.example"])).isMatch)
        #expect(!identity.check(names(dns: ["münchen.example"]), unicode: "münchen.example").isMatch)
    }

    @Test("RFC 6125 §6.4.4: a common name is no identity")
    func commonNames() {
        #expect(!ServiceIdentity.xmpp("peer.example", .server).check(names(common: ["peer.example"])).isMatch)
        #expect(!ServiceIdentity.host("peer.example").check(names(common: ["peer.example"])).isMatch)
        let other = names(dns: ["other.example"], common: ["peer.example"])
        #expect(
            ServiceIdentity.xmpp("peer.example", .server).check(other) == .mismatched(present: ["DNS:other.example"])
        )
    }

    @Test("RFC 6120 §13.7.2.1: the result tells which name it was")
    func results() {
        let all = names(dns: ["peer.example"], srv: ["_xmpp-server.peer.example"], xmpp: ["peer.example"])
        #expect(
            ServiceIdentity.xmpp("peer.example", .server).check(all)
                == .matched(MatchedName(kind: .srvName, text: "_xmpp-server.peer.example"))
        )
        let bare = PeerCertificates(chain: [], path: [], verdict: .noCertificate)
        #expect(bare.check(.xmpp("peer.example", .server)) == .mismatched(present: []))
        #expect(
            ServiceIdentity.host("other.example").check(all)
                == .mismatched(present: ["DNS:peer.example", "SRV:_xmpp-server.peer.example", "XMPP:peer.example"])
        )
    }

    @Test("RFC 5922 §7.1: SIP domains are hosts of sip URIs, else DNS names, else common names")
    func sipIdentities() {
        func texts(_ names: CertificateNames) -> [String] { ServiceIdentity.sipIdentities(of: names).map(\.text) }
        #expect(texts(names(dns: ["other.example"], uris: ["sip:example.com"])) == ["example.com"])
        #expect(texts(names(dns: ["other.example"], uris: ["SIP:example.com;transport=tls"])) == ["example.com"])
        #expect(texts(names(dns: ["other.example"], uris: ["sip:example.com:5061"])) == ["example.com"])
        #expect(
            texts(names(dns: ["other.example"], uris: ["sip:bob@example.com", "xmpp:example.com", "sips:example.com"]))
                == ["other.example"]
        )
        #expect(texts(names(dns: ["a.example", "b.example"], common: ["c.example"])) == ["a.example", "b.example"])
        #expect(texts(names(common: ["c.example", "Example Company"])) == ["c.example"])
        #expect(texts(names(uris: ["xmpp:example.com"], common: ["c.example"])) == [])
    }

    @Test(
        "RFC 5922 §7.2: SIP domains compare as whole names, without wildcards",
        arguments: [
            ("example.com", "EXAMPLE.COM", true), ("*.example.com", "sip.example.com", false),
            (".example.com", "sip.example.com", false), ("sip.example.com", "example.com", false),
        ]
    )
    func sipNames(presented: String, domain: String, matches: Bool) {
        #expect(ServiceIdentity.sip(domain).check(names(dns: [presented])).isMatch == matches)
    }
}
