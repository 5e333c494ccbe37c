import Ledger
import Logging

extension LedgerError {
    /// What the log says beside the sentence: the code as documented, the reason, and what to do.
    var logged: Logger.Metadata {
        var metadata: Logger.Metadata = ["error.code": "\(code.rawValue)", "reason": "\(reason)"]
        if !remedy.isEmpty { metadata["remedy"] = "\(remedy)" }
        return metadata
    }
}
