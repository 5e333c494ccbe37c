/// One document that a line cites, with or without a section.
struct Citation: Hashable {
    /// `RFC 3261` or `XEP-0114`.
    let document: String
    /// `8.2.2`; nil where the document is named as a whole.
    let section: String?

    /// The citations of a line, where `RFC 3922 §4.1, §4.2` is two of RFC 3922.
    static func all(in line: Substring) -> [Citation] {
        guard line.contains("RFC ") || line.contains("XEP-") else { return [] }
        var found: [Citation] = []
        for match in line.matches(of: /(RFC |XEP-)(\d{3,5})((?:(?:,|;| and|–)? ?§ ?\d[0-9A-Za-z.]*)*)/) {
            let document = String(match.1 + match.2)
            let sections = match.3.matches(of: /§ ?(\d[0-9A-Za-z.]*)/).map { $0.1 }
            if sections.isEmpty { found.append(Citation(document: document, section: nil)) }
            for section in sections {
                let trimmed = section.hasSuffix(".") ? section.dropLast() : section
                found.append(Citation(document: document, section: String(trimmed)))
            }
        }
        return found
    }
}
