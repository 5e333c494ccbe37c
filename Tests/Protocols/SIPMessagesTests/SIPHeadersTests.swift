import Addressing
import MIME
import SIPMessages
import Testing

@Suite("SIPHeaders")
struct SIPHeadersTests {
    @Test("SIP-PRS-006 RFC 3261 §7.3.1: combined and repeated values keep their order")
    func combinedValues() throws {
        let headers = try options(
            """
            Route: <sip:a;lr>, <sip:b;lr>
            Route: <sip:c;lr>
            Contact: "x, <y>" <sip:d@h>;q=0.5 , <sip:e@h;a=1,2>;expires=99
            """
        ).headers
        #expect(try headers.addresses(.route).map { text($0.uriBytes) } == ["sip:a;lr", "sip:b;lr", "sip:c;lr"])
        let contacts = try headers.addresses(.contact)
        #expect(contacts.map(\.displayName) == ["x, <y>", nil])
        #expect(contacts.map(\.weight) == [500, nil])
        #expect(contacts[1].expires == 99)
        #expect(text(contacts[1].uriBytes) == "sip:e@h;a=1,2")
    }

    @Test("SIP-PRS-014 SIP-PRS-015 RFC 3261 §25.1: names and addresses")
    func nameAddresses() throws {
        func from(_ value: String) throws -> NameAddress {
            try request("OPTIONS sip:h SIP/2.0\nFrom: \(value)\n\n").headers.from()
        }
        let old = try from("sip:+1972@gw;unknownparam;tag=a")
        #expect(text(old.uriBytes) == "sip:+1972@gw")
        #expect(old.parameters.has("unknownparam"))
        #expect(old.tag == "a")
        #expect(!old.isBracketed)
        let name = try from(#""J \"R\" é\\" <sip:j@h;gr=x>;gr=urn:uuid:1;TAG=b"#)
        #expect(name.displayName == #"J "R" é\"#)
        #expect(name.parameters["gr"]?.value == "urn:uuid:1")
        #expect(name.sipURI?.parameter("gr") == .value("x"))
        #expect(name.tag == "b")
        #expect(try from("<sip:j@h>;tag=a;tag=b").tag == "a")
        #expect(try from("<sip:j@h>;tag;tag=b").tag == nil)
        #expect(try from("José Núñez <sip:j@h>").displayName == "José Núñez")
        #expect(try from(#""" <sip:j@h>"#).displayName == nil)
        #expect(try from("\"a\n b\" <sip:j@h>").displayName == "a b")
        #expect(try from("<tel:+1>").uri().scheme == "tel")
        #expect(try from("<im:j@h>").uri().scheme == "im")
        for bad in [
            #""open <sip:j@h>"#, "<sip:j@h", "sip:j@h>", "< sip:j@h>", "<sip:j@h >", "<>", "", "*", "j@h",
            "a, b <sip:j@h>",
            "<sip:j@h>;;", "<sip:j@h>;=x", "<sip:j@h> x", "<sip:j@h>, <sip:k@h>", #""a" sip:j@h"#, "sip:j@h?x=y",
            "<<sip:j@h>>", "<sip:j@h>;a=\"open",
        ] {
            #expect(throws: SIPError.self, "\(bad)") { try from(bad) }
        }
    }

    @Test("SIP-PRS-018 RFC 3261 §20.42: Via")
    func via() throws {
        func via(_ value: String) throws -> Via {
            try request("OPTIONS sip:h SIP/2.0\nVia: \(value)\n\n").headers.topVia()
        }
        let odd = try via("SIP  / 2.0  / UNKNOWN  [2001:db8::9:1]:6050 ; branch= z9hG4bKx ; rport")
        #expect(odd.transport == "UNKNOWN")
        #expect(odd.host == "[2001:db8::9:1]")
        #expect(odd.port == 6_050)
        #expect(odd.branch == "z9hG4bKx")
        #expect(odd.hasTransactionBranch)
        #expect(odd.hasResponsePort)
        #expect(odd.responsePort == nil)
        #expect(odd.isSent(from: "2001:db8:0:0:0:0:9:1"))
        #expect(!odd.isSent(from: "2001:db8::9:2"))
        let full = try via("SIP/2.0/UDP h : 5061;ttl=16;maddr=224.2.0.1;received=192.0.2.1;rport=9;x=\"a;b,c\"")
        #expect(full.port == 5_061)
        #expect(full.ttl == 16)
        #expect(full.maddr == "224.2.0.1")
        #expect(full.received == "192.0.2.1")
        #expect(full.responsePort == 9)
        #expect(full.parameters["x"]?.value == "a;b,c")
        #expect(full.branch == nil)
        let twice = try via("SIP/2.0/UDP h;branch;Branch=z9hG4bKx;branch=y;RPORT")
        #expect(twice.branch == "z9hG4bKx")
        #expect(twice.hasResponsePort)
        #expect(text(twice.rawValue) == "SIP/2.0/UDP h;branch;Branch=z9hG4bKx;branch=y;RPORT")
        #expect(try !via("SIP/2.0/UDP h;branch=z9hG4bK").hasTransactionBranch)
        #expect(try !via("SIP/2.0/UDP h;branch=Z9HG4BKxyz").hasTransactionBranch)
        for bad in [
            "SIP/2.0/UDP", "SIP/2.0 h", "SIP/2.0/UDPh:5060", "SIP/2.0/UDP h:", "SIP/2.0/UDP h:65536",
            "SIP/2.0/UDP [::1",
            "SIP/2.0/UDP h;;branch=x", "SIP/2.0/UDP h;", "",
        ] {
            #expect(throws: SIPError.self, "\(bad)") { try via(bad) }
        }
    }

    @Test("RFC 3261 §20.1, §20.5, §20.32, §20.37: lists of tokens")
    func lists() throws {
        let headers = try options(
            """
            Allow: INVITE, ACK,,MESSAGE
            Require: foo , Bar
            Require: baz
            Supported:
            Accept: text/plain;q=0.5, application / cpim+xml;level=1, */*;q=0
            Event: presence;id=7
            Subscription-State: active;expires=599
            Privacy: id;User
            Content-Language: en, de-CH
            Content-Encoding: gzip
            """
        ).headers
        #expect(headers.allow == [.invite, .ack, .message])
        #expect(headers.list(.require) == ["foo", "Bar", "baz"])
        #expect(headers.list(.supported) == [])
        #expect(headers.has(.supported))
        #expect(headers.list(.contentLanguage) == ["en", "de-CH"])
        #expect(headers.list(.contentEncoding) == ["gzip"])
        let accept = try headers.tokens(.accept)
        #expect(accept.map(\.name) == ["text/plain", "application/cpim+xml", "*/*"])
        #expect(accept.map(\.weight) == [500, 1_000, 0])
        #expect(accept[1].parameters["level"]?.value == "1")
        #expect(try headers.event()?.package == "presence")
        #expect(try headers.event()?.id == "7")
        #expect(try headers.tokens(.subscriptionState)[0].parameters["expires"]?.value == "599")
        #expect(headers.privacy == ["id", "user"])
        #expect(try options("X: y").headers.allow == nil)
    }

    @Test("RFC 3261 §20.19, §20.22, §20.23, §20.33: numbers")
    func numbers() throws {
        let headers = try options(
            "Expires: 99999999999999999999\nMax-Forwards: 256\nMin-Expires: 60\nRetry-After: 18000 (a (nested) one) ;duration=3600"
        ).headers
        #expect(headers.expires == UInt32.max)
        #expect(headers.maxForwards == nil)
        #expect(headers.minExpires == 60)
        #expect(headers.retryAfter == RetryAfter(seconds: 18_000, duration: 3_600))
        #expect(try options("Expires: -1").headers.expires == nil)
        #expect(try options("Retry-After: soon").headers.retryAfter == nil)
    }

    @Test("RFC 3261 §20.43: Warning")
    func warnings() throws {
        let headers = try options(
            #"Warning: 307 isi.edu "Session parameter 'foo', not understood", 399 h:5060 "a\"b""#
        ).headers
        #expect(
            try headers.warnings() == [
                SIPWarning(code: 307, agent: "isi.edu", text: "Session parameter 'foo', not understood"),
                SIPWarning(code: 399, agent: "h:5060", text: #"a"b"#),
            ]
        )
        #expect(throws: SIPError.self) { try options("Warning: 1812 overture \"In Progress\"").headers.warnings() }
    }

    @Test("RFC 3261 §20.17: Date both ways")
    func dates() {
        for (text, seconds) in [
            ("Sat, 13 Nov 2010 23:29:00 GMT", Int64(1_289_690_940)), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199), ("Wed, 31 Dec 1969 23:59:59 GMT", -1),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799), ("Mon, 01 Mar 1999 00:00:00 GMT", 920_246_400),
        ] {
            #expect(SIPDate(bytes: Array(text.utf8)[...])?.secondsSince1970 == seconds)
            #expect(SIPDate(secondsSince1970: seconds).description == text)
        }
        for bad in [
            "Fri, 01 Jan 2010 16:00:00 EST", "Fri, 32 Jan 2010 16:00:00 GMT", "Fri, 29 Feb 2010 16:00:00 GMT",
            "Fri, 1 Jan 2010 16:00:00 GMT", "Fri, 01 Foo 2010 16:00:00 GMT", "Fri, 01 Jan 2010 24:00:00 GMT", "",
        ] {
            #expect(SIPDate(bytes: Array(bad.utf8)[...]) == nil, "\(bad)")
        }
    }

    @Test("RFC 3261 §20.7, §20.44: credentials and challenges")
    func authentication() throws {
        let headers = try options(
            """
            Authorization: Digest username="Al\\"ice", realm="a, b", NC=00000001, qop=auth
            WWW-Authenticate: Digest realm="r", algorithm=SHA-256, nonce="n=="
            WWW-Authenticate: Digest realm="r", algorithm=MD5
            Proxy-Authorization: NoOneKnowsThisScheme opaque-data=here
            """
        ).headers
        let credentials = headers.authentication(.authorization)
        #expect(credentials.first?.scheme == "Digest")
        #expect(credentials.first?["username"] == "Al\"ice")
        #expect(credentials.first?["realm"] == "a, b")
        #expect(credentials.first?["nc"] == "00000001")
        #expect(credentials.first?.parameters.map(\.isQuoted) == [true, true, false, false])
        #expect(headers.authentication(.wwwAuthenticate).map { $0["algorithm"] } == ["SHA-256", "MD5"])
        #expect(headers.authentication(.wwwAuthenticate)[0]["nonce"] == "n==")
        #expect(headers.authentication(.proxyAuthorization)[0]["opaque-data"] == "here")
    }

    @Test("RFC 3261 §20.11, §20.15: content fields")
    func content() throws {
        let headers = try options("c: Text/Plain ;\n charset=UTF-8\nContent-Disposition: render;handling=Optional")
            .headers
        #expect(try headers.contentType()?.is("text", "plain") == true)
        #expect(try headers.contentType()?.charset == "utf-8")
        #expect(headers.isBodyOptional)
        #expect(try !options("Content-Disposition: render;handling=required").headers.isBodyOptional)
        #expect(throws: SIPError.self) { try options("Content-Type: text").headers.contentType() }
    }

    @Test("RFC 3325 §9.1: P-Asserted-Identity lists addresses")
    func assertedIdentity() throws {
        let headers = try options("P-Asserted-Identity: \"A\" <sip:a@ims.test>, <tel:+1555>").headers
        #expect(try headers.addresses(.assertedIdentity).map { try $0.uri().scheme } == ["sip", "tel"])
        #expect(headers.isContactWildcard == false)
        #expect(try options("Contact: *").headers.isContactWildcard)
        #expect(try options("m: *").headers.addresses(.contact).isEmpty)
    }
}
