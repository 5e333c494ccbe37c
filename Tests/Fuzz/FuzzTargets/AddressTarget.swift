import Addressing

extension FuzzTarget {
    /// Every address that is read is read back from its own text, and every escaping can be undone.
    static let addresses = FuzzTarget("addresses") { input throws(Violation) in
        try percent(input)
        try uris(input)
        guard let text = String(validating: input, as: UTF8.self) else { return }
        try jids(text)
        try profiles(text)
        try escapings(text)
        try domains(text)
        if let address = try? IPAddress(text) {
            try demand((try? IPAddress(address.description)) == address, "an IP address is read back: \(address)")
        }
    }

    private static func jids(_ text: String) throws(Violation) {
        if let jid = try? JID(text) { try readsBack(jid) }
        if let jid = try? XMPPURI.jid(text) { try readsBack(jid) }
        let words = text.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard words.count == 3 else { return }
        if let jid = try? JID(local: words[0].isEmpty ? nil : words[0], domain: words[1], resource: words[2]) {
            try readsBack(jid)
        }
    }

    private static func readsBack(_ jid: JID) throws(Violation) {
        let name = jid.description.debugDescription
        let again = try succeed("a JID is read back: \(name)") { () throws(AddressError) in
            try JID(jid.description)
        }
        try demand(again == jid, "a JID is the same when read back: \(name), \(again.description.debugDescription)")
        let uri = XMPPURI.text(jid)
        let other = try succeed("the URI of a JID is read: \(uri) of \(name)") { () throws(AddressError) in
            try XMPPURI.jid(uri)
        }
        try demand(other == jid, "the URI of a JID names it: \(uri) of \(name)")
    }

    private static func profiles(_ text: String) throws(Violation) {
        if let once = try? PRECIS.usernameCaseMapped(text) {
            let twice = try succeed("an enforced name can be enforced: \(once.debugDescription)") {
                () throws(AddressError) in
                try PRECIS.usernameCaseMapped(once)
            }
            try demand(Array(twice.utf8) == Array(once.utf8), "names are enforced once: \(once.debugDescription)")
        }
        if let once = try? PRECIS.opaqueString(text) {
            let twice = try succeed("an opaque text can be enforced: \(once.debugDescription)") {
                () throws(AddressError) in
                try PRECIS.opaqueString(once)
            }
            try demand(Array(twice.utf8) == Array(once.utf8), "texts are enforced once: \(once.debugDescription)")
        }
    }

    private static func escapings(_ text: String) throws(Violation) {
        for form in JIDEscaping.Form.allCases {
            _ = (JIDEscaping.unescape(text, form: form), JIDEscaping.isReversible(text, form: form))
            guard let escaped = JIDEscaping.escape(text, form: form) else { continue }
            let back = JIDEscaping.unescape(escaped, form: form)
            try demand(Array(back.utf8) == Array(text.utf8), "\(form) is undone: \(escaped.debugDescription)")
            let forbidden: [UInt8] = form == .xep0106 ? Array(" \"&'/:<>@".utf8) : Array("&'/".utf8)
            try demand(
                !escaped.utf8.contains { forbidden.contains($0) },
                "\(form) escapes: \(escaped.debugDescription)"
            )
        }
    }

    private static func domains(_ text: String) throws(Violation) {
        guard let domain = try? DomainName.normalized(text) else { return }
        try demand(
            (try? DomainName.normalized(domain)) == domain,
            "a domain is normal once: \(domain.debugDescription)"
        )
        guard let ascii = try? DomainName.toASCII(domain) else { return }
        try demand(ascii.utf8.allSatisfy { $0 < 0x80 }, "an A-label is ASCII: \(ascii.debugDescription)")
        try demand(
            (try? DomainName.normalized(ascii)) == domain,
            "A-labels name the same domain: \(ascii.debugDescription) of \(domain.debugDescription)"
        )
    }

    private static func uris(_ input: [UInt8]) throws(Violation) {
        for lenient in [false, true] {
            guard let uri = try? AddressURI(bytes: input[...], lenient: lenient) else { continue }
            let text = uri.description
            try demand(
                text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x3C && $0 != 0x3E },
                "a URI holds what a URI may: \(text.debugDescription)"
            )
            let again = try succeed("a URI is read back: \(text.debugDescription)") { () throws(AddressError) in
                try AddressURI(text)
            }
            try demand(again == uri, "a URI is the same when read back: \(text.debugDescription)")
            try demand(again.description == text, "the text of a URI is stable: \(text) or \(again)")
            guard case .sip(let sip) = uri else { continue }
            let canonical = sip.canonicalDescription
            let same = try succeed("the canonical text is read: \(canonical)") { () throws(AddressError) in
                try SIPURI(canonical)
            }
            try demand(same.canonicalDescription == canonical, "the canonical text is stable: \(canonical)")
            try demand(same == sip, "the canonical text names the same: \(canonical) of \(text)")
            _ = (try? sip.decodedUser(), sip.addressOfRecord, sip.isEquivalent(to: same))
        }
    }

    private static func percent(_ input: [UInt8]) throws(Violation) {
        for kept in [ByteSet.unreserved, .sipUser, .sipHeader, .imSafe, .xmppNode, .xmppResource] {
            let text = PercentEncoding.encode(input, keeping: kept)
            let back = try succeed("percent encoding is undone: \(text)") { () throws(AddressError) in
                try PercentEncoding.decode(Array(text.utf8))
            }
            try demand(back == input, "percent encoding is undone: \(text)")
        }
        _ = try? PercentEncoding.decode(input, lenient: true)
    }
}
