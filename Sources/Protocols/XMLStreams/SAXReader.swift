import CLibXML2

/// What libxml2's callbacks write to, reached by pointer only.
///
/// It is a plain struct behind a pointer because class members cost exclusivity checks in every callback. The arrays
/// are kept from stanza to stanza; a finished stanza gets copies of exact size.
///
/// The pointers libxml2 hands over are used within the callback only; the context is owned by ``PushContext``.
@safe struct SAXReader {
    private struct CachedName {
        var pointer: UInt = 0
        var reference = NameReference.empty
        /// The stanza the reference is valid in; 0 for a known name, which is valid in all.
        var serial: UInt32 = 0
    }

    let kind: TagScanner.Kind
    let keepsDeclarations: Bool
    /// The elements finished since they were last taken.
    var finished: [XML.StreamEvent] = []
    /// How many elements are open.
    private(set) var depth = 0
    private(set) var closed = false
    /// What libxml2 complained about first.
    private(set) var fault: (code: XMLStreamError.Code, reason: String, consumed: Int)?
    /// The synthetic start tag that puts a fresh context into the same place.
    var replay: [UInt8] = []
    /// True while that start tag is read.
    var isReplaying = false
    var context: xmlParserCtxtPtr?

    /// The name of the stream's root and its namespace.
    var rootName: (local: [UInt8], uri: String) = ([], "")
    private var bytes: [UInt8] = []
    private var nodes: [ArenaNode] = []
    private var attributes: [ArenaAttribute] = []
    /// The open elements of the current stanza.
    private var open: [Int] = []
    /// The kept namespace declarations by node.
    private var declarations: [Int: [XML.NamespaceDeclaration]] = [:]
    /// The last node when it is text that may grow, else -1.
    private var growingText = -1
    private var serial: UInt32 = 1
    private var cache = [CachedName](repeating: CachedName(), count: 256)
    /// The unknown names of the current stanza by their address in libxml2's dictionary.
    private var unknown: [UInt: NameReference] = [:]

    init(kind: TagScanner.Kind, keepsDeclarations: Bool) {
        self.kind = kind
        self.keepsDeclarations = keepsDeclarations
    }

    // MARK: Elements

    mutating func start(
        _ local: UnsafePointer<UInt8>,
        _ prefix: UnsafePointer<UInt8>?,
        _ uri: UnsafePointer<UInt8>?,
        _ declarations: UnsafeBufferPointer<UnsafePointer<UInt8>?>,
        _ values: UnsafeBufferPointer<UnsafePointer<UInt8>?>
    ) {
        guard fault == nil else { return }
        if unsafe prefix != nil && uri == nil { return fail(.notWellFormed, "a prefix that is not declared") }
        if kind == .stream, depth == 0 {
            depth = 1
            if isReplaying { return }
            unsafe rememberRoot(local, prefix, uri, declarations)
            unsafe append(local, uri, isPrefixed: prefix != nil, values)
            nodes[0].end = 1
            self.declarations[0] = unsafe Self.declarations(declarations)
            finish { .opened($0) }
            return
        }
        if kind == .stream, depth == 1, unsafe isRoot(local, uri) {
            return fail(.secondHeader, "the start tag of the stream once more")
        }
        depth += 1
        growingText = -1
        if keepsDeclarations, !declarations.isEmpty {
            self.declarations[nodes.count] = unsafe Self.declarations(declarations)
        }
        open.append(nodes.count)
        unsafe append(local, uri, isPrefixed: prefix != nil, values)
    }

    mutating func end() {
        guard fault == nil, depth > 0 else { return }
        depth -= 1
        growingText = -1
        guard let index = open.popLast() else {
            closed = true
            finished.append(.closed)
            return
        }
        nodes[index].end = UInt32(truncatingIfNeeded: nodes.count)
        if open.isEmpty { finish { .element($0) } }
    }

