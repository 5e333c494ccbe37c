import XMLStreams
import XMPPStanzas

/// What the server's words mean in each phase.
extension ComponentStream {
    mutating func header(_ event: XML.StreamEvent, _ digest: (String) -> String) -> [Action] {
        guard case .opened(let root) = event else { return misbehaved(.badFormat, "the server sent no stream header") }
        guard root.is("stream", XMPPNamespace.streams),
            root.declarations.contains(where: { $0.prefix.isEmpty && $0.namespace == XMPPNamespace.component })
        else { return misbehaved(.invalidNamespace, "the server's stream is not a component stream") }
        guard let id = root.attribute("id"), !id.isEmpty else {
            // A server that refuses the header may leave the id out; its reason follows.
            state = .unproved
            return []
        }
        state = .proving
        var writer = XML.Writer(inherited: XMPPNamespace.component)
        writer.element("handshake", nil, text: digest(id + secret))
        return [.send(writer.bytes)]
    }

    mutating func proof(_ event: XML.StreamEvent, _ now: UInt64) -> [Action] {
        switch event {
        case .element(let element):
            if let fault = StreamFault(reading: element) { return refusedBy(fault) }
            guard state == .proving, element.is("handshake", XMPPNamespace.component) else {
                return misbehaved(.notAuthorized, "the server sent something else than the answer to the handshake")
            }
            state = .open
            return [.open] + wake()
        case .closed:
            return [.send(StreamFault.endTag)] + end(.serverClosed)
        case .opened, .refused:
            return misbehaved(.notAuthorized, "the server sent something else than the answer to the handshake")
        }
    }

    mutating func content(_ event: XML.StreamEvent, _ now: UInt64) -> [Action] {
        switch event {
        case .element(let element):
            if let fault = StreamFault(reading: element) { return refusedBy(fault) }
            guard StanzaKind(element) != nil, element.isIn(XMPPNamespace.component) else {
                // Harmless: the server is trusted, and extensions may add elements.
                return []
            }
            if isAnswer(element) { return answered(now) }
            return [.deliver(element)]
        case .refused(let element, let error):
            return [.refuse(element, error)]
        case .closed:
            return [.send(StreamFault.endTag)] + end(.serverClosed)
        case .opened:
            return []
        }
    }

    /// Our end tag is sent; what the server sent before its own is still taken in.
    mutating func farewell(_ event: XML.StreamEvent) -> [Action] {
        switch event {
        case .element(let element):
            if StreamFault(reading: element) != nil { return end(.finished) }
            guard StanzaKind(element) != nil, element.isIn(XMPPNamespace.component) else { return [] }
            if isAnswer(element), let flight = barrier.flight { return confirmed(flight.number) }
            return [.deliver(element)]
        case .refused(let element, let error):
            return [.refuse(element, error)]
        case .closed:
            return end(.finished)
        case .opened:
            return []
        }
    }

    private mutating func refusedBy(_ fault: StreamFault) -> [Action] {
        [.send(StreamFault.endTag)] + end(.serverFault(fault))
    }

    private mutating func misbehaved(_ condition: StreamFault.Condition, _ what: String) -> [Action] {
        let fault = StreamFault(condition)
        return [.send(fault.closingBytes(content: XMPPNamespace.component))] + end(.protocolFault(fault, what))
    }
}
