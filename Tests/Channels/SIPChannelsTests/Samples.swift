import Loopback
import NIOCore
import SIPChannels
import SIPMessages
import SIPTransactions
import Testing

/// A request as it stands on the wire, with a body of that many bytes.
func request(_ callID: String, via: String = "SIP/2.0/TCP 127.0.0.1:9", bodyBytes: Int = 2) -> String {
    let lines = [
        "MESSAGE sip:romeo@example.net SIP/2.0",
        "Via: \(via);branch=z9hG4bK\(callID)",
        "From: <sip:juliet@example.com>;tag=f",
        "To: <sip:romeo@example.net>",
        "Call-ID: \(callID)",
        "CSeq: 1 MESSAGE",
        "Content-Type: text/plain",
        "Content-Length: \(bodyBytes)",
    ]
    return lines.joined(separator: "\r\n") + "\r\n\r\n" + String(repeating: "x", count: bodyBytes)
}

/// An answer to it.
func response(_ callID: String) -> String {
    let lines = [
        "SIP/2.0 200 OK",
        "Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bK\(callID)",
        "From: <sip:juliet@example.com>;tag=f",
        "To: <sip:romeo@example.net>;tag=t",
        "Call-ID: \(callID)",
        "CSeq: 1 MESSAGE",
        "Content-Length: 0",
    ]
    return lines.joined(separator: "\r\n") + "\r\n\r\n"
}

/// A flow to a port where there is no connection yet.
func flow(_ transport: SIPFlow.Transport, to port: Int, host: String = "127.0.0.1") -> SIPFlow {
    SIPFlow(transport: transport, local: 0, remoteAddress: host, remotePort: port, connection: nil)
}

extension TestedTransport {
    /// The next event, which must be a request.
    func nextRequest() async throws -> (request: SIPRequest, flow: SIPFlow) {
        let event = try await events.next()
        guard case .message(.request(let request), let flow) = event else {
            throw Unexpected(event: event)
        }
        return (request, flow)
    }

    /// The next event, which must be bytes that are no message.
    func nextMalformed() async throws -> (error: SIPError, flow: SIPFlow) {
        let event = try await events.next()
        guard case .malformed(let error, let flow) = event else { throw Unexpected(event: event) }
        return (error, flow)
    }

    /// The next event, which must be the end of a connection that a peer made.
    func nextEnd() async throws -> SIPFlow {
        let event = try await events.next()
        guard case .ended(let flow) = event else { throw Unexpected(event: event) }
        return flow
    }

    /// The next event, which must be a failure.
    func nextFailure() async throws -> (flow: SIPFlow, reason: String) {
        let event = try await events.next()
        guard case .failed(let flow, let reason) = event else { throw Unexpected(event: event) }
        return (flow, reason)
    }
}

/// Another event came.
struct Unexpected: Error {
    let event: SIPTransport.Event
}
