import Testing
import XMLStreams

@testable import XMPPStreams

/// The header of a peer's stream to the gateway.
let peerHeader = """
    <?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' \
    xmlns:db='jabber:server:dialback' from='peer.example' to='gw.example' version='1.0' xml:lang='en'>
    """

/// The first-level element of a stream between servers.
func serverElement(_ markup: String) throws -> XML.Element {
    guard case .element(let element) = try events(peerHeader + markup).last else {
        throw XMLStreamError(.incomplete, markup, offset: 0)
    }
    return element
}

extension StreamNonces {
    /// The ids in order.
    var everyStream: [String] { streams }
}
