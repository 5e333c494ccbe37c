import Glibc

/// A thread of its own that runs one function to its end.
@safe final class DedicatedThread: @unchecked Sendable {
    private final class Body: Sendable {
        let name: StaticString
        let niceness: Int32
        let run: @Sendable () -> Void

        init(_ name: StaticString, _ niceness: Int32, _ run: @escaping @Sendable () -> Void) {
            self.name = name
            self.niceness = niceness
            self.run = run
        }
    }

    // Written in the initializer only.
    private let thread: pthread_t

    /// Starts a thread.
    ///
    /// - Parameters:
    ///   - name: as the system's tools show it; at most 15 bytes.
    ///   - niceness: how far it stands back behind the others where all want the processor, 0 to 19.
    ///   - run: what the thread does.
    /// - Throws: ``LedgerError`` when the system gives no thread.
    init(
        _ name: StaticString,
        niceness: Int32 = 0,
        run: @escaping @Sendable () -> Void
    ) throws(LedgerError) {
        // The reference is taken over by the thread, or released below when there is none.
        let body = unsafe Unmanaged.passRetained(Body(name, niceness, run))
        var thread = pthread_t()
        let result = unsafe pthread_create(
            &thread,
            nil,
            { context in
                guard let context = unsafe context else { return nil }
                let body = unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue()
                DedicatedThread.show(body.name)
                // On Linux that is about the calling thread alone.
                _ = nice(body.niceness)
                body.run()
                return nil
            },
            body.toOpaque()
        )
        guard result == 0 else {
            unsafe body.release()
            throw LedgerError(.database, "the system gave no thread (\(result))", remedy: "raise the limit of threads")
        }
        self.thread = thread
    }

    /// Waits for the end of the thread; called once, and by another thread.
    func join() {
        // The thread was started joinable and has not been joined.
        _ = pthread_join(thread, nil)
    }

    /// Names the calling thread.
    ///
    /// The system's call for that is not in the module Glibc. A thread without the name works as well.
    private static func show(_ name: StaticString) {
        // The paths are literals, and the bytes of the name are read during the call only.
        let file = unsafe open("/proc/thread-self/comm", O_WRONLY)
        guard file >= 0 else { return }
        name.withUTF8Buffer { _ = unsafe write(file, $0.baseAddress, $0.count) }
        close(file)
    }
}
