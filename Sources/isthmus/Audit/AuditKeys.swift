import AuditTrail
import Glibc

/// Keys and checkpoints that an auditor hands in.
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

    /// The notes of a file; lines of the system's log are taken too.
    static func notes(_ path: String) throws(Stop) -> [SignedNote] {
        let bytes = try bytes(path)
        var text = bytes
        let mark = Array("isthmus checkpoint ".utf8)
        let lines = bytes.split(separator: 0x0A)
        if lines.contains(where: { contains(mark, in: $0) != nil }) {
            text = lines.flatMap { line in
                contains(mark, in: line).map { unescaped(line[$0...]) } ?? []
            }
        }
        let notes = SignedNote.all(in: text)
        guard !notes.isEmpty, notes.allSatisfy({ $0.note != nil }) else {
            let place = notes.firstIndex { $0.note == nil }.map { " number \($0 + 1)" } ?? ""
            throw .fault("\(path): checkpoint\(place) cannot be read; give a file of checkpoints as they were kept")
        }
        return notes.compactMap { $0.note }
    }

    /// Where a text ends in a line.
    private static func contains(_ mark: [UInt8], in line: ArraySlice<UInt8>) -> Int? {
        guard line.count >= mark.count else { return nil }
        for start in line.startIndex...line.endIndex - mark.count where line[start...].starts(with: mark) {
            return start + mark.count
        }
        return nil
    }

    private static func unescaped(_ line: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var rest = line
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "n") {
                rest.removeFirst()
                result.append(0x0A)
            } else {
                result.append(byte)
            }
        }
        return result
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
