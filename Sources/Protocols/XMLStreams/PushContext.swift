import CLibXML2

/// One libxml2 push parser and the reader its callbacks fill.
///
/// The only place where libxml2 is called. The reader and the libxml2 context live exactly as long as this value.
@safe struct PushContext: ~Copyable {
    private let reader: UnsafeMutablePointer<SAXReader>
    /// How many bytes the current libxml2 context was given.
    private var given = 0

    init(kind: TagScanner.Kind, keepsDeclarations: Bool = false) {
        Self.prepareLibrary
        unsafe reader = UnsafeMutablePointer<SAXReader>.allocate(capacity: 1)
        unsafe reader.initialize(to: SAXReader(kind: kind, keepsDeclarations: keepsDeclarations))
        unsafe reader.pointee.context = Self.makeContext(reader)
    }

    deinit {
        // Nothing else holds the context or the reader.
        unsafe Self.free(reader.pointee.context)
        unsafe reader.deinitialize(count: 1)
        unsafe reader.deallocate()
    }

    var depth: Int { unsafe reader.pointee.depth }
    var isClosed: Bool { unsafe reader.pointee.closed }
    var openElement: XML.Element? { unsafe reader.pointee.openElement() }

    /// Moves the finished events to the end of `events`.
    func take(into events: inout [XML.StreamEvent]) {
        if unsafe reader.pointee.finished.isEmpty { return }
        events.append(contentsOf: unsafe reader.pointee.finished)
        unsafe reader.pointee.finished.removeAll(keepingCapacity: true)
    }

