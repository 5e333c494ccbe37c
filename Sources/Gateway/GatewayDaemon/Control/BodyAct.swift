public import Ledger

/// What an operator does to what is kept of texts.
public struct BodyAct: Sendable {
    /// The acts.
    public enum Kind: Sendable, Equatable {
        /// Keys go, and with them texts and what digests mean, of these UTC days of acceptance.
        case erase(HoldScope, days: ClosedRange<Int64>)
        /// They stay, of these UTC days; nil for no bound.
        case hold(HoldScope, first: Int64?, last: Int64?)
        /// A hold ends, once two operators have said so.
        case lift(Int64)
    }

    /// What is done; addresses as they were written.
    public let kind: Kind
    /// Why, in the words of the operator.
    public let reason: String

    /// Names an act.
    ///
    /// - Parameters:
    ///   - kind: what is done.
    ///   - reason: why.
    public init(_ kind: Kind, reason: String) {
        self.kind = kind
        self.reason = reason
    }

    /// The act as a request of a command.
    public var request: ControlRequest {
        switch kind {
        case .erase(let scope, let days):
            request(ControlRequest.eraseBodies, scope, days.lowerBound, days.upperBound)
        case .hold(let scope, let first, let last): request(ControlRequest.placeHold, scope, first, last)
        case .lift(let id):
            ControlRequest(command: ControlRequest.liftHold, arguments: ["id": String(id), "reason": reason])
        }
    }

    /// Reads a request; nil for one that says too little.
    init?(_ request: ControlRequest) {
        let arguments = request.arguments
        guard let reason = arguments["reason"], !reason.isEmpty else { return nil }
        self.reason = reason
        func number(_ name: String) -> Int64? { arguments[name].flatMap { Int64($0) } }
        switch request.command {
        case ControlRequest.liftHold:
            guard let id = number("id") else { return nil }
            kind = .lift(id)
        case ControlRequest.placeHold:
            guard let scope = Self.scope(arguments) else { return nil }
            kind = .hold(scope, first: number("first"), last: number("last"))
        default:
            guard let scope = Self.scope(arguments), let first = number("first"), let last = number("last"),
                first <= last
            else { return nil }
            kind = .erase(scope, days: first...last)
        }
    }

    private func request(_ command: String, _ scope: HoldScope, _ first: Int64?, _ last: Int64?) -> ControlRequest {
        var arguments = ["reason": reason, "scope": scope.kind]
        switch scope {
        case .person(let one), .domain(let one): arguments["one"] = one
        case .conversation(let one, let other): (arguments["one"], arguments["other"]) = (one, other)
        }
        arguments["first"] = first.map { String($0) }
        arguments["last"] = last.map { String($0) }
        return ControlRequest(command: command, arguments: arguments)
    }

    private static func scope(_ arguments: [String: String]) -> HoldScope? {
        guard let one = arguments["one"], !one.isEmpty else { return nil }
        switch arguments["scope"] {
        case "person": return .person(one)
        case "domain": return .domain(one)
        case "conversation": return arguments["other"].map { .conversation(one, $0) }
        default: return nil
        }
    }
}
