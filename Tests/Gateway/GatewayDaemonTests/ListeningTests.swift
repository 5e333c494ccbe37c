import Foundation
import Logging
import NIOCore
import OperatorFiles
import Testing

@testable import GatewayDaemon
@testable import XMPPLegs

extension GatewayTests {
    /// Sockets that cannot be bound.
    @Suite("Listening")
    struct ListeningTests {
        @Test("A start whose port another process has says which, and which key asks for it")
        func taken() async throws {
            try await Stage.play { stage in
                var second = stage.configuration
                second.state += "-second"
                let port = try #require(second.listeners.first).port
                let tables = try Tables.candidate([])
                let logger = Logger(label: "isthmus.test") { _ in SwiftLogNoOpLogHandler() }
                let expected = "udp:127.0.0.1:\(port) (sip: listen) is in use by another process; end it"
                do {
                    _ = try await RunningGateway.start(second, tables, logger, clock: stage.time.clock)
                    Issue.record("the port was free")
                } catch let fault as StartFault {
                    #expect(fault.description.hasPrefix(expected), "\(fault)")
                }
            }
        }

        @Test("Each listener is named as the configuration does, and each refusal has words of its own")
        func words() {
            func cause(_ code: Int32) -> IOError { IOError(errnoCode: code, reason: "bind(descriptor:ptr:bytes:)") }
            func server(_ host: String, isDirect: Bool, _ code: Int32) -> String {
                let listener = XMPPLegSettings.Server.Listener(host: host, port: 5_269, isDirect: isDirect)
                let fault = XMPPLegSettings.Server.Listener.Fault(listener: listener, cause: cause(code))
                return StartFault.unbound(fault, orElse: "").description
            }
            #expect(server("::", isDirect: false, EADDRINUSE).hasPrefix("[::]:5269 (xmpp: server: listen) is in use"))
            #expect(
                server("192.0.2.1", isDirect: true, EADDRNOTAVAIL)
                    == "192.0.2.1:5269 (xmpp: server: direct-tls) is no address of this machine; name one that it has"
            )
            #expect(server("::", isDirect: false, EACCES).contains("CAP_NET_BIND_SERVICE"))
            #expect(server("::", isDirect: false, EMFILE).hasSuffix(" cannot be bound: Too many open files"))
            #expect(
                StartFault.unbound(cause(EADDRINUSE), orElse: "state/isthmus.sock").description
                    .hasPrefix("state/isthmus.sock is in use by another process")
            )
        }
    }
}
