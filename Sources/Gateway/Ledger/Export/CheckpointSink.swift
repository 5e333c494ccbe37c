import AuditTrail
import Glibc

/// A place outside the log's folder where checkpoints go, so that a copy is out of reach of whoever changes the log.
public enum CheckpointSink: Sendable, Equatable, CustomStringConvertible {
    /// A file elsewhere, to which each note is appended; best on another machine's disk.
    case file(String)
    /// The system's log, facility `authpriv`: one line a note, its line ends written as `\n`.
    case syslog

    /// The sink as the configuration writes it.
    public var description: String {
        switch self {
        case .file(let path): "file:\(path)"
        case .syslog: "syslog"
        }
    }

    /// Hands a checkpoint over.
    func publish(_ note: SignedNote) throws(TrailFault) {
        switch self {
        case .file(let path): try TrailFolder.append(Array(note.written.utf8), to: path, isSynced: true)
        case .syslog:
            // The arguments live as long as the call, which copies the text.
            unsafe withVaList([]) { none in
                unsafe vsyslog(LOG_NOTICE | 10 << 3, CheckpointSink.line(of: note), none)
            }
        }
    }

    /// The note on one line, fit as a format: no percent sign means anything in it.
    static func line(of note: SignedNote) -> String {
        var text = "isthmus checkpoint "
        for scalar in note.written.unicodeScalars {
            switch scalar {
            case "\n": text += "\\n"
            case "%": text += "%%"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
