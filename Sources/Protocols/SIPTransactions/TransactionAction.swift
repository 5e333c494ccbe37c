public import SIPMessages

/// What the transaction layer wants done.
public enum TransactionAction: Sendable, Equatable {
    /// Send these bytes there.
    case send([UInt8], SIPFlow)
    /// A request for the server core; it is answered with ``TransactionTable/respond(_:with:status:now:)``.
    case deliver(InboundRequest)
    /// A provisional response to a request that was started.
    case provisional(ClientTransactionKey, SIPResponse)
    /// A request that was started has its end, and only this one.
    case finished(ClientTransactionKey, ClientOutcome)
    /// A request that was delivered can no longer be answered, or its answer no longer be repeated.
    case terminated(ServerTransactionKey)
    /// Something was dropped; for the log.
    case discarded(DiscardReason)
}

/// How a request that was started ended.
public enum ClientOutcome: Sendable, Equatable {
    /// With a final response.
    case response(SIPResponse)
    /// Without a final response in time, which counts as 408 (RFC 3261 §8.1.3.1).
    case timeout
    /// The request could not be sent, or its connection ended after it was sent; counts as 503 (RFC 3261 §8.1.3.1).
    case transportError(wasSent: Bool)
}

/// Why something was dropped.
public enum DiscardReason: String, Sendable, Equatable, CaseIterable {
    /// A response that belongs to no request that waits for one.
    case strayResponse
    /// A response with more than one Via value, or with another sent-by than ours.
    case foreignResponse
    /// A response that cannot be read.
    case malformedResponse
    /// A request that cannot be read and must not, or cannot, be answered.
    case unanswerable
    /// An ACK without a transaction.
    case acknowledgement
    /// An answer to a request that can no longer be answered or has been.
    case lateAnswer
    /// An answer that must not be sent: 408, a provisional one other than 100, or a 100 too early.
    case forbiddenAnswer
    /// A request beyond the bound on transactions; it was answered 503.
    case overload
}

/// Why a request was not started.
public enum TransactionRefusal: Error, Sendable, Equatable {
    /// There are as many transactions as there may be; to be tried again later, as after a 503.
    case tooManyTransactions
    /// Branch and method are those of a live transaction.
    case duplicateBranch
}

/// A request for the server core.
public struct InboundRequest: Sendable, Equatable {
    /// The request; it passed `SIPRequest.validate(limits:takesStrayPercents:)`.
    public let request: SIPRequest
    /// The name to answer it by.
    public let key: ServerTransactionKey
    /// Where it came from.
    public let flow: SIPFlow
    /// Whether the same request came over another way before, which calls for a 482 (RFC 3261 §8.2.2.2).
    public let isMerged: Bool
    /// A To tag for its answers, the same for each copy of the request.
    public let toTag: String

    /// The same with another form of the request, such as one whose body was unpacked.
    ///
    /// - Parameter request: the request, with the same header fields but for those of its body.
    /// - Returns: the request as it was delivered otherwise.
    public func with(_ request: SIPRequest) -> InboundRequest {
        InboundRequest(request: request, key: key, flow: flow, isMerged: isMerged, toTag: toTag)
    }

    /// Writes an answer with ``toTag`` and the true source; one that makes a dialog has the routes of the request.
    ///
    /// - Parameters:
    ///   - status: the code.
    ///   - reason: the phrase; the usual one when nil.
    ///   - extra: header fields to add.
    ///   - body: the body.
    /// - Returns: the bytes, for ``TransactionTable/respond(_:with:status:now:)``.
    public func answer(
        _ status: Int,
        reason: String? = nil,
        extra: [SIPHeaderLine] = [],
        body: ArraySlice<UInt8> = []
    ) -> [UInt8] {
        SIPResponse.answering(
            request.headers,
            status: status,
            reason: reason,
            toTag: toTag,
            source: flow.source,
            extra: extra,
            body: body,
            copiesRecordRoute: request.method == .subscribe && status / 100 == 2
        )
    }
}
