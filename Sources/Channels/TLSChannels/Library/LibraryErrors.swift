import COpenSSL

/// One entry of libssl's error queue.
struct LibraryError: Equatable {
    /// Which part of the library wrote it.
    let library: Int32
    /// The number of the fault within that part.
    let reason: Int32
    /// The library's sentence, with what it added.
    let text: String
}

/// The error queue of the current thread.
enum LibraryErrors {
    /// How many entries are read before the rest is dropped.
    static let largestCount = 16

    /// Empties the queue, so that what is found in it later belongs to the call between.
    static func clear() {
        ERR_clear_error()
    }

    /// Takes all entries, oldest first.
    static func drain() -> [LibraryError] {
        var errors: [LibraryError] = []
        while errors.count < largestCount {
            var data: UnsafePointer<CChar>?
            var flags: Int32 = 0
            // The pointer is to a string that the queue owns until the next call.
            let code = unsafe ERR_get_error_all(nil, nil, nil, &data, &flags)
            guard code != 0 else { break }
            var text = unsafe ERR_reason_error_string(code).map { unsafe String(cString: $0) } ?? "error \(code)"
            if flags & ERR_TXT_STRING != 0, let more = unsafe data.map({ unsafe String(cString: $0) }), !more.isEmpty {
                text += " (\(more.prefix(100)))"
            }
            errors.append(LibraryError(library: ERR_GET_LIB(code), reason: ERR_GET_REASON(code), text: text))
        }
        ERR_clear_error()
        return errors
    }

    /// The sentences of all entries, or that there is none.
    static func sentence(_ errors: [LibraryError]) -> String {
        errors.isEmpty ? "the library gives no reason" : errors.map(\.text).joined(separator: "; ")
    }
}
