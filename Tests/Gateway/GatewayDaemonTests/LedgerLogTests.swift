import Ledger
import Logging
import Testing

@testable import GatewayDaemon

/// Failures of the store in the log.
@Suite("Failures of the store in the log")
struct LedgerLogTests {
    @Test("The log has the documented code, the reason and the remedy; without a remedy it has no empty one")
    func logged() {
        let full = LedgerError(.diskFull, "the disk is full", remedy: "free space")
        #expect(full.logged == ["error.code": "disk-full", "reason": "the disk is full", "remedy": "free space"])
        let unknown = LedgerError(.unknownCrossing, "no item")
        #expect(unknown.logged == ["error.code": "unknown-crossing", "reason": "no item"])
    }
}
