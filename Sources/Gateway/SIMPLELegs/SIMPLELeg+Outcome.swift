import BridgeCore
import Interworking
import MIME
import MappingTables
import SIPMessages
import SIPTransactions

extension SIMPLELeg {
    /// How many answered requests that go again are remembered.
    private static let answeredCapacity = 10_000

    /// A request failed: the error table says what may be done, where nothing else comes before it.
    ///
    /// Source: RFC 3261 §8.1.3.
    func failed(_ carried: Carried, _ failure: RequestFailure, instead: Failure.Retry? = nil) {
        let retry = instead ?? retry(carried, failure)
        let report: OutcomeReport
        var bytes: [UInt8] = []
        switch failure {
        case .response(let response):
            report = OutcomeReport(protocolCode: String(response.status), text: response.reason)
            bytes = Array(response.bytes)
            remember(carried, retry)
        case .timeout: report = OutcomeReport(protocolCode: "timeout", text: "no final response came in time")
        case .transport: report = OutcomeReport(protocolCode: "transport", text: "the request could not be sent")
        }
        host.failed(carried.id, Failure(report: report, retry: retry, response: bytes))
    }

    private func retry(_ carried: Carried, _ failure: RequestFailure) -> Failure.Retry {
        let errors = ErrorTranslator(generation: host.tables(of: carried.id))
        let verdict = errors.verdict(for: failure, peer: carried.record.domain)
        let after = verdict?.retryAfter
        switch verdict?.words.retry ?? .never {
        case .never: return .never
        case .backoff: return .backoff(after: after)
        case .hop: return .hop(after: after)
        case .asPlainText: return plainText(carried, failure)
        }
    }

    /// The text of the message alone, for a recipient that does not read Message/CPIM, or not what stands beside the text.
    ///
    /// Source: RFC 3261 §21.4.13.
    private func plainText(_ carried: Carried, _ failure: RequestFailure) -> Failure.Retry {
        guard !carried.isReceipt else { return .never }
        if carried.record.carrier == .cpim {
            // What the envelope holds is refused then, and stays the same without it.
            if case .response(let response) = failure, response.headers.accepts(.cpim) { return .never }
            host.learned(carried.record.peer, readsCPIM: false, shape: nil)
        } else if !Self.isMultipart(carried.wire) {
            return .never
        }
        // What it has named before holds no more; without Accept nothing takes its place.
        if case .response(let response) = failure {
            host.learned(carried.record.peer, accepts: response.headers.acceptedTypes)
        }
        guard let cargo = host.rendering(of: carried.id, plainText: true) else { return .never }
        return .rendering(wire: cargo.wire, identity: cargo.identity)
    }

    private static func isMultipart(_ wire: [UInt8]) -> Bool {
        guard case .request(let request)? = try? SIPReader.read(datagram: wire) else { return false }
        return request.headers.text(.contentType)?.lowercased().hasPrefix("multipart/") ?? false
    }

    /// The same request by datagram, where TCP was refused that only its size asked for; nil when it was not.
    ///
    /// Source: RFC 3261 §18.1.1.
    func asDatagram(_ carried: Carried) -> Failure.Retry? {
        var record = carried.record
        guard record.destination.transport == .tcp, carried.wire.count <= Self.longestDatagram,
            let route = settings.routes[record.domain], route.transport == "udp"
        else { return nil }
        record.branch = freshBranch()
        record.destination.transport = .udp
        let wire = Self.rewritten(
            carried.wire,
            branch: record.branch,
            transport: "UDP",
            sentBy: sentBy(.udp, for: route)
        )
        return wire.map { .rendering(wire: $0, identity: record.bytes) }
    }

    /// The most that goes by datagram, with room for another Via, in bytes.
    private static let longestDatagram = 65_000

    /// Keeps in mind that the server knows this request's answer.
    private func remember(_ carried: Carried, _ retry: Failure.Retry) {
        switch retry {
        case .backoff, .hop:
            if answered.count >= Self.answeredCapacity { answered.removeAll(keepingCapacity: true) }
            answered[carried.id] = carried.record.branch
        case .never, .rendering: break
        }
    }
}
