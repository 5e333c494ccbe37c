/// Scanner, libxml2 and the bytes that wait between them; shared by streams and documents.
struct ParserCore: ~Copyable {
    /// libxml2 is given at most this many bytes before its memory of names is looked at.
    private static let window = 16_384
    /// A first-level element of more bytes than this makes libxml2's buffers grow, which it keeps.
    private static let largeElement = 65_536

    private var scanner: TagScanner
    private var context: PushContext
    /// Bytes behind the last whole tag.
    private var held: [UInt8] = []
    private var offset = 0
    private var failure: XMLStreamError?
    private let skipsExcess: Bool
    private var skipped: (element: XML.Element?, error: XMLStreamError)?
    /// Bytes given to libxml2 since it was last between two elements.
    private var elementBytes = 0
    private var wantsReplacement = false
    /// How often libxml2's context was replaced; for tests and for operators.
    private(set) var replacements = 0

    init(kind: TagScanner.Kind, limits: XML.Limits, skipsExcess: Bool, keepsDeclarations: Bool = false) {
        scanner = TagScanner(kind: kind, limits: limits)
        context = PushContext(kind: kind, keepsDeclarations: keepsDeclarations)
        self.skipsExcess = skipsExcess
    }

    var limits: XML.Limits {
        get { scanner.limits }
        set { scanner.limits = newValue.clamped }
    }

    var isClosed: Bool { scanner.closed }

    /// True when nothing but a whole number of first-level elements was read.
    var isBetween: Bool { scanner.isBetween && held.isEmpty }

    /// How many bytes were read.
    var consumed: Int { offset }

    mutating func feed(
        _ bytes: UnsafeBufferPointer<UInt8>,
        into events: inout [XML.StreamEvent]
    ) throws(XMLStreamError) {
        if let failure { throw failure }
        var start = 0
        while start < bytes.count {
            let end = min(start + Self.window, bytes.count)
            if scanner.closed, scanner.kind == .stream { return }
            do throws(XMLStreamError) {
                let slice = unsafe UnsafeBufferPointer(rebasing: bytes[start..<end])
                try unsafe feedWindow(slice, into: &events)
            } catch {
                failure = error
                context.take(into: &events)
                throw error
            }
            start = end
        }
    }

    private mutating func feedWindow(
        _ bytes: UnsafeBufferPointer<UInt8>,
        into events: inout [XML.StreamEvent]
    ) throws(XMLStreamError) {
        let base = offset
        offset += bytes.count
        var index = 0
        // The first byte not yet given to libxml2, held or dropped.
        var pending = 0
        while index < bytes.count {
            let (wasSkipping, wasBetween) = (scanner.isSkipping, scanner.isBetween)
            let stop = unsafe scanner.scan(bytes, from: index, base: base, stopping: wantsReplacement)
            if !wasSkipping, let safe = scanner.safe {
                if wasBetween {
                    // White space, or a byte order mark whose first bytes may be gone: libxml2 needs neither.
                    while unsafe pending < safe && bytes[pending] != 0x3C && bytes[pending] != 0x26 { pending += 1 }
                }
                try unsafe give(bytes, pending, safe, base)
                pending = safe
            }
            context.take(into: &events)
            switch stop {
            case .exhausted:
                index = bytes.count
            case .boundary(let place):
                index = place
                if let (element, error) = skipped, wasSkipping {
                    skipped = nil
                    pending = place
                    events.append(.refused(element, error))
                }
            case .closed:
                return
            case .fault(let error, let place):
                guard skipsExcess, error.isExcess, scanner.canSkip else { throw error }
                skipped = (context.openElement, error)
                scanner.beginSkipping()
                context.replace()
                replacements += 1
                elementBytes = 0
                held.removeAll()
                index = place
                pending = place
            }
            replaceIfWanted()
        }
        if scanner.isSkipping || scanner.isBetween {
            // What an element that is passed over holds, or white space between elements.
            if !scanner.isSkipping, pending < bytes.count { held.removeAll(keepingCapacity: true) }
        } else if pending < bytes.count {
            unsafe held.append(contentsOf: bytes[pending...])
        }
    }

    /// Hands `bytes[from..<to]`, behind what is held, to libxml2.
    private mutating func give(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ from: Int,
        _ to: Int,
        _ base: Int
    ) throws(XMLStreamError) {
        let error: XMLStreamError?
        if held.isEmpty {
            let slice = unsafe UnsafeBufferPointer(rebasing: bytes[from..<to])
            error = unsafe context.feed(slice, offset: base + from)
            elementBytes += to - from
        } else {
            let start = base + from - held.count
            unsafe held.append(contentsOf: bytes[from..<to])
            elementBytes += held.count
            error = unsafe held.withUnsafeBufferPointer { unsafe context.feed($0, offset: start) }
            held.removeAll(keepingCapacity: held.capacity <= Self.window)
        }
        if let error { throw error }
    }

    /// Replaces the libxml2 context when it remembers too much, as soon as it is between two elements.
    private mutating func replaceIfWanted() {
        guard scanner.kind == .stream, !scanner.isSkipping else { return }
        if !wantsReplacement {
            wantsReplacement = elementBytes > Self.largeElement || context.isOverfull(scanner.limits)
        }
        guard context.depth == 1 else { return }
        elementBytes = 0
        guard wantsReplacement else { return }
        wantsReplacement = false
        context.replace()
        replacements += 1
    }
}
