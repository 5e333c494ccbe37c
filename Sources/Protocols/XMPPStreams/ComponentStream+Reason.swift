import XMLStreams

extension ComponentStream.Reason {
    /// A stable word for records; the condition where the server named one.
    public var code: String {
        switch self {
        case .finished: "finished"
        case .serverClosed: "server-closed"
        case .serverFault(let fault), .protocolFault(let fault, _): fault.condition.rawValue
        case .unreadable(let error): error.code.rawValue
        case .handshakeTimeout: "handshake-timeout"
        case .pingTimeout: "ping-timeout"
        case .connectionLost: "connection-lost"
        }
    }

    /// A sentence for people, with what the server said.
    public var sentence: String {
        switch self {
        case .finished: "the gateway ended the stream"
        case .serverClosed: "the server ended the stream"
        case .serverFault(let fault):
            "the server ended the stream with \(fault.condition.rawValue)" + (fault.text.map { ": \($0)" } ?? "")
        case .protocolFault(_, let what): what
        case .unreadable(let error): "the server's bytes are no stream, \(error)"
        case .handshakeTimeout: "the server did not accept the handshake in time"
        case .pingTimeout: "the server did not answer a ping in time"
        case .connectionLost: "the connection is gone"
        }
    }
}
