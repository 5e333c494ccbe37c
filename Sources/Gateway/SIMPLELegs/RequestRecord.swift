import Interworking
import SIPTransactions

/// The identity of a request, as it is stored with its item.
///
/// Branch, Call-ID, From tag and CSeq are stored before the first send, so that a retry is the same request.
struct RequestRecord: Equatable {
    var branch: String
    var callID: String
    var fromTag: String
    var cseq: UInt32
    /// Where it goes.
    var destination: Destination
    /// The bare JID that stands for the recipient.
    var peer: String
    /// The recipient's domain.
    var domain: String
    /// How the message is carried.
    var carrier: Carrier

    /// A neighbor's socket, as `transport|address|port`.
    struct Destination: Equatable, CustomStringConvertible {
        var transport: SIPFlow.Transport
        var address: String
        var port: Int

        var description: String { transport.rawValue + "|" + address + "|" + String(port) }

        /// Where to send; the transport finds the socket.
        var flow: SIPFlow {
            SIPFlow(
                transport: transport,
                local: SIPFlow.noListener,
                remoteAddress: address,
                remotePort: port,
                connection: nil
            )
        }

        init(transport: SIPFlow.Transport, address: String, port: Int) {
            self.transport = transport
            self.address = address
            self.port = port
        }

        init?(_ text: String) {
            let bar = UInt8(ascii: "|")
            guard let first = text.utf8.firstIndex(of: bar), let last = text.utf8.lastIndex(of: bar), first < last,
                let transport = SIPFlow.Transport(rawValue: String(text[..<first])),
                let port = Int(text[text.utf8.index(after: last)...])
            else { return nil }
            self.init(transport: transport, address: String(text[text.utf8.index(after: first)..<last]), port: port)
        }
    }

    var bytes: [UInt8] {
        OriginText.encode([
            ("branch", branch), ("call-id", callID), ("from-tag", fromTag), ("cseq", String(cseq)),
            ("destination", destination.description), ("peer", peer), ("domain", domain), ("carrier", carrier.rawValue),
        ])
    }

    init(
        branch: String,
        callID: String,
        fromTag: String,
        cseq: UInt32,
        destination: Destination,
        peer: String,
        domain: String,
        carrier: Carrier
    ) {
        self.branch = branch
        self.callID = callID
        self.fromTag = fromTag
        self.cseq = cseq
        self.destination = destination
        self.peer = peer
        self.domain = domain
        self.carrier = carrier
    }

    init?(_ bytes: [UInt8]) {
        let pairs = OriginText.decode(bytes)
        guard let branch = pairs["branch"], let callID = pairs["call-id"], let tag = pairs["from-tag"],
            let cseq = pairs["cseq"].flatMap({ UInt32($0) }),
            let destination = pairs["destination"].flatMap({ Destination($0) }), let peer = pairs["peer"],
            let domain = pairs["domain"], let carrier = pairs["carrier"].flatMap({ Carrier(rawValue: $0) })
        else { return nil }
        self.init(
            branch: branch,
            callID: callID,
            fromTag: tag,
            cseq: cseq,
            destination: destination,
            peer: peer,
            domain: domain,
            carrier: carrier
        )
    }
}
