import AuditTrail
import Glibc

/// A place outside that takes checkpoints over a network, in its own time.
public protocol CheckpointWitness: Sendable, CustomStringConvertible {
    /// Hands a checkpoint over without waiting; one that was not sent yet is not needed any more.
    ///
    /// - Parameter note: the checkpoint as a note.
    func hand(_ note: String)

    /// Why checkpoints do not reach the place; nil when the last one that was tried was taken.
    var fault: String? { get }

    /// Waits until the last checkpoint was taken or is given up, which is soon.
    func finish()
}

/// A place outside the log's folder where checkpoints go, so that a copy is out of reach of whoever changes the log.
public enum CheckpointSink: Sendable, CustomStringConvertible {
    /// A file elsewhere, to which each note is appended; best on another machine's disk.
    case file(String)
    /// The system's log, facility `authpriv`: one line a note, its line ends written as `\n`.
    case syslog
    /// A place that is reached over a network.
    case witness(any CheckpointWitness)

    /// The sink as the configuration writes it.
    public var description: String {
        switch self {
        case .file(let path): "file:\(path)"
        case .syslog: "syslog"
        case .witness(let witness): "\(witness)"
        }
    }

    /// Why checkpoints do not reach the place, as far as that is known without another one.
    var fault: String? {
        switch self {
        case .file, .syslog: nil
        case .witness(let witness): witness.fault
        }
    }

    /// Waits until what was handed over is there, or is given up.
    func finish() {
        switch self {
        case .file, .syslog: break
        case .witness(let witness): witness.finish()
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
        case .witness(let witness):
            // What is told here is of the one before, since nobody waits for an answer.
            let fault = witness.fault
            witness.hand(note.written)
            if let fault { throw TrailFault(.inaccessible, fault, remedy: "see whether it is up") }
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
