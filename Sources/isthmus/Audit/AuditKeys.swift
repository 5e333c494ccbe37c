import AuditTrail
import Glibc

/// Keys that an auditor hands in.
enum AuditKeys {
    /// A key as text, or the keys of a file, a line each.
    static func read(_ text: String) throws(Stop) -> [NoteKey] {
        if let key = NoteKey(text) { return [key] }
        // The path is read during the call only.
        guard unsafe access(text, F_OK) == 0 else {
            throw .usage("\"\(text)\" is neither a key nor a file; isthmus audit key prints the key of a gateway")
        }
        var keys: [NoteKey] = []
        let lines = String(decoding: try bytes(text), as: UTF8.self).split(separator: "\n")
        for (index, line) in lines.enumerated() {
            guard let key = NoteKey(line.trimmed) else {
                throw .usage("\(text):\(index + 1):1: error: this is no key; a key is NAME+ID+KEY on a line of its own")
            }
            keys.append(key)
        }
        guard !keys.isEmpty else { throw .usage("\(text): error: there is no key in this file") }
        return keys
    }

    private static func bytes(_ path: String) throws(Stop) -> [UInt8] {
        try InputFile.contents(path)
    }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0 == " " || $0 == "\r" }.reversed().drop { $0 == " " || $0 == "\r" }.reversed())
    }
}
