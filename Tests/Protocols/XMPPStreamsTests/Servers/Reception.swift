import Testing
import XMLStreams
import XMPPStanzas

@testable import XMPPStreams

/// Numbers that count, so that ids are known.
struct CountingNumbers: RandomNumberGenerator {
    private var last: UInt64 = 0

    init(from start: UInt64 = 0) { last = start }

    mutating func next() -> UInt64 {
        last += 1
        return last
    }
}

extension StreamNonces {
    static func counting(from start: UInt64 = 0) -> StreamNonces {
        var numbers = CountingNumbers(from: start)
        return StreamNonces(using: &numbers)
    }
}

let tlsFacts = TLSFacts(version: "TLSv1.3", cipher: "TLS_AES_128_GCM_SHA256", hasCertificate: true)
let namelessFacts = TLSFacts(version: "TLSv1.3", cipher: "TLS_AES_128_GCM_SHA256", hasCertificate: false)
let tls = "urn:ietf:params:xml:ns:xmpp-tls"
let sasl = "urn:ietf:params:xml:ns:xmpp-sasl"
let startTLS = "<starttls xmlns='\(tls)'/>"
let external = "<auth xmlns='\(sasl)' mechanism='EXTERNAL'>=</auth>"

/// The actions as text, one a line, for transcripts that can be read.
func lines(_ actions: [StreamAction]) -> [String] {
    actions.map { action in
        switch action {
        case .send(let bytes): "send \(text(bytes))"
        case .startTLS(let domain): "startTLS \(domain)"
        case .restartParser: "restart"
        case .pause: "pause"
        case .resume: "resume"
        case .checkCertificate(let domain): "check \(domain)"
        case .verify(let request): "verify \(request.pair) \(request.stream) \(request.key)"
        case .verdict(let request, let verdict): "verdict \(request.pair) \(verdict)"
        case .established(let pair, let proof): "established \(pair) \(proof)"
        case .refused(let pair, let fault): "refused \(pair) \(fault)"
        case .deliver(let element, let arrival): "deliver \(element.name) \(arrival.number) \(arrival.pair)"
        case .bounce(let element, let error, let arrival):
            "bounce \(element.name) \(arrival.number) \(error?.condition.rawValue ?? "-")"
        case .confirm(let tokens): "confirm \(tokens)"
        case .reject(let token, let rejection): "reject \(token.map { "\($0)" } ?? "-") \(rejection)"
        case .findSession(let id): "find \(id)"
        case .resumed(let tokens): "resumed \(tokens)"
        case .wake(let time): "wake \(time)"
        case .close(let end): "close \(end.reason.code)"
        }
    }
}

/// A stream with its parser, driven as a connection drives it.
struct Driven<Machine: ServerStream & ~Copyable>: ~Copyable {
    var machine: Machine
    private var parser: XML.StreamParser
    /// True between `startTLS` and the handshake: bytes are not XML.
    private var isShaking = false
    private var backlog: ArraySlice<UInt8> = []
    private(set) var wakeAt: UInt64?
    private(set) var end: StreamEnd?
    private(set) var log: [String] = []

    init(_ machine: consuming Machine) {
        self.machine = machine
        parser = XML.StreamParser()
    }

    /// Feeds bytes as one read; what may not be read yet waits.
    mutating func bytes(_ text: String, now: UInt64 = 0) -> [StreamAction] {
        let read = Array(text.utf8)
        backlog += read
        return input(.heard(bytes: read.count), now: now)
    }

    /// Puts bytes where they wait to be read.
    mutating func hold(_ bytes: [UInt8]) { backlog += bytes }

    /// Hands over what happened, and then what may be read.
    mutating func input(_ input: StreamInput, now: UInt64 = 0) -> [StreamAction] {
        var all = one(input, now: now)
        while !backlog.isEmpty, end == nil, !isShaking, machine.isReading {
            let piece = StreamBytes.next(&backlog)
            var events: [XML.StreamEvent] = []
            var failure: XMLStreamError?
            parser.limits.stanzaBytes = machine.elementBytes
            do throws(XMLStreamError) { try parser.feed(piece, into: &events) } catch { failure = error }
            for event in events { all += one(.xml(event, leftover: !backlog.isEmpty), now: now) }
            if let failure { all += one(.unreadable(failure), now: now) }
        }
        if isShaking || end != nil { backlog = [] }
        return all
    }

