import SIPMessages
import SIPTransactions

/// A SUBSCRIBE, NOTIFY or PUBLISH; nil leaves a field out.
func eventRequest(
    _ method: String,
    event: String? = "presence",
    expires: String? = nil,
    fromTag: String = "ft",
    toTag: String? = nil,
    callID: String = "call",
    sequence: Int = 1,
    contact: String? = "<sip:a@192.0.2.7>",
    lines: String = "",
    body: String = ""
) throws -> SIPRequest {
    let fields = [
        event.map { "Event: \($0)" }, expires.map { "Expires: \($0)" }, contact.map { "Contact: \($0)" },
        lines.isEmpty ? nil : lines,
    ]
    let message = try makeRequest(
        method,
        fromTag: fromTag,
        toTag: toTag,
        callID: callID,
        sequence: sequence,
        lines: fields.compactMap { $0 }.joined(separator: "\n"),
        body: body
    )
    guard case .request(let request) = message else { throw SIPError(.malformedStartLine, "not a request") }
    return request
}

/// What tests compare of an answer: `200 Expires: 60`.
func describe(_ answer: UserAgentServer.Answer) -> String {
    ([String(answer.status)] + answer.headers.map { "\($0.name): \($0.value)" }).joined(separator: " ")
}

func describe(_ actions: [NotifierState.Action]) -> String {
    actions.map { action in
        switch action {
        case .answer(let answer): describe(answer)
        case .notify(let state, let withBody): "notify \(state)\(withBody ? " +body" : "")"
        case .ended(.told): "ended"
        case .ended(.refused(let status)): "refused \(status)"
        case .ended(.unreachable): "unreachable"
        }
    }.joined(separator: ", ")
}

func describe(_ actions: [SubscriberState.Action]) -> String {
    actions.map { action in
        switch action {
        case .send(let subscribe): "send \(subscribe.expires) \(describe(subscribe.place))"
        case .answer(let answer): describe(answer)
        case .state(let phase, let isFirst, let hasBody):
            "\(phase)\(isFirst ? " first" : "")\(hasBody ? " +body" : "")"
        case .terminated(let reason, let retryAfter, let hasBody):
            "terminated \(reason?.name ?? "-")\(retryAfter.map { " \($0)" } ?? "")\(hasBody ? " +body" : "")"
        case .failed(.refused(let status, let retryAfter), let wasEstablished):
            "refused \(status)\(retryAfter.map { " \($0)" } ?? "")\(wasEstablished ? " lost" : "")"
        case .failed(let failure, let wasEstablished): "\(failure)\(wasEstablished ? " lost" : "")"
        case .unsubscribed: "unsubscribed"
        case .ended: "ended"
        }
    }.joined(separator: ", ")
}

private func describe(_ place: SubscriberState.Subscribe.Place) -> String {
    switch place {
    case .fresh(let sequence): "fresh \(sequence)"
    case .again(let sequence): "again \(sequence)"
    case .dialog(let request): "dialog \(request.sequence)"
    }
}

/// A response to the last SUBSCRIBE.
func subscribeResponse(
    _ status: Int,
    sequence: Int = 1,
    toTag: String = "theirs",
    lines: String = ""
) throws
    -> ClientOutcome
{
    let text = """
        SIP/2.0 \(status) X
        Via: SIP/2.0/UDP gw;branch=z9hG4bKc
        From: <sip:b@example.com>;tag=ours
        To: <sip:a@example.net>;tag=\(toTag)
        Call-ID: call
        CSeq: \(sequence) SUBSCRIBE
        \(lines.isEmpty ? "" : lines + "\n")Content-Length: 0


        """
    guard case .response(let response) = try read(text) else {
        throw SIPError(.malformedStartLine, "not a response")
    }
    return .response(response)
}

func describe(_ actions: [PublisherState.Action]) -> String {
    actions.map { action in
        switch action {
        case .send(let publish):
            "\(publish.operation) \(publish.expires)\(publish.ifMatch.map { " if \($0)" } ?? "")"
        case .published: "published"
        case .removed: "removed"
        case .failed(let status, let isFinal): "failed \(status)\(isFinal ? " final" : "")"
        }
    }.joined(separator: ", ")
}

func describe(_ actions: [EventStateCompositor.Action]) -> String {
    actions.map { action in
        switch action {
        case .answer(let answer): describe(answer)
        case .changed: "changed"
        }
    }.joined(separator: ", ")
}
