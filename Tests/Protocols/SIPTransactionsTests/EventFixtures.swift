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