    private mutating func one(_ input: StreamInput, now: UInt64) -> [StreamAction] {
        if case .secured = input { isShaking = false }
        let actions = machine.receive(input, now: now)
        for action in actions {
            switch action {
            case .restartParser: parser = XML.StreamParser()
            case .startTLS: isShaking = true
            case .wake(let time): wakeAt = time
            case .close(let end): self.end = end
            default: break
            }
        }
        log += lines(actions)
        return actions
    }

    /// Without timers, which are tested apart.
    mutating func says(_ text: String, now: UInt64 = 0) -> [String] {
        lines(bytes(text, now: now)).filter { !$0.hasPrefix("wake ") }
    }

    mutating func does(_ input: StreamInput, now: UInt64 = 0) -> [String] {
        lines(self.input(input, now: now)).filter { !$0.hasPrefix("wake ") }
    }
}

typealias Reception = Driven<ReceivingStream>

let gateway = HostedDomains("gw.example", others: ["second.example"], retired: ["old.example"])
let firstID = "00000000000000010000000000000002"
let secondID = "00000000000000030000000000000004"
let thirdID = "00000000000000050000000000000006"

func ourHeader(_ id: String, from: String = "gw.example", to: String? = "peer.example") -> String {
    "<?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' "
        + "xmlns:db='jabber:server:dialback' from='\(from)' " + (to.map { "to='\($0)' " } ?? "")
        + "id='\(id)' version='1.0' xml:lang='en'>"
}

func faultText(_ condition: String, _ extra: String = "") -> String {
    "<stream:error><\(condition) xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>\(extra)</stream:error></stream:stream>"
}

let tlsOffer = "<stream:features><starttls xmlns='\(tls)'><required/></starttls></stream:features>"
let dialbackOffer = "<dialback xmlns='urn:xmpp:features:dialback'><errors/></dialback>"
let mechanisms = "<mechanisms xmlns='\(sasl)'><mechanism>EXTERNAL</mechanism></mechanisms>"

enum Receptions {
    static func machine(
        policy: StreamPolicy = StreamPolicy(),
        limits: StreamLimits = StreamLimits(),
        hosts: HostedDomains = gateway
    ) -> ReceivingStream {
        ReceivingStream(
            hosts: hosts,
            policy: policy,
            keys: .over("s3cr3tf0rd14lb4ck"),
            nonces: .counting(),
            limits: limits
        )
    }

    static func connected(policy: StreamPolicy = StreamPolicy(), limits: StreamLimits = StreamLimits()) -> Reception {
        var reception = Reception(machine(policy: policy, limits: limits))
        _ = reception.input(.connected(nil))
        return reception
    }

    /// Inside TLS, with features sent.
    static func secured(
        policy: StreamPolicy = StreamPolicy(),
        limits: StreamLimits = StreamLimits(),
        verdict: CertificateVerdict = .refused("self-signed"),
        facts: TLSFacts = tlsFacts
    ) -> Reception {
        var reception = connected(policy: policy, limits: limits)
        _ = reception.bytes(peerHeader)
        _ = reception.bytes(startTLS)
        _ = reception.input(.secured(facts))
        _ = reception.bytes(peerHeader)
        if facts.hasCertificate { _ = reception.input(.certificate("peer.example", verdict)) }
        return reception
    }

    /// Authenticated by SASL EXTERNAL, with features sent.
    static func authenticated(
        policy: StreamPolicy = StreamPolicy(),
        limits: StreamLimits = StreamLimits()
    ) -> Reception {
        var reception = secured(policy: policy, limits: limits, verdict: .proved(.pkix))
        _ = reception.bytes(external)
        _ = reception.bytes(peerHeader)
        return reception
    }

    /// Verified by dialback.
    static func verified(
        policy: StreamPolicy = StreamPolicy(),
        limits: StreamLimits = StreamLimits()
    ) throws -> Reception {
        var reception = secured(policy: policy, limits: limits, facts: namelessFacts)
        _ = reception.bytes("<db:result from='peer.example' to='gw.example'>k</db:result>")
        let request = try dialbackRequest("peer.example", key: "k")
        _ = reception.input(.verified(request, .valid))
        return reception
    }
}

func dialbackRequest(
    _ remote: String,
    local: String = "gw.example",
    stream: String = secondID,
    key: String
) throws -> DialbackRequest {
    DialbackRequest(pair: try DomainPair(local: local, remote: remote), stream: stream, key: key)
}
