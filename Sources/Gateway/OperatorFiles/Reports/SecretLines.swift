/// Lines of operators' files that hold a secret, which are never shown.
enum SecretLines {
    /// The code of the diagnostic that names such a line.
    static let code = "secret-in-file"
    /// What stands in place of the line.
    static let replacement = "<redacted>"

    private static let words = ["secret", "password", "passphrase"]

    /// Whether a key of that name holds a secret itself, and not the place of one.
    static func isSecret(_ key: String) -> Bool {
        let key = key.lowercased()
        return words.contains { key.hasSuffix($0) }
    }

    /// Whether a line has such a key, also where the file around it cannot be read.
    static func isSecret(line: String) -> Bool {
        line.split(separator: ":", omittingEmptySubsequences: false).dropLast().contains { part in
            let end = part.reversed().drop { " \t\"'".contains($0) }.reversed()
            return isSecret(String(end))
        }
    }
}
