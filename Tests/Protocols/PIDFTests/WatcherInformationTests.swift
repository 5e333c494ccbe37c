import PIDF
import Testing

@Suite("PIDFReader: watchers")
struct WatcherInformationTests {
    /// RFC 3858 §5.
    private static let example = """
        <?xml version="1.0"?>
        <watcherinfo xmlns="urn:ietf:params:xml:ns:watcherinfo"
                     version="0" state="full">
          <watcher-list resource="sip:professor@example.net" package="presence">
            <watcher status="active"
                     id="8ajksjda7s"
                     duration-subscribed="509"
                     event="approved" >sip:userA@example.net</watcher>
            <watcher status="pending"
                     id="hh8juja87s997-ass7"
                     display-name="Mr. Subscriber"
                     event="subscribe">sip:userB@example.org</watcher>
          </watcher-list>
        </watcherinfo>
        """

    private func read(
        _ text: String,
        _ limits: PIDFReader.Limits = PIDFReader.Limits()
    ) throws(PIDFError)
        -> WatcherInformation
    { try PIDFReader(limits: limits).readWatchers(Array(text.utf8)[...]) }

    private func code(_ text: String, _ limits: PIDFReader.Limits = PIDFReader.Limits()) -> PIDFError.Code? {
        do throws(PIDFError) { _ = try read(text, limits) } catch { return error.code }
        return nil
    }

    private func wrapped(_ content: String, _ attributes: String = "version='0' state='full'") -> String {
        "<watcherinfo xmlns='urn:ietf:params:xml:ns:watcherinfo' \(attributes)>\(content)</watcherinfo>"
    }

    private func listed(_ content: String) -> String {
        wrapped("<watcher-list resource='sip:a@b' package='presence'>\(content)</watcher-list>")
    }

    @Test("RFC 3858 §5: the example is read")
    func example() throws {
        let read = try read(Self.example)
        #expect(read.version == 0 && read.isFull && read.lists.count == 1)
        let list = try #require(read.lists.first)
        #expect(list.resource == "sip:professor@example.net" && list.package == "presence")
        #expect(list.watchers.map(\.uri) == ["sip:userA@example.net", "sip:userB@example.org"])
        #expect(list.watchers.map(\.status) == [.active, .pending])
        #expect(list.watchers.map(\.id) == ["8ajksjda7s", "hh8juja87s997-ass7"])
        #expect(list.watchers.map(\.event) == ["approved", "subscribe"])
        #expect(list.watchers.map(\.displayName) == [nil, "Mr. Subscriber"])
    }

    @Test("RFC 3858 §3: what is of other namespaces, or unknown, is passed over, and each status is read")
    func extensions() throws {
        let statuses = ["pending", "active", "waiting", "terminated", "x"]
        let watchers = statuses.map { "<watcher status='\($0)' id='\($0)' event='subscribe'> sip:a@b </watcher>" }
        let text = wrapped(
            "<x:o xmlns:x='urn:x'/><watcher-list resource='sip:a@b' package='presence' x:y='z' xmlns:x='urn:x'>"
                + "<x:watcher status='pending' id='o' event='subscribe'>sip:a@b</x:watcher>\(watchers.joined())"
                + "</watcher-list>",
            "version=' 4294967295 ' state='partial'"
        )
        let read = try read(text)
        #expect(read.version == 4_294_967_295 && !read.isFull)
        #expect(read.lists.first?.watchers.map(\.id) == ["pending", "active", "waiting", "terminated"])
        #expect(read.lists.first?.watchers.allSatisfy { $0.uri == "sip:a@b" } == true)
    }

    @Test(
        "RFC 3858 §3: a watcher without an attribute that it must have, or without a URI, is none",
        arguments: [
            "<watcher status='pending' event='subscribe'>sip:a@b</watcher>",
            "<watcher status='pending' id='' event='subscribe'>sip:a@b</watcher>",
            "<watcher id='i' event='subscribe'>sip:a@b</watcher>",
            "<watcher status='pending' id='i'>sip:a@b</watcher>",
            "<watcher status='pending' id='i' event='subscribe'> </watcher>",
        ]
    )
    func incomplete(watcher: String) throws { #expect(try read(listed(watcher)).lists.first?.watchers.isEmpty == true) }

    @Test("RFC 3858 §3: a list without resource or package is none")
    func incompleteLists() throws {
        let watcher = "<watcher status='pending' id='i' event='subscribe'>sip:a@b</watcher>"
        for attributes in ["resource='sip:a@b'", "package='presence'", ""] {
            let text = wrapped("<watcher-list \(attributes)>\(watcher)</watcher-list>")
            #expect(try read(text).lists.isEmpty)
        }
    }

    @Test(
        "RFC 3858 §3: a version of 32 bits and one of two states must be there",
        arguments: [
            "state='full'", "version='0'", "version='-1' state='full'", "version='4294967296' state='full'",
            "version='x' state='full'", "version='0' state='half'",
        ]
    )
    func attributes(_ attributes: String) { #expect(code(wrapped("", attributes)) == .root) }

    @Test("Another root, a document type, another encoding and what is no XML are refused by name")
    func faults() {
        #expect(code("<watcherinfo version='0' state='full'/>") == .root)
        #expect(code("<presence xmlns='urn:ietf:params:xml:ns:pidf'/>") == .root)
        #expect(code("<!DOCTYPE watcherinfo><watcherinfo xmlns='urn:ietf:params:xml:ns:watcherinfo'/>") == .doctype)
        #expect(code("<?xml version='1.0' encoding='ISO-8859-1'?>" + wrapped("")) == .encoding)
        #expect(code("hello") == .xml && code("") == .xml)
    }

    @Test("Watchers, in all lists together, and bytes are bounded")
    func bounds() throws {
        let watcher = "<watcher status='active' id='i' event='approved'>sip:a@b</watcher>"
        let list = "<watcher-list resource='sip:a@b' package='presence'>\(watcher)</watcher-list>"
        let limits = PIDFReader.Limits(watchers: 2)
        #expect(code(wrapped(list + list), limits) == nil)
        #expect(code(wrapped(list + list + list), limits) == .limit)
        #expect(PIDFReader.Limits().watchers == 1_000)
        let text = wrapped(list)
        #expect(code(text, PIDFReader.Limits(bytes: text.utf8.count)) == nil)
        #expect(code(text, PIDFReader.Limits(bytes: text.utf8.count - 1)) == .limit)
    }

    @Test("No prefix of a document is read, and none traps; nor does one with a byte that is another")
    func prefixes() throws {
        let bytes = Array(Self.example.utf8)
        for length in 0..<bytes.count {
            #expect(throws: PIDFError.self) { try PIDFReader().readWatchers(bytes[..<length]) }
        }
        for index in bytes.indices {
            for byte in [0, 0x3C, 0x22, 0xFF] as [UInt8] {
                var changed = bytes
                changed[index] = byte
                _ = try? PIDFReader().readWatchers(changed[...])
            }
        }
    }
}
