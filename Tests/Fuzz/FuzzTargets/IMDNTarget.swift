import IMDN

extension FuzzTarget {
    /// A document that is read survives being written, and its texts are bounded.
    static let imdn = FuzzTarget("imdn") { input throws(Violation) in
        var cuts = Cuts(of: input)
        let reader = IMDNReader(limits: cuts.below(3) > 0 ? IMDNReader.Limits() : small)
        try notification(input, reader)
        try composing(input, reader)
    }

    private static func notification(_ input: [UInt8], _ reader: IMDNReader) throws(Violation) {
        let found: DispositionNotification
        do throws(IMDNError) { found = try reader.readNotification(input[...]) } catch {
            return try demand((0...input.count).contains(error.offset), "the error lies in the document: \(error)")
        }
        try demand(!found.messageID.isEmpty, "what is read is about a message")
        try demand(found.messageID.utf8.count <= reader.limits.text, "texts are bounded")
        let written = IMDNWriter.write(found)
        let again = try succeed("what is written is read: \(shown(written))") { () throws(IMDNError) in
            try wide.readNotification(written[...])
        }
        var kept = found
        if kept.recipients == nil { kept.subject = nil }
        try demand(again == kept, "what is written is the notification: \(shown(written))")
    }

    private static func composing(_ input: [UInt8], _ reader: IMDNReader) throws(Violation) {
        let found: ComposingStatus
        do throws(IMDNError) { found = try reader.readComposing(input[...]) } catch {
            return try demand((0...input.count).contains(error.offset), "the error lies in the document: \(error)")
        }
        let written = IMDNWriter.write(found)
        let again = try succeed("what is written is read: \(shown(written))") { () throws(IMDNError) in
            try wide.readComposing(written[...])
        }
        try demand(again == found, "what is written is the state: \(shown(written))")
        var receiver = ComposingReceiver()
        _ = receiver.receive(.status(found), now: 1_000)
        try demand(receiver.current == found.state, "the state is believed")
        if let end = receiver.deadline { try demand((2_000...3_601_000).contains(end), "and not for ever: \(end)") }
    }

    /// Escapes may make a document longer than what was read.
    private static let wide = IMDNReader(limits: IMDNReader.Limits(bytes: 1 << 20, text: 1 << 16))

    private static let small = IMDNReader.Limits(bytes: 400, depth: 4, elements: 8, attributes: 2, text: 12)
}
