import CUnbound

/// A context of libunbound, set up and owned.
///
/// Used by one thread at a time: it is made by whoever starts the resolver, then handed to the resolver's thread.
@safe final class UnboundContext: @unchecked Sendable {
    private let pointer: OpaquePointer

    /// Makes a context; nothing is asked yet.
    init(_ configuration: ResolverConfiguration) throws(ResolverFault) {
        guard let made = unsafe ub_ctx_create() else { throw .noResources }
        unsafe pointer = made
        _ = unsafe isthmus_unbound_silence(made)
        // The library resolves in a thread of its own, not in a process.
        guard unsafe ub_ctx_async(made, 1) == 0 else { throw .noResources }
        for (name, value) in configuration.options {
            try Self.check(unsafe ub_ctx_set_option(made, name, value), name)
        }
        for server in configuration.servers {
            try Self.check(unsafe ub_ctx_set_fwd(made, "\(server.address)@\(server.port)"), "server \(server)")
        }
        if configuration.servers.isEmpty, unsafe ub_ctx_resolvconf(made, configuration.systemFile) != 0 {
            throw .unreadable(file: configuration.systemFile)
        }
        for anchor in configuration.trustAnchors {
            guard !anchor.utf8.contains(0), unsafe ub_ctx_add_ta(made, anchor) == 0 else { throw .trustAnchor(anchor) }
        }
        if let file = configuration.trustAnchorFile {
            guard unsafe isthmus_can_read(file) != 0, unsafe ub_ctx_add_ta_file(made, file) == 0 else {
                throw .unreadable(file: file)
            }
        }
        // The first question makes the settings final and reads the anchors; this does it where a fault can be told.
        let code = unsafe ub_ctx_data_remove(made, "isthmus.invalid.")
        if code != 0, let anchor = configuration.trustAnchors.first(where: { !Self.isAnchor($0) }) {
            throw .trustAnchor(anchor)
        }
        try Self.check(code, "settings or trust anchors")
    }

    /// Whether the library takes a text as trust anchor.
    private static func isAnchor(_ text: String) -> Bool {
        guard let context = unsafe ub_ctx_create() else { return false }
        defer { unsafe ub_ctx_delete(context) }
        _ = unsafe isthmus_unbound_silence(context)
        return unsafe ub_ctx_add_ta(context, text) == 0 && ub_ctx_data_remove(context, "isthmus.invalid.") == 0
    }

    deinit { unsafe ub_ctx_delete(pointer) }

    private static func check(_ code: CInt, _ name: String) throws(ResolverFault) {
        guard code != 0 else { return }
        throw .setting(name, reason: reason(code))
    }

    /// The library's words for one of its codes.
    static func reason(_ code: CInt) -> String {
        guard let text = unsafe ub_strerror(code) else { return "code \(code)" }
        return unsafe String(cString: text)
    }

    /// Waits for an answer or the ringing of a wakeup, or so many milliseconds.
    func wait(or wakeup: Wakeup, milliseconds: CInt) {
        let ready = unsafe isthmus_wait(ub_fd(pointer), wakeup.descriptor, milliseconds)
        if ready & 2 != 0 { isthmus_wakeup_clear(wakeup.descriptor) }
    }

    /// Runs the callbacks of what was answered.
    func process() { _ = unsafe ub_process(pointer) }

    /// Asks; the ticket must live until its answer, or until the context is gone.
    ///
    /// - Returns: the reason why not, or nil.
    func ask(_ question: DNSQuestion, _ ticket: UnboundTicket) -> String? {
        let code = unsafe ub_resolve_async(
            pointer,
            question.name.description,
            CInt(question.type.rawValue),
            1,
            Unmanaged.passUnretained(ticket).toOpaque(),
            unboundAnswered,
            nil
        )
        return code == 0 ? nil : Self.reason(code)
    }
}

/// A question that libunbound works on.
final class UnboundTicket {
    let number: UInt64
    let question: DNSQuestion
    private let receive: (UInt64, UnboundResult) -> Void

    init(_ number: UInt64, _ question: DNSQuestion, receive: @escaping (UInt64, UnboundResult) -> Void) {
        self.number = number
        self.question = question
        self.receive = receive
    }

    func answered(_ result: UnboundResult) { receive(number, result) }
}

/// What libunbound says, in Swift's terms.
struct UnboundResult: Equatable {
    /// The code of the library; 0 when the rest means anything.
    var fault: CInt = 0
    var responseCode: CInt = 0
    var hasData = false
    var nameDoesNotExist = false
    var isSecure = false
    /// Why the answer is bogus.
    var bogus: String?
    var seconds: CInt = 0
    /// The whole message.
    var packet: [UInt8] = []

    init(fault: CInt) { self.fault = fault }

    init(_ result: ub_result) {
        unsafe responseCode = result.rcode
        unsafe hasData = result.havedata != 0
        unsafe nameDoesNotExist = result.nxdomain != 0
        unsafe isSecure = result.secure != 0
        unsafe seconds = result.ttl
        if unsafe result.bogus != 0 {
            let reason = unsafe result.why_bogus.map { unsafe String(cString: $0) }
            bogus = String((reason ?? "no reason is known").prefix(300))
        }
        if let bytes = unsafe result.answer_packet, unsafe result.answer_len > 0 {
            packet = unsafe Array(
                UnsafeRawBufferPointer(start: bytes, count: min(Int(result.answer_len), 65_535))
            )
        }
    }

    /// The answer that this is.
    func answer(to question: DNSQuestion, limits: DNSLimits) -> DNSAnswer {
        if fault != 0 { return .failed(.refused(UnboundContext.reason(fault))) }
        if let bogus { return .failed(.bogus(bogus)) }
        let lack = min(UInt32(clamping: seconds), limits.negativeSeconds)
        guard responseCode == 0 || nameDoesNotExist else {
            return .failed(.serverFailure(code: Int(responseCode)))
        }
        guard hasData, !nameDoesNotExist else {
            let outcome: DNSAnswer.Outcome = nameDoesNotExist ? .noSuchName : .noData
            return DNSAnswer(outcome, isSecure: isSecure, seconds: lack, names: [question.name])
        }
        do throws(DNSError) {
            let found = try AnswerReader(limits: limits).answer(to: question, packet[...])
            guard !found.records.isEmpty else {
                return DNSAnswer(.noData, isSecure: isSecure, seconds: lack, names: found.names)
            }
            return DNSAnswer(.records(found.records), isSecure: isSecure, seconds: found.seconds, names: found.names)
        } catch {
            return .failed(.malformed(error.description))
        }
    }
}

/// What libunbound calls, inside `UnboundContext.process`.
private func unboundAnswered(
    _ ticket: UnsafeMutableRawPointer?,
    _ fault: CInt,
    _ result: UnsafeMutablePointer<ub_result>?
) {
    defer { unsafe ub_resolve_free(result) }
    guard let ticket = unsafe ticket else { return }
    let owner = unsafe Unmanaged<UnboundTicket>.fromOpaque(ticket).takeUnretainedValue()
    if fault == 0, let result = unsafe result {
        owner.answered(unsafe UnboundResult(result.pointee))
    } else {
        owner.answered(UnboundResult(fault: fault))
    }
}

/// A descriptor that becomes readable when it is rung, by any thread.
final class Wakeup: Sendable {
    let descriptor: CInt

    init() throws(ResolverFault) {
        descriptor = isthmus_wakeup_open()
        guard descriptor >= 0 else { throw .noResources }
    }

    deinit { if descriptor >= 0 { isthmus_wakeup_close(descriptor) } }

    func ring() { isthmus_wakeup_ring(descriptor) }
}