    /// Hands whole tags to libxml2.
    ///
    /// - Parameters:
    ///   - bytes: the bytes, ending where a tag ends.
    ///   - offset: where they begin in the stream.
    /// - Returns: what is wrong with them, or nil.
    mutating func feed(_ bytes: UnsafeBufferPointer<UInt8>, offset: Int) -> XMLStreamError? {
        guard let context = unsafe reader.pointee.context else {
            return XMLStreamError(.notWellFormed, "the XML parser could not be made", offset: offset)
        }
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return nil }
        if given == 0, bytes.count < 4 {
            // libxml2 waits for four bytes before it reads anything. So short a piece is no XML declaration, and
            // white space before a root is harmless.
            let padding: [CChar] = [0x20, 0x20, 0x20, 0x20]
            _ = unsafe xmlParseChunk(context, padding, 4, 0)
            given = 4
        }
        let before = given
        given += bytes.count
        // The pointer is valid for `bytes.count` bytes, and libxml2 copies them.
        unsafe start.withMemoryRebound(to: CChar.self, capacity: bytes.count) { characters in
            _ = unsafe xmlParseChunk(context, characters, Int32(truncatingIfNeeded: bytes.count), 0)
        }
        if let fault = unsafe reader.pointee.fault {
            let place = min(max(fault.consumed - before, 0), bytes.count)
            return XMLStreamError(fault.code, fault.reason, offset: offset + place)
        }
        if unsafe reader.pointee.closed { return nil }
        // Given whole tags, libxml2 leaves nothing unread; else the two readers disagree about where a tag ends,
        // and no byte may be trusted.
        guard let input = unsafe context.pointee.input, unsafe context.pointee.disableSAX == 0 else {
            return XMLStreamError(.notWellFormed, "the XML parser stopped", offset: offset)
        }
        if unsafe input.pointee.cur != input.pointee.end {
            let place = unsafe min(max(Int(xmlByteConsumed(context)) - before, 0), bytes.count)
            return XMLStreamError(.notWellFormed, "markup that does not end where it seems to", offset: offset + place)
        }
        return nil
    }

    /// True when libxml2 remembers more names than the limits allow.
    func isOverfull(_ limits: XML.Limits) -> Bool {
        guard let context = unsafe reader.pointee.context, let names = unsafe context.pointee.dict else { return false }
        let (count, size) = unsafe (Int(xmlDictSize(names)), Int(xmlDictGetUsage(names)))
        return count > limits.distinctNames || size > limits.nameBytes
    }

    /// Puts a fresh libxml2 context into the same place: behind the stream root, before a first-level element.
    mutating func replace() {
        unsafe Self.free(reader.pointee.context)
        unsafe reader.pointee.restart()
        unsafe reader.pointee.context = Self.makeContext(reader)
        given = 0
        unsafe reader.pointee.isReplaying = true
        let header = unsafe reader.pointee.replay
        _ = unsafe header.withUnsafeBufferPointer { unsafe feed($0, offset: 0) }
        unsafe reader.pointee.isReplaying = false
    }

    // MARK: libxml2

    /// libxml2 wants to be set up once before it is used from several threads.
    private static let prepareLibrary: Void = xmlInitParser()

    private static func free(_ context: xmlParserCtxtPtr?) {
        if let context = unsafe context { unsafe xmlFreeParserCtxt(context) }
    }

    private static func makeContext(_ reader: UnsafeMutablePointer<SAXReader>) -> xmlParserCtxtPtr? {
        // libxml2 copies the handler structure; the reader outlives the context.
        var handlers = unsafe Self.handlers
        guard let context = unsafe xmlCreatePushParserCtxt(&handlers, reader, nil, 0, nil) else { return nil }
        let options = XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
        _ = unsafe xmlCtxtUseOptions(context, Int32(options | XML_PARSE_IGNORE_ENC.rawValue))
        return unsafe context
    }

    private static func reader(_ data: UnsafeMutableRawPointer) -> UnsafeMutablePointer<SAXReader> {
        // The user data of every context is the reader it was made with.
        unsafe data.assumingMemoryBound(to: SAXReader.self)
    }

    private static let characters: charactersSAXFunc = { data, text, count in
        guard let data = unsafe data, let text = unsafe text, count > 0 else { return }
        // libxml2 gives `count` readable bytes.
        let run = unsafe UnsafeBufferPointer(start: text, count: Int(count))
        unsafe PushContext.reader(data).pointee.characters(run)
    }

    private static var handlers: xmlSAXHandler {
        var handlers = unsafe xmlSAXHandler()
        unsafe handlers.initialized = XML_SAX2_MAGIC
        unsafe handlers.startElementNs = { data, local, prefix, uri, pairs, namespaces, count, _, values in
            guard let data = unsafe data, let local = unsafe local else { return }
            // libxml2 gives two pointers for each declaration and five for each attribute.
            let declarations = unsafe UnsafeBufferPointer(start: namespaces, count: 2 * Int(pairs))
            let attributes = unsafe UnsafeBufferPointer(start: values, count: 5 * Int(count))
            unsafe PushContext.reader(data).pointee.start(local, prefix, uri, declarations, attributes)
        }
        unsafe handlers.endElementNs = { data, _, _, _ in
            guard let data = unsafe data else { return }
            unsafe PushContext.reader(data).pointee.end()
        }
        unsafe handlers.characters = characters
        // The same function for white space spares libxml2 its search for blank nodes.
        unsafe handlers.ignorableWhitespace = characters
        unsafe handlers.cdataBlock = characters
        // The scanner refuses these before; should it ever miss one, nothing is expanded or loaded.
        unsafe handlers.internalSubset = { data, _, _, _ in
            guard let data = unsafe data else { return }
            unsafe PushContext.reader(data).pointee.fail(.restrictedXML, "a document type declaration")
        }
        unsafe handlers.getEntity = { data, _ in
            guard let data = unsafe data else { return nil }
            unsafe PushContext.reader(data).pointee.fail(.restrictedXML, "a reference to an entity")
            return nil
        }
        unsafe handlers.processingInstruction = { data, _, _ in
            guard let data = unsafe data else { return }
            unsafe PushContext.reader(data).pointee.fail(.restrictedXML, "a processing instruction")
        }
        unsafe handlers.serror = { data, error in
            guard let data = unsafe data, let error = unsafe error else { return }
            // A namespace name that is no URI harms nobody; everything else above a warning is a fault, also what
            // libxml2 calls recoverable, such as a prefix that is not declared.
            let code = unsafe error.pointee.code
            if unsafe error.pointee.level.rawValue < XML_ERR_ERROR.rawValue { return }
            if code == Int32(XML_WAR_NS_URI.rawValue) { return }
            unsafe PushContext.reader(data).pointee.fail(.notWellFormed, "libxml2 error \(code)")
        }
        return unsafe handlers
    }
}
