import AuditTrail
import Foundation
import Ledger
import OperatorFiles
import Testing

@testable import GatewayDaemon

extension GatewayTests {
    /// The key of the log at a start.
    @Suite("Audit key")
    struct AuditKeyTests {
        @Test("No key is made for a log that another one signs; with that one back the log goes on")
        func lost() async throws {
            try await Stage.play { stage in
                #expect(try await stage.ask(Note("one", call: "c1")) == 202)
                try await stage.recorded(.delivered)
                let signer = try #require(try AuditKey.load(stage.configuration, makes: false)).signer
                await stage.stop()
                let path = stage.configuration.auditKey
                try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
                let fault = #expect(throws: StartFault.self) {
                    _ = try AuditKey.load(stage.configuration, makes: true)
                }
                #expect(fault?.kind == .unreachable)
                #expect(fault?.description.contains("signed by \(signer.publicKey); put the key back") == true)
                #expect(!FileManager.default.fileExists(atPath: path))
                // Checkpoints alone are enough.
                let keys = stage.configuration.auditFolder + "/keys"
                try FileManager.default.moveItem(atPath: keys, toPath: path + ".keys")
                #expect(throws: StartFault.self) { _ = try AuditKey.load(stage.configuration, makes: true) }
                try FileManager.default.moveItem(atPath: path + ".keys", toPath: keys)
                try FileManager.default.moveItem(atPath: path + ".away", toPath: path)
                try await stage.restart()
            }
        }

        @Test("A renewal that broke off between its two files is finished: the earlier key vouches for a new one")
        func halfRenewed() async throws {
            try await Stage.play { stage in
                #expect(try await stage.ask(Note("one", call: "c1")) == 202)
                try await stage.recorded(.delivered)
                await stage.stop()
                let path = stage.configuration.auditKey
                try FileManager.default.moveItem(atPath: path, toPath: path + ".previous")
                #expect(try AuditKey.load(stage.configuration, makes: true)?.isFresh == true)
                try await stage.restart()
                #expect(try TrailFiles(stage.configuration.auditFolder).notes().epochs.count == 2)
            }
        }
    }
}
