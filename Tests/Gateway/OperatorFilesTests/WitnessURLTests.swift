import OperatorFiles
import Testing

/// The URL of a witness of checkpoints.
@Suite("Witness URL")
struct WitnessURLTests {
    @Test("Scheme, host, port, path and query are read, with the port that the scheme implies")
    func read() throws {
        let url = try #require(WitnessURL("https://witness.example/a/b?c=d"))
        #expect(url.isSecure && url.host == "witness.example" && url.port == 443 && url.path == "/a/b?c=d")
        #expect(url.authority == "witness.example")
        for (text, written) in [
            ("HTTP://127.0.0.1", "http://127.0.0.1/"), ("http://[2001:db8::1]:8080?x", "http://[2001:db8::1]:8080/?x"),
            ("http://[::1]/", "http://[::1]/"), ("https://localhost:443", "https://localhost/"),
            ("http://localhost:443/", "http://localhost:443/"),
        ] {
            #expect(WitnessURL(text)?.description == written, "\(text)")
        }
    }

    @Test(
        "What is no such URL is refused",
        arguments: [
            "", "witness.example", "ftp://witness.example/", "https:witness.example", "https://", "https:///a",
            "https://user@witness.example/", "https://witness.example/#a", "https://witness.example/a b",
            "https://witness.example:0/", "https://witness.example:70000/", "https://[::1/",
            "https://wit_ness\n.example/",
        ]
    )
    func refused(text: String) {
        #expect(WitnessURL(text) == nil)
    }
}
