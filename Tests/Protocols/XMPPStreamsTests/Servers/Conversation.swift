import Testing
import XMLStreams
import XMPPStanzas

@testable import XMPPStreams

/// Two streams that talk to each other in memory, each with its own policy, on a clock that jumps to the next timer.
struct Conversation: ~Copyable {
    struct Terms: Sendable, CustomStringConvertible {
        var opening = StreamPolicy()
        var receiving = StreamPolicy()
        var hasKeys = true
        /// What the opening side's certificate is worth to the receiving side; nil for none.
        var openingVerdict: CertificateVerdict? = .proved(.pkix)
        /// What the receiving side's is worth.
        var receivingVerdict: CertificateVerdict? = .proved(.pkix)
        /// What the authoritative server says; nil for silence.
        var authority: DialbackVerdict? = .valid

        var description: String {
            func text(_ policy: StreamPolicy) -> String {
                "\(policy.usual.encryption) \(policy.usual.authentication) \(policy.isBidirectional ? "bidi" : "one") "
                    + (policy.hasStreamManagement ? "sm" : "-")
            }
            return "opens: \(text(opening)), \(openingVerdict.map { "\($0)" } ?? "no certificate"), keys \(hasKeys); "
                + "receives: \(text(receiving)), \(receivingVerdict.map { "\($0)" } ?? "no certificate"); "
                + "authority \(authority.map { "\($0)" } ?? "silent")"
        }
    }

    let terms: Terms
    var left: Initiation
    var right: Reception
    private var toRight: [UInt8] = []
    private var toLeft: [UInt8] = []
    private var leftShakes = false
    private var rightShakes = false
    private(set) var now: UInt64 = 0
    private var events: [(isLeft: Bool, StreamInput)] = []

    init(_ terms: Terms) {
        self.terms = terms
        left = Initiation(
            InitiatingStream(
                Initiations.pair("gw.example", local: "peer.example"),
                policy: terms.opening,
                keys: terms.hasKeys ? .over("s3cr3tf0rd14lb4ck") : nil,
                hasCertificate: terms.openingVerdict != nil,
                nonces: .counting(from: 100)
            )
        )
        right = Reception(Receptions.machine(policy: terms.receiving))
    }

    /// Until the pair is established on both sides, or both have ended; false when neither comes.
    mutating func run() -> Bool {
        carry(left.input(.connected(nil)), isLeft: true)
        carry(right.input(.connected(nil)), isLeft: false)
        for _ in 0..<400 {
            if left.end != nil && right.end != nil { return true }
            if !left.machine.established.isEmpty && toRight.isEmpty && toLeft.isEmpty && events.isEmpty { return true }
            step()
        }
        return false
    }

    /// Hands something to one side, and carries what follows until both are quiet.
    mutating func exchange(_ input: StreamInput, isLeft: Bool) {
        hand(input, isLeft: isLeft)
        for _ in 0..<100 where !(events.isEmpty && toRight.isEmpty && toLeft.isEmpty) { step() }
    }

    private mutating func step() {
        if let (isLeft, input) = events.first {
            events.removeFirst()
            hand(input, isLeft: isLeft)
        } else if !toRight.isEmpty {
            let bytes = text(toRight)
            toRight = []
            carry(right.bytes(bytes, now: now), isLeft: false)
        } else if !toLeft.isEmpty {
            let bytes = text(toLeft)
            toLeft = []
            carry(left.bytes(bytes, now: now), isLeft: true)
        } else if leftShakes && rightShakes {
            leftShakes = false
            rightShakes = false
            hand(.secured(terms.openingVerdict == nil ? namelessFacts : tlsFacts), isLeft: false)
            hand(.secured(terms.receivingVerdict == nil ? namelessFacts : tlsFacts), isLeft: true)
        } else if left.end != nil && right.end == nil {
            hand(.disconnected, isLeft: false)
        } else if right.end != nil && left.end == nil {
            hand(.disconnected, isLeft: true)
        } else {
            let leftWake = left.wakeAt.map { max($0, now) } ?? .max
            let rightWake = right.wakeAt.map { max($0, now) } ?? .max
            now = min(leftWake, rightWake)
            if leftWake == now { hand(.timer, isLeft: true) }
            if rightWake == now { hand(.timer, isLeft: false) }
        }
    }

    private mutating func hand(_ input: StreamInput, isLeft: Bool) {
        if isLeft {
            carry(left.input(input, now: now), isLeft: true)
        } else {
            carry(right.input(input, now: now), isLeft: false)
        }
    }

    private mutating func carry(_ actions: [StreamAction], isLeft: Bool) {
        for action in actions {
            switch action {
            case .send(let bytes):
                if isLeft { toRight += bytes } else { toLeft += bytes }
            case .startTLS:
                if isLeft { leftShakes = true } else { rightShakes = true }
            case .checkCertificate(let domain):
                let verdict = isLeft ? terms.receivingVerdict : terms.openingVerdict
                events.append((isLeft, .certificate(domain, verdict ?? .refused("there is none"))))
            case .verify(let request):
                let keys = DialbackKeys.over("s3cr3tf0rd14lb4ck")
                let isOwn = keys?.isValid(
                    request.key,
                    receiving: request.pair.local,
                    originating: request.pair.remote,
                    stream: request.stream
                )
                #expect(isOwn == true)
                if let authority = terms.authority { events.append((isLeft, .verified(request, authority))) }
            case .findSession: events.append((isLeft, .session(nil)))
            default: break
            }
        }
    }
}
