import DequeModule
import NIOCore
import XMLStreams
import XMPPStreams

/// Reading: bytes wait until the machine wants them, and a peer that writes on meanwhile is not read.
extension ServerConnection where Machine: ~Copyable {
    /// Reads as far as the machine wishes.
    func read() {
        guard isReading else { return }
        isReading = false
        defer { isReading = true }
        defer { if isFull, unread.count < largestUnread { setReading() } }
        while !isClosed, machine.isReading {
            if let event = found.popFirst() {
                receive(.xml(event, leftover: !unread.isEmpty || !found.isEmpty))
                continue
            }
            guard !unread.isEmpty else { return }
            feed()
        }
    }

    private func feed() {
        let limit = machine.elementBytes
        if parser.limits.stanzaBytes != limit { parser.limits = Self.limits(limit) }
        let piece: ArraySlice<UInt8>
        if isFlowing {
            piece = unread
            unread = []
        } else {
            piece = StreamBytes.next(&unread)
        }
        var events: [XML.StreamEvent] = []
        do throws(XMLStreamError) {
            try parser.feed(piece, into: &events)
            found.append(contentsOf: events)
        } catch {
            // What was whole before the fault still counts.
            for event in events where !isClosed && machine.isReading {
                receive(.xml(event, leftover: true))
            }
            unread = []
            if !isClosed { receive(.unreadable(error)) }
        }
    }

    static func limits(_ elementBytes: Int) -> XML.Limits {
        var limits = XML.Limits()
        limits.stanzaBytes = elementBytes
        return limits
    }

    /// A peer that writes on while the machine waits for something is not read.
    func setReading() {
        isFull = unread.count >= largestUnread
        let mayRead = !isPaused && isWritable && !isFull
        channel.setOption(.autoRead, value: mayRead).whenComplete { _ in }
    }

    func readLater() {
        // A read that is under way goes on by itself.
        guard isReading, !isReadDue, !isClosed else { return }
        isReadDue = true
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        channel.eventLoop.execute {
            bound.value.isReadDue = false
            bound.value.read()
            bound.value.flush()
        }
    }
}
