import NIOCore

/// Asks another resolver, and tells of what it answers.
struct ObservedResolver: Resolver {
    let resolver: any Resolver
    let observe: @Sendable (DNSQuestion, DNSAnswer) -> Void

    func ask(
        _ question: DNSQuestion,
        within patience: TimeAmount,
        on eventLoop: any EventLoop,
        deliver: @escaping @Sendable (DNSAnswer) -> Void
    ) -> OpenQuestion {
        resolver.ask(question, within: patience, on: eventLoop) { answer in
            observe(question, answer)
            deliver(answer)
        }
    }
}

extension Connector {
    /// The same connector, which tells of each answer that it gets.
    ///
    /// - Parameter observe: takes question and answer on the loop of the search, before the search goes on.
    /// - Returns: the connector.
    public func observed(by observe: @escaping @Sendable (DNSQuestion, DNSAnswer) -> Void) -> Connector {
        Connector(
            resolver: ObservedResolver(resolver: resolver, observe: observe),
            policy: policy,
            limits: limits,
            clock: clock
        )
    }
}
