import Glibc

/// A thread of its own that runs one function to its end.
@safe final class DedicatedThread: @unchecked Sendable {
    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    // Written in the initializer only.
    private let thread: pthread_t

    /// Starts a thread.
    ///
    /// - Parameter run: what the thread does.
    /// - Throws: ``LedgerError`` when the system gives no thread.
    init(run: @escaping @Sendable () -> Void) throws(LedgerError) {
        // The reference is taken over by the thread, or released below when there is none.
        let body = unsafe Unmanaged.passRetained(Body(run))
        var thread = pthread_t()
        let result = unsafe pthread_create(
            &thread,
            nil,
            { context in
                guard let context = unsafe context else { return nil }
                let body = unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue()
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
}
