import BridgeCore
import Interworking

/// How the store keeps why an item is held: among the facts of its row.
extension Holding {
    private static let names = (code: "held", text: "held-text", rules: "held-rules", losses: "held-losses")

    /// Reads what a row keeps.
    ///
    /// - Parameter facts: the facts of a held row.
    init(facts: [UInt8]) {
        let pairs = OriginText.decode(facts)
        let list = { (name: String) in (pairs[name] ?? "").split(separator: "\n").map(String.init) }
        self.init(
            code: pairs[Self.names.code] ?? Refusal.Code.mapping.rawValue,
            text: pairs[Self.names.text] ?? "",
            rules: list(Self.names.rules),
            losses: list(Self.names.losses)
        )
    }

    /// The facts of a row with this reason, in place of another one.
    ///
    /// - Parameter facts: what is kept beside the reason.
    /// - Returns: all of it.
    func facts(beside facts: [UInt8]) -> [UInt8] {
        let own = [
            (Self.names.code, code), (Self.names.text, text), (Self.names.rules, rules.joined(separator: "\n")),
            (Self.names.losses, losses.joined(separator: "\n")),
        ]
        let others = OriginText.decode(facts).byName.filter { pair in !own.contains { $0.0 == pair.key } }
        let kept = others.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        return OriginText.encode(kept + own.map { (name: $0.0, value: $0.1) })
    }

    /// The reason as the record says it.
    var sentence: String { text.isEmpty ? code : "\(code): \(text)" }
}
