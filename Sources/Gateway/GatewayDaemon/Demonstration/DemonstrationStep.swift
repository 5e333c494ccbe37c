/// One crossing of the demonstration, as an observer between the shores sees it.
public struct DemonstrationStep: Codable, Sendable {
    /// What happens, in a sentence.
    public var title: String
    /// The shore that it comes from: `xmpp` or `cpim`.
    public var from: String
    /// The shore that it goes to.
    public var to: String
    /// The item as its sender wrote it.
    public var source: String
    /// What the pivot is, such as `Message/CPIM (RFC 3862)`; nil for an error.
    public var form: String?
    /// The pivot: a Message/CPIM object, with what CPIM has no word for as extension headers, a presence document, or
    /// an operation of CPP; nil for an error.
    public var pivot: String?
    /// The item as its recipient got it.
    public var target: String
    /// The rules that fired, in order.
    public var rules: [String]
    /// What the target could not carry, by class.
    public var losses: [String]

    /// The step as text for a terminal.
    public var text: String {
        var lines = ["", "── \(title)", "", "   \(from == "xmpp" ? "XMPP" : "SIP") → gateway"]
        lines += Self.indented(source)
        if let form, let pivot {
            lines += ["", "   in the middle: \(form)"]
            lines += Self.indented(pivot)
        }
        lines += ["", "   gateway → \(to == "xmpp" ? "XMPP" : "SIP")"]
        lines += Self.indented(target)
        if !rules.isEmpty { lines += ["", "   rules: " + rules.joined(separator: ", ")] }
        if !losses.isEmpty { lines += ["   losses: " + losses.joined(separator: ", ")] }
        return lines.joined(separator: "\n")
    }

    private static func indented(_ text: String) -> [String] {
        text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : "     " + $0 }
    }
}