    mutating func characters(_ text: UnsafeBufferPointer<UInt8>) {
        guard fault == nil, !text.isEmpty else { return }
        if open.isEmpty {
            let isStray = unsafe text.contains { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
            return isStray ? fail(.strayText, "text between first-level elements") : ()
        }
        if growingText < 0 {
            growingText = nodes.count
            nodes.append(
                ArenaNode(
                    name: .text,
                    namespace: .empty,
                    start: UInt32(truncatingIfNeeded: bytes.count),
                    count: 0,
                    end: UInt32(truncatingIfNeeded: nodes.count + 1),
                    isPrefixed: false
                )
            )
        }
        unsafe bytes.append(contentsOf: text)
        nodes[growingText].count += UInt32(truncatingIfNeeded: text.count)
    }

    mutating func fail(_ code: XMLStreamError.Code, _ reason: String) {
        guard fault == nil else { return }
        // The context outlives every callback made from it.
        let consumed = unsafe context.map { unsafe Int(xmlByteConsumed($0)) } ?? 0
        fault = (code, reason, consumed)
        // No callback comes after this; libxml2 itself stops at the next step.
        if let context = unsafe context { unsafe context.pointee.disableSAX = 1 }
    }

    /// Whether an element is being built.
    var isInside: Bool { !open.isEmpty }

    /// The start tag of the first-level element being built, without its content, or nil between elements.
    func openElement() -> XML.Element? {
        guard let root = nodes.first, !open.isEmpty else { return nil }
        var node = root
        node.end = 1
        let own = attributes[..<Int(root.count)]
        return XML.Element(Arena(bytes: Array(bytes), nodes: [node], attributes: Array(own)))
    }

    /// Forgets the element being built, for a context that begins again behind the root.
    mutating func restart() {
        clear()
        depth = 0
        for slot in cache.indices { cache[slot] = CachedName() }
    }

    // MARK: Building

    private mutating func append(
        _ local: UnsafePointer<UInt8>,
        _ uri: UnsafePointer<UInt8>?,
        isPrefixed: Bool,
        _ values: UnsafeBufferPointer<UnsafePointer<UInt8>?>
    ) {
        let first = attributes.count
        let index = nodes.count
        unsafe nodes.append(
            ArenaNode(
                name: reference(to: local),
                namespace: reference(to: uri),
                start: UInt32(truncatingIfNeeded: first),
                count: 0,
                end: 0,
                isPrefixed: isPrefixed
            )
        )
        // libxml2 gives five pointers for each attribute: name, prefix, namespace, value, end of value.
        var place = 0
        while place + 4 < values.count {
            guard let name = unsafe values[place], let from = unsafe values[place + 3],
                let to = unsafe values[place + 4]
            else { break }
            if unsafe values[place + 1] != nil && values[place + 2] == nil {
                return fail(.notWellFormed, "an attribute prefix that is not declared")
            }
            let nameReference = unsafe reference(to: name)
            let namespaceReference = unsafe reference(to: values[place + 2])
            let start = bytes.count
            unsafe append(value: UnsafeBufferPointer(start: from, count: to - from))
            attributes.append(
                ArenaAttribute(
                    name: nameReference,
                    namespace: namespaceReference,
                    start: UInt32(truncatingIfNeeded: start),
                    count: UInt32(truncatingIfNeeded: bytes.count - start)
                )
            )
            place += 5
        }
        nodes[index].count = UInt32(truncatingIfNeeded: attributes.count - first)
    }

    /// Names of one context lie in one dictionary, so equal pointers are equal names.
    private mutating func reference(to name: UnsafePointer<UInt8>?) -> NameReference {
        guard let name = unsafe name else { return .empty }
        let address = UInt(bitPattern: name)
        let slot = Int(truncatingIfNeeded: (address >> 3) ^ (address >> 11)) & 255
        let cached = cache[slot]
        if cached.pointer == address, cached.serial == 0 || cached.serial == serial { return cached.reference }
        var count = 0
        while unsafe name[count] != 0 { count += 1 }
        let text = unsafe UnsafeBufferPointer(start: name, count: count)
        if let number = unsafe KnownNames.shared.number(of: text) {
            let known = NameReference(known: number)
            cache[slot] = CachedName(pointer: address, reference: known, serial: 0)
            return known
        }
        // Each name is stored once in a stanza, so that a long one cannot be multiplied by short elements.
        let made: NameReference
        if let earlier = unknown[address] {
            made = earlier
        } else {
            made = NameReference(place: bytes.count)
            let place = bytes.count
            bytes.append(contentsOf: [0, 0, 0, 0])
            unsafe append(value: text)
            let stored = bytes.count - place - 4
            for byte in 0..<4 { bytes[place + byte] = UInt8(truncatingIfNeeded: stored >> (8 * byte)) }
            unknown[address] = made
        }
        cache[slot] = CachedName(pointer: address, reference: made, serial: serial)
        return made
    }

    /// Appends an attribute value or a namespace.
    ///
    /// Where entities are not to be replaced, libxml2 writes an ampersand in a value as `&#38;`, for a later reading
    /// that SAX does not have; no other `&` occurs in a value.
    private mutating func append(value: UnsafeBufferPointer<UInt8>) {
        guard unsafe value.contains(0x26) else {
            unsafe bytes.append(contentsOf: value)
            return
        }
        unsafe bytes.append(contentsOf: Self.ampersandsRestored(value))
    }

    static func ampersandsRestored(_ value: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(value.count)
        var index = 0
        while index < value.count {
            let byte = unsafe value[index]
            result.append(byte)
            index += byte == 0x26 ? 5 : 1
        }
        return result
    }

    private mutating func finish(_ event: (XML.Element) -> XML.StreamEvent) {
        guard fault == nil else { return }
        let arena = Arena(
            bytes: Self.exactCopy(bytes),
            nodes: Self.exactCopy(nodes),
            attributes: Self.exactCopy(attributes),
            declarations: declarations
        )
        finished.append(event(XML.Element(arena)))
        clear()
    }

    private mutating func clear() {
        // A large stanza must not leave its size behind.
        let keep = bytes.capacity <= 65_536 && nodes.capacity <= 4096
        bytes.removeAll(keepingCapacity: keep)
        nodes.removeAll(keepingCapacity: keep)
        attributes.removeAll(keepingCapacity: keep)
        open.removeAll(keepingCapacity: true)
        if !declarations.isEmpty { declarations.removeAll() }
        if !unknown.isEmpty { unknown.removeAll(keepingCapacity: unknown.count < 256) }
        growingText = -1
        serial &+= 1
        if serial == 0 {
            serial = 1
            for slot in cache.indices { cache[slot] = CachedName() }
        }
    }

    /// A copy that owns no more memory than it needs, unlike an assignment, which would share the growing array.
    private static func exactCopy<Value>(_ values: [Value]) -> [Value] {
        if values.isEmpty { return [] }
        var copy: [Value] = []
        copy.reserveCapacity(values.count)
        copy.append(contentsOf: values)
        return copy
    }
}
