import XMLStreams
import XMPPStanzas
import XMPPStreams

/// What comes from other servers, and when the ledger has it.
extension ServerStreams {
    /// Takes a stanza from a proved domain.
    func deliver(_ element: XML.Element, _ arrival: StanzaArrival, on arrivals: StreamArrivals) {
        count(arrival, on: arrivals)
        guard let link = links[arrival.pair.local] else { return }
        switch StanzaKind(element) {
        case .iq: answered(element, link, arrival.pair.remote)
        case .presence: link.exchangesPresence(with: arrival.pair.remote)
        case .message, nil: break
        }
        link.arriving = Voucher(peer: arrival.pair.remote, proof: arrival.proof.rawValue)
        leg.received(element, on: link)
        link.arriving = nil
    }

    /// Answers a stanza whose address is none.
    func bounce(_ element: XML.Element, _ error: StanzaError?, _ arrival: StanzaArrival, on arrivals: StreamArrivals) {
        count(arrival, on: arrivals)
        guard let error, let link = links[arrival.pair.local] else { return }
        link.arriving = Voucher(peer: arrival.pair.remote, proof: arrival.proof.rawValue)
        leg.answer(error, to: element, on: link)
        link.arriving = nil
    }

    func count(_ arrival: StanzaArrival, on arrivals: StreamArrivals) {
        if book.came(arrival.number, on: arrivals) { leg.host.scheduleFlush() }
    }

    /// The answer to a ping of ours comes on a stream of the peer's.
    private func answered(_ element: XML.Element, _ link: ServerLink, _ domain: String) {
        guard let type = element.attribute("type"), type == "result" || type == "error",
            let id = element.attribute("id"), let route = link.routes[domain], route.state == .open
        else { return }
        route.stream?.receive(.pong(id))
        wantsFlush(route)
    }

    /// What came in this turn goes to the ledger; its number is told back with ``stored(_:)``.
    func submit() -> UInt64? { book.submit() }

    /// The ledger has answered a submission.
    func stored(_ number: UInt64) { book.stored(number).tell() }
}
