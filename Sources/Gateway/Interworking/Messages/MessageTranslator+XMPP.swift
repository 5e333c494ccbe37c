import Addressing
import CPIM
import MIME
import MappingTables

extension MessageTranslator {
    /// Makes the stanza of a message.
    ///
    /// - Parameters:
    ///   - pivot: the message.
    ///   - facts: what is known.
    ///   - contentNamespace: the namespace of the stream.
    ///   - freshID: the identifier of a message that has none.
    /// - Returns: the stanza; nothing for receipts and composing states; a refusal when its type is not supported or it
    ///   is larger than the neighbor takes.
    ///
    /// Source: RFC 3922 §4.2, RFC 7572 §5.
    public func stanza(
        from pivot: Pivot,
        facts: Facts,
        contentNamespace: String,
        freshID: String
    ) -> Translated<OutgoingStanza> {
        let route = route(pivot.sender.domain)
        return Crossing.run(setting(facts, route)) { crossing throws(Refusal) in
            try stanza(from: pivot, contentNamespace, freshID, &crossing)
        }
    }

    private func stanza(
        from pivot: Pivot,
        _ contentNamespace: String,
        _ freshID: String,
        _ crossing: inout Crossing
    ) throws(Refusal) -> Outcome<OutgoingStanza> {
        guard case .message(var text) = try Self.reader(crossing).read(pivot.message.content) else {
            return .nothing(reason: "signal")
        }
        if text.plain == nil, let html = text.html {
            // Markup that came without a plain text has one (RFC 7572 §7).
            text.plain = Array(Markup.sanitized(html: html).plain.utf8)[...]
        }
        for loss in text.losses.compactMap({ LossClass(rawValue: $0) }) { crossing.trace.lose(loss) }
        crossing.notes += text.notes
        let conversion = FieldConversion(
            sender: (pivot.message.from.uriText, pivot.sender.fullKey),
            recipient: (pivot.message.to.uriText, pivot.recipient.fullKey),
            setting: crossing.setting
        )
        let source = PivotSource(pivot: pivot, text: text)
        var target = StanzaTarget()
        try crossing.apply(crossing.route.messageFields, from: source, to: &target, way: .toXMPP, conversion)
        if !target.copies.isEmpty, crossing.facts.peer.takesAddresses == false {
            target.copies = []
            crossing.trace.lose(.copies)
        }
        let hasParts = !text.parts.isEmpty && target.hasElements
        guard target.body != nil || !target.subjects.isEmpty || hasParts else {
            // A type of which no row could make anything is as good as one that no row names.
            if text.isPartsAlone { throw .unsupportedType() }
            return .nothing(reason: "no-text")
        }
        addSignals(of: pivot, to: &target, &crossing)
        crossing.loseUnnamed(of: source, text)
        return .value(try written(&target, pivot, contentNamespace, target.id ?? freshID, &crossing))
    }

    /// Asks for what the sender wants to hear, and ends the state of its writing.
    ///
    /// Without a Message-ID there is nothing that an answer could be about.
    ///
    /// Source: RFC 5438 §6.3, §7.2.1, RFC 3994 §3.3.
    private func addSignals(of pivot: Pivot, to target: inout StanzaTarget, _ crossing: inout Crossing) {
        func add(_ column: String, _ word: String) {
            guard let namespace = SignalElements.namespace(of: column) else { return }
            target.extensions.append(StanzaTarget.Extension(namespace: namespace, name: word))
        }
        if pivot.messageID != nil {
            for (column, word) in crossing.elements(asking: pivot.requests) { add(column, word) }
        }
        guard crossing.facts.receipts.chatStates.contains(pivot.recipient.jid.bare),
            let answer = crossing.answer(SignalTables.composing, ["composing": "message"], to: .xmpp)
        else { return }
        for column in ["chat-state", "hint"] { answer[column].map { add(column, $0) } }
    }

    private static func reader(_ crossing: Crossing) -> BodyReader {
        var reader = BodyReader()
        reader.readsHTML = !crossing.isSet(.html, "reject")
        reader.wanted = crossing.route.messageFields.parts
        reader.convertsLatin1 = crossing.isSet(.charset, "transcode")
        return reader
    }

    /// Writes the stanza; markup that makes it too large is given up before the message is.
    ///
    /// Source: RFC 6120 §13.12, RFC 7572 §6.
    private func written(
        _ target: inout StanzaTarget,
        _ pivot: Pivot,
        _ contentNamespace: String,
        _ id: String,
        _ crossing: inout Crossing
    ) throws(Refusal) -> OutgoingStanza {
        func write(_ target: StanzaTarget) -> (bytes: [UInt8], replaced: Int) {
            target.write(
                from: pivot.sender.fullKey,
                to: pivot.recipient.fullKey,
                id: id,
                contentNamespace: contentNamespace,
                gatewayDomain: crossing.facts.gatewayDomain
            )
        }
        var (bytes, replaced) = write(target)
        let limit = crossing.facts.peer.stanzaLimit
        if bytes.count > limit, target.html != nil {
            target.html = nil
            crossing.trace.lose(.html)
            (bytes, replaced) = write(target)
        }
        guard bytes.count <= limit else { throw .oversize }
        if replaced > 0 {
            crossing.notes.append("xml-replaced-\(replaced)")
            crossing.trace.lose(.characters)
        }
        return OutgoingStanza(
            bytes: bytes,
            id: id,
            from: pivot.sender.jid,
            to: pivot.recipient.jid,
            thread: target.thread
        )
    }
}

extension Crossing {
    /// Records what the object says and no row takes.
    ///
    /// Source: RFC 3922 §4.2.10.
    fileprivate mutating func loseUnnamed(of source: PivotSource, _ text: MessageText) {
        let rules = route.messageFields
        let pivot = source.pivot
        if !pivot.copies.isEmpty, !rules.names(.core(.cc), way: .toXMPP) { trace.lose(.copies) }
        if text.html != nil, !rules.names(.core(.html), way: .toXMPP) { trace.lose(.html) }
        // Of several subjects in one language a stanza has the first (RFC 6121 §5.2.4).
        let subjects = rules.names(.core(.subject), way: .toXMPP) ? source.values(of: .subject).count : 0
        if subjects < pivot.message.subjects.count { trace.lose(.subject) }
        if pivot.thread != nil, !rules.names(.core(.thread), way: .toXMPP) { trace.lose(.thread) }
        for header in pivot.message.extensions where !Self.isNamed(header, rules, pivot.messageID != nil) {
            trace.lose(.header, "{\(header.namespace)}\(header.name)")
        }
    }

    private static func isNamed(_ header: CPIMExtension, _ rules: FieldRules, _ isAnswerable: Bool) -> Bool {
        if header.namespace == CPIMNamespace.imdn {
            if header.name == CPIMName.messageID.local { return rules.names(.core(.messageID), way: .toXMPP) }
            // What it asks for is the table's of requests to say, unless there is nothing to answer to.
            if header.name == CPIMName.dispositionNotification.local { return isAnswerable }
            // They are for notifications and are kept beside the stanza.
            if header.name == CPIMName.originalTo.local || header.name == CPIMName.recordRoute.local { return true }
        }
        return rules.names(.header(namespace: header.namespace, name: header.name), way: .toXMPP)
    }
}
