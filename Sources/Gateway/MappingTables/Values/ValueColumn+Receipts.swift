/// The columns of receipts, markers, chat states and what they are in Message/CPIM.
extension ValueColumn {
    static let receipts = [
        ValueColumn(
            name: "receipt",
            domain: .word(["request", "received"]),
            what: "an element of delivery receipts",
            source: "XEP-0184 §5"
        ),
        ValueColumn(
            name: "marker",
            domain: .word(["markable", "received", "displayed", "acknowledged"]),
            what: "a chat marker",
            source: "XEP-0333 §3"
        ),
        ValueColumn(
            name: "outcome",
            domain: .word(["sent"]),
            what: "what became of a message here",
            source: "RFC 5438 §8.1"
        ),
        ValueColumn(
            name: "chat-state",
            domain: .word(["active", "composing", "gone", "inactive", "paused"]),
            what: "a chat state",
            source: "XEP-0085 §4"
        ),
        ValueColumn(
            name: "told",
            domain: .word(["active"]),
            what: "a composing state that the other side was told last",
            source: "RFC 3994 §3.2"
        ),
        ValueColumn(
            name: "hint",
            domain: .word(["no-copy", "no-permanent-store", "no-store", "store"]),
            what: "a processing hint",
            source: "XEP-0334 §4"
        ),
    ]

    static let cpim = [
        ValueColumn(
            name: "asks-delivery",
            domain: .word(["both", "negative", "positive"]),
            what: "which delivery notifications are asked for",
            source: "RFC 5438 §6.2"
        ),
        ValueColumn(
            name: "asks-display",
            domain: .word(["asked"]),
            what: "whether display notifications are asked for",
            source: "RFC 5438 §6.2"
        ),
        ValueColumn(
            name: "asks-processing",
            domain: .word(["asked"]),
            what: "whether processing notifications are asked for",
            source: "RFC 5438 §6.2"
        ),
        ValueColumn(
            name: "delivery",
            domain: .word(["delivered", "error", "failed", "forbidden"]),
            what: "the status of a delivery notification",
            source: "RFC 5438 §11.1.7"
        ),
        ValueColumn(
            name: "display",
            domain: .word(["displayed", "error", "forbidden"]),
            what: "the status of a display notification",
            source: "RFC 5438 §11.1.7"
        ),
        ValueColumn(
            name: "processing",
            domain: .word(["error", "forbidden", "processed", "stored"]),
            what: "the status of a processing notification",
            source: "RFC 5438 §11.1.7"
        ),
        ValueColumn(
            name: "composing",
            domain: .word(["active", "idle", "message"]),
            what: "a composing state, or a message that ends one",
            source: "RFC 3994 §3.3"
        ),
        // What a header or a part of a message says, in words of any list.
        ValueColumn(name: "text", domain: .text, what: "a text", source: "RFC 3862 §3.4"),
    ]
}
