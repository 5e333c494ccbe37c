import Interworking
import SIPMessages

/// What a MESSAGE says of its own identity and lifetime.
enum MessageMarks {
    /// The marks by which a MESSAGE is recognized when it comes again on another branch.
    ///
    /// - Parameters:
    ///   - request: a request that was validated.
    ///   - peer: the neighbor that it came from.
    ///   - sender: the sender's compared address.
    ///   - messageID: the `imdn.Message-ID`; nil for none.
    /// - Returns: the marks; the equality of any one tells a repeated message.
    static func duplicates(
        of request: SIPRequest,
        peer: String,
        sender: String,
        messageID: String?
    ) -> [DuplicateMark] {
        var marks: [DuplicateMark] = []
        do throws(SIPError) {
            let headers = request.headers
            let sequence = try headers.cseq().number
            let texts = ["sip", peer, try request.from().tag ?? "", try headers.callID(), String(sequence)]
            marks.append(DuplicateMark(texts, content: request.body))
        } catch {
            // A validated request has them all.
        }
        if let messageID { marks.append(DuplicateMark(["imdn", sender, messageID])) }
        return marks
    }

    /// When a MESSAGE stops being worth delivering, in Unix milliseconds; nil when it does not say.
    ///
    /// A Date of the future counts as now, so that a wrong clock prolongs nothing.
    ///
    /// Source: RFC 3428 §7.
    static func deadline(of headers: SIPHeaders, now: Int64) -> Int64? {
        guard let expires = headers.expires else { return nil }
        let sent = headers.date.map { $0.secondsSince1970 * 1_000 } ?? now
        return min(sent, now) + Int64(expires) * 1_000
    }
}
