import Testing
import XMLStreams
import XMPPStanzas

@testable import XMPPStreams

typealias Initiation = Driven<InitiatingStream>

/// What the peer's server answers with.
func answerHeader(_ id: String = "i1") -> String {
    "<?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' "
        + "xmlns:db='jabber:server:dialback' from='peer.example' to='gw.example' id='\(id)' version='1.0'>"
}

let openingHeader =
    "<?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' "
    + "xmlns:db='jabber:server:dialback' from='gw.example' to='peer.example' version='1.0' xml:lang='en'>"
let proceed = "<proceed xmlns='\(tls)'/>"
let bothOffers = "<stream:features>\(mechanisms)\(dialbackOffer)</stream:features>"
let dialbackOnly = "<stream:features>\(dialbackOffer)</stream:features>"
let managedOffer = "<stream:features><sm xmlns='urn:xmpp:sm:3'/></stream:features>"
let namedAuth = "<auth xmlns='\(sasl)' mechanism='EXTERNAL'>Z3cuZXhhbXBsZQ==</auth>"
let success = "<success xmlns='\(sasl)'/>"

enum Initiations {
    static func pair(_ remote: String = "peer.example", local: String = "gw.example") -> DomainPair {
        DomainPair(normalized: local, remote)
    }

    static func machine(
        purpose: InitiatingStream.Purpose = .stanzas,
        policy: StreamPolicy = StreamPolicy(),
        hasKeys: Bool = true,
        hasCertificate: Bool = true,
        redirects: Int = 0,
        session: StreamManagement? = nil,
        limits: StreamLimits = StreamLimits(idle: 3600 * second)
    ) -> InitiatingStream {
        InitiatingStream(
            pair(),
            for: purpose,
            policy: policy,
            keys: hasKeys ? .over("s3cr3tf0rd14lb4ck") : nil,
            hasCertificate: hasCertificate,
            nonces: .counting(from: 100),
            redirects: redirects,
            session: session,
            limits: limits
        )
    }

    /// Inside TLS, the peer's certificate judged.
    static func secured(
        _ machine: consuming InitiatingStream = machine(),
        verdict: CertificateVerdict = .proved(.pkix)
    ) -> Initiation {
        var stream = Initiation(machine)
        _ = stream.input(.connected(nil))
        _ = stream.bytes(answerHeader("i0") + tlsOffer)
        _ = stream.bytes(proceed)
        _ = stream.input(.secured(tlsFacts))
        _ = stream.input(.certificate("peer.example", verdict))
        _ = stream.bytes(answerHeader())
        return stream
    }

    static func authenticated(
        _ machine: consuming InitiatingStream = machine(),
        features: String = "<stream:features/>"
    ) -> Initiation {
        var stream = secured(machine)
        _ = stream.bytes(bothOffers)
        _ = stream.bytes(success)
        _ = stream.bytes(answerHeader("i2") + features)
        return stream
    }

    static func verified(
        _ machine: consuming InitiatingStream = machine(),
        offers: String = dialbackOnly
    ) -> Initiation {
        var stream = secured(machine)
        _ = stream.bytes(offers)
        _ = stream.bytes("<db:result from='peer.example' to='gw.example' type='valid'/>")
        return stream
    }

    static func key(_ stream: String, remote: String = "peer.example", local: String = "gw.example") -> String {
        DialbackKeys.over("s3cr3tf0rd14lb4ck")?.key(receiving: remote, originating: local, stream: stream) ?? ""
    }
}

func outbound(_ number: Int, from: String = "a@gw.example", to: String = "b@peer.example") -> [UInt8] {
    Array("<message from='\(from)' to='\(to)' id='\(number)'/>".utf8)
}
