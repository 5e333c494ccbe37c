import XMLStreams

func read(_ text: String) throws -> XML.Element { try XML.DocumentReader.read(Array(text.utf8)[...]) }

func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

/// A stanza in a content namespace.
func stanza(_ markup: String, _ namespace: String = "jabber:component:accept") throws -> XML.Element {
    let end = markup.firstIndex { $0 == " " || $0 == ">" || $0 == "/" } ?? markup.endIndex
    return try read(markup[..<end] + " xmlns='\(namespace)'" + markup[end...])
}

let contentNamespaces = ["jabber:client", "jabber:server", "jabber:component:accept"]
