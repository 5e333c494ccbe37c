import Foundation
import Testing

/// What translate writes, and where.
@Suite("Output of translate")
struct TranslateOutputTests {
    @Test("The transport is that of the next hop which the configuration names", arguments: ["udp", "tcp"])
    func transport(_ transport: String) throws {
        let site = try Site(
            configuration: Site.configuration.replacing(":5070;transport=tcp", with: ":5070;transport=\(transport)")
        )
        let presence =
            "<presence xmlns='jabber:client' type='subscribe' from='juliet@example.com' to='romeo@example.net'/>"
        for item in [TranslateTests.stanza, presence] {
            let run = try site.run("translate", "--from", "xmpp", "--to", "sip", input: item)
            #expect(run.code == 0, "\(run.errors)")
            #expect(run.output.contains("\r\nVia: SIP/2.0/\(transport.uppercased()) "), "\(run.output)")
        }
        let words = ["translate", "--from", "xmpp", "--to", "sip"]
        let unconfigured = try Program.run(words, input: TranslateTests.stanza).output
        #expect(unconfigured.contains("\r\nVia: SIP/2.0/TCP "))
    }

    @Test("A file that cannot be written whole is not left behind")
    func fullDisk() throws {
        let scratch = try Scratch()
        try scratch.write(TranslateTests.stanza, to: "message.xml")
        let tables = Program.root.appending(path: "Mappings").path
        // No file may grow; the signal that says so is not taken.
        let run = try Program.shell(
            "trap '' XFSZ; ulimit -f 0; exec \"$@\" <message.xml",
            ["translate", "--from", "xmpp", "--to", "sip", "--out", "out", "--mappings", tables],
            in: scratch.url
        )
        #expect(run.code == 3 && run.errors.contains("out/expected.sip cannot be written: "), "\(run.errors)")
        #expect(!scratch.url.appending(path: "out/expected.sip").exists)
    }
}
