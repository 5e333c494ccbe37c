/// The converters of addresses, identifiers and other names.
extension Converter {
    var ofNames: Declaration {
        switch self {
        case .address:
            Declaration(
                "an address by the address table and the store",
                takes: "a JID, or an im:, pres: or sip: URI",
                inward: "an im: URI",
                outward: "a JID in stanzas, a sip: URI in requests",
                needs: "the address table, the stored pairs and the ends of the crossing",
                switches: [.jidEscape, .uriEscape, .gruu, .percent, .sipsAllow],
                examples: [
                    (.toCPIM, "juliet@example.com", "im:juliet@example.com"),
                    (.toXMPP, "im:romeo@example.net", "romeo@example.net"),
                ],
                source: "RFC 7247 §6, RFC 3922 §3"
            )
        case .contentID:
            Declaration(
                "a Content-ID and what is in its brackets",
                takes: "the identifier without brackets",
                inward: "the identifier",
                outward: "the identifier",
                samples: ["part1@example.com", "1.a@example.net"],
                examples: [
                    (.toCPIM, "part1@example.com", "part1@example.com"),
                    (.toXMPP, "part1@example.com", "part1@example.com"),
                ],
                source: "RFC 2392 §2"
            )
        case .language:
            Declaration(
                "a language tag",
                takes: "a language tag",
                inward: "the tag as it is",
                outward: "the tag as it is",
                samples: ["en", "de-CH", "zh-Hans"],
                examples: [(.toCPIM, "en-US", "en-US"), (.toXMPP, "de", "de")],
                source: "RFC 5646 §2.1"
            )
        case .thread:
            Declaration(
                "a thread and the Call-ID that stands for it",
                takes: "a thread, or a Call-ID",
                inward: "the thread of the Call-ID, where one is stored; else the Call-ID",
                outward: "the Call-ID of the thread, where one is stored; else the thread, or a fresh one where it "
                    + "cannot be a Call-ID",
                needs: "the stored threads",
                examples: [(.toCPIM, "asd88asd77a@1.2.3.4", "asd88asd77a@1.2.3.4"), (.toSIP, "e0ffe42b", "e0ffe42b")],
                source: "RFC 7572 §4"
            )
        case .pagerType:
            Declaration(
                "the type of a stanza, by `msg.type.pager`",
                takes: "any text",
                inward: "`chat` where the switch says so, or says `reply` and the recipient's last stanza was of that "
                    + "type; else nothing",
                outward: "the same",
                canFail: false,
                switches: [.pagerType],
                examples: [(.toXMPP, "any", nil)],
                source: "RFC 7572 §5"
            )
        case .priority:
            Declaration(
                "the priority of a resource and that of a contact",
                takes: "an integer from -128 to 127, or a number from 0 to 1",
                inward: "a number from 0 to 1 with at most three digits; nothing for a negative priority",
                outward: "an integer from 0 to 127",
                samples: ["0", "1", "5", "64", "127"],
                examples: [(.toPIDF, "-1", nil), (.toXMPP, "1", "127")],
                source: "RFC 3922 §5.1.7, RFC 6121 §4.7.2.3"
            )
        case .web:
            Declaration(
                "an address of scheme http or https, of at most 2048 bytes",
                takes: "an address of the Web",
                inward: "the address as it is",
                outward: "the address as it is",
                samples: ["https://example.com/a?b=c#d", "http://example.net/"],
                examples: [
                    (.toPIDF, "https://example.com/me.png", "https://example.com/me.png"),
                    (.toXMPP, "https://example.com/me.png", "https://example.com/me.png"),
                ],
                source: "RFC 4482 §3.3, §3.4"
            )
        default:
            Declaration(
                "what a table of kind `values` has for it",
                takes: "the values of the table's columns on the one side, with / between them",
                inward: "those of the other side",
                outward: "those of the other side",
                needs: "the table that the column values names",
                examples: [],
                source: "RFC 4480 §3.2, XEP-0108 §3"
            )
        }
    }
}
