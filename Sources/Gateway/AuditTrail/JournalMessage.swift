import MIME

/// One record as a message of the Internet Message Format, for archives that take mail.
///
/// The record itself is the body, as JSON in base64, byte by byte. Header fields are for people and search: an address
/// that is none of mail stands in a field of its own, and the mailbox of the gateway in its place.
///
/// Source: RFC 5322 §2.1, §3.6.
public struct JournalMessage: Sendable, Equatable {
    /// Which log the record is of, such as `gw.example.net/audit`.
    public var origin: String
    /// The sequence number of the record.
    public var sequence: Int64
    /// When it happened, as the record writes it: `2026-05-04T09:08:07.006Z`.
    public var time: String
    /// The sender's address as it came.
    public var sender: String?
    /// The recipient's address as it came.
    public var recipient: String?
    /// What happened.
    public var event: String
    /// The bytes of the record.
    public var record: [UInt8]

    /// Holds the parts of a message.
    ///
    /// - Parameters:
    ///   - origin: which log the record is of.
    ///   - sequence: the sequence number of the record.
    ///   - time: when it happened.
    ///   - sender: the sender's address as it came.
    ///   - recipient: the recipient's address as it came.
    ///   - event: what happened.
    ///   - record: the bytes of the record.
    public init(
        origin: String,
        sequence: Int64,
        time: String,
        sender: String? = nil,
        recipient: String? = nil,
        event: String,
        record: [UInt8]
    ) {
        self.origin = origin
        self.sequence = sequence
        self.time = time
        self.sender = sender
        self.recipient = recipient
        self.event = event
        self.record = record
    }

    /// The message, lines ended by CRLF; nil when the time is none.
    public var bytes: [UInt8]? {
        guard let date = JournalMessage.date(time) else { return nil }
        let host = origin.prefix { $0 != "/" }
        let gateway = "audit@\(host)"
        var lines = [
            "Date: \(date)",
            "From: \(sender.flatMap(JournalMessage.mailbox) ?? gateway)",
            "To: \(recipient.flatMap(JournalMessage.mailbox) ?? gateway)",
            "Message-ID: <audit.\(sequence)@\(host)>",
            "Subject: \(JournalMessage.text(event)) \(sequence)",
        ]
        if let sender { lines.append("X-Isthmus-Sender: \(JournalMessage.text(sender))") }
        if let recipient { lines.append("X-Isthmus-Recipient: \(JournalMessage.text(recipient))") }
        lines += [
            "MIME-Version: 1.0", "Content-Type: application/json", "Content-Transfer-Encoding: base64", "",
        ]
        var bytes = Array(lines.map { $0 + "\r\n" }.joined().utf8)
        bytes += Base64.encode(record[...])
        return bytes + [0x0D, 0x0A]
    }

    /// The date of a record's time, in UTC.
    ///
    /// Source: RFC 5322 §3.3.
    static func date(_ time: String) -> String? {
        let fields = time.split { "-T:.Z".contains($0) }
        let numbers = fields.compactMap { Int($0) }
        guard numbers.count == fields.count, numbers.count >= 6, (1...12).contains(numbers[1]),
            (1...31).contains(numbers[2])
        else { return nil }
        let (year, month, day) = (numbers[0], numbers[1], numbers[2])
        // The weekday by the count of days of the months before, March being the first.
        let shift = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4][month - 1]
        let years = month < 3 ? year - 1 : year
        let weekday = (years + years / 4 - years / 100 + years / 400 + shift + day) % 7
        let name = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][weekday]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return "\(name), \(day) \(months[month - 1]) \(fields[0]) \(fields[3]):\(fields[4]):\(fields[5]) +0000"
    }

    /// The mailbox that an address is: without scheme, resource and parameters; nil when it is none in ASCII.
    ///
    /// Source: RFC 5322 §3.4.1.
    static func mailbox(_ address: String) -> String? {
        var rest = address[...]
        for scheme in ["sip:", "sips:", "im:", "pres:"] where rest.hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
        }
        rest = rest.prefix { !"/;?".contains($0) }
        let parts = rest.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, rest.utf8.count <= 254, parts.allSatisfy(isDotAtom) else { return nil }
        return String(rest)
    }

    /// Source: RFC 5322 §3.2.3.
    private static func isDotAtom(_ text: Substring) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty
                && atom.utf8.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                    default: "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
                    }
                }
        }
    }

    /// A text as the value of a field: as it is where it is short and printable ASCII, else in encoded words.
    ///
    /// Source: RFC 2047 §2, RFC 5322 §2.1.1.
    static func text(_ text: String) -> String {
        let isPlain = text.utf8.count <= 900 && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        if isPlain, !text.contains("=?") { return text }
        var words: [String] = []
        var part = ""
        for character in text.unicodeScalars {
            if part.utf8.count + String(character).utf8.count > 30 {
                words.append(part)
                part = ""
            }
            part.unicodeScalars.append(character)
        }
        words.append(part)
        let encoded = words.map { word in
            "=?utf-8?B?" + String(decoding: Base64.encode(Array(word.utf8)[...], lineLength: 0), as: UTF8.self) + "?="
        }
        return encoded.joined(separator: "\r\n ")
    }
}
