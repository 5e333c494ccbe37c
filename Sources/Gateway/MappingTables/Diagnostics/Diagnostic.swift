/// Something that an operator has to look at in a file.
public struct Diagnostic: Sendable, Hashable, CustomStringConvertible {
    /// How bad it is.
    public enum Severity: String, Sendable, Comparable {
        /// The file works, but hardly as meant.
        case warning
        /// The file is not taken.
        case error

        /// Orders warnings before errors.
        public static func < (one: Severity, other: Severity) -> Bool { one == .warning && other == .error }
    }

    /// How bad it is.
    public var severity: Severity
    /// Where it is.
    public var position: SourcePosition
    /// What is wrong.
    public var message: String
    /// The stable code, in kebab case.
    public var code: String
    /// What to do; nil when the message says it.
    public var help: String?
    /// The length of the marked text in Unicode scalars.
    public var length: Int

    /// Makes a diagnostic.
    ///
    /// - Parameters:
    ///   - severity: how bad it is.
    ///   - position: where it is.
    ///   - message: what is wrong.
    ///   - code: the stable code.
    ///   - help: what to do.
    ///   - length: the length of the marked text in Unicode scalars.
    public init(
        severity: Severity,
        position: SourcePosition,
        message: String,
        code: String,
        help: String? = nil,
        length: Int = 1
    ) {
        self.severity = severity
        self.position = position
        self.message = message
        self.code = code
        self.help = help
        self.length = length
    }

    /// `FILE:LINE:COLUMN: SEVERITY: MESSAGE [CODE]`.
    public var description: String { "\(position): \(severity.rawValue): \(message) [\(code)]" }

    /// The message with the line of the source, a caret below it, and the help.
    ///
    /// - Parameter line: the source line without its line break; nil leaves it out.
    /// - Returns: lines without a line break at the end.
    public func rendered(line: String?) -> String {
        var text = description
        if let line {
            let number = String(position.line)
            let margin = String(repeating: " ", count: max(0, 6 - number.utf8.count))
            let scalars = line.unicodeScalars
            let start = min(max(position.column - 1, 0), scalars.count)
            let marked = max(1, min(length, scalars.count - start))
            // Tabs stay tabs, so that the caret stands below its text.
            var indent = String.UnicodeScalarView()
            for scalar in scalars.prefix(start) { indent.append(scalar == "\t" ? "\t" : " ") }
            text += "\n\(margin)\(number) | \(line)"
            text += "\n       | \(String(indent))^" + String(repeating: "~", count: marked - 1)
        }
        if let help { text += "\n  help: \(help)" }
        return text
    }
}
