import Addressing
import CPIM
import MIME
import MappingTables
import XMLStreams
public import XMPPStanzas

extension MessageTranslator {
    /// Makes the pivot of a message stanza.
    ///
    /// - Parameters:
    ///   - stanza: a message whose sender the leg has proved.
    ///   - parties: the addresses of the stanza, where the leg has read them; nil to have them read.
    ///   - facts: what is known.
    /// - Returns: the pivot; nothing for errors, carbons and messages without anything that crosses.
    ///
    /// Source: RFC 3922 §4.1, RFC 7572 §4.
    public func pivot(
        from stanza: MessageStanza,
        between parties: StanzaParties? = nil,
        facts: Facts
    ) -> Translated<Pivot> {
        // An error is neither forwarded nor answered (RFC 6120 §8.3.1).
        if stanza.kind == .error { return Translated(outcome: .nothing(reason: "error-stanza"), trace: .none) }
        guard let parties = parties ?? StanzaParties(stanza) else {
            return Crossing.refused(.malformedAddress, route(""))
        }
        let route = route(AddressTranslator.peerDomain(of: parties.recipient.bare, generation.addresses))
        return Crossing.run(setting(facts, route)) { crossing throws(Refusal) in
            try pivot(from: stanza, parties.sender, parties.recipient, &crossing)
        }
    }

    private func pivot(
        from stanza: MessageStanza,
        _ sender: JID,
        _ recipient: JID,
        _ crossing: inout Crossing
    ) throws(Refusal) -> Outcome<Pivot> {
        let content = StanzaContent(stanza)
        if content.isCarbon { return .nothing(reason: "carbon") }
        guard recipient.local != nil, sender.local != nil else { throw .domainRecipient }
        // Rooms are users of the other shore whom nobody knows.
        if stanza.kind == .groupchat { throw .noRoom }
        let hasBody = stanza.bodyBytes != nil
        if content.isForList { throw .recipientList }
        if content.isEncrypted, !crossing.isSet(.e2eFallback, "on") {
            guard hasBody || content.hasCiphertext else { return .nothing(reason: "encrypted-without-text") }
            throw .encrypted
        }
        var reactions: String?
        let carriesReactions = crossing.route.messageFields.takes(StanzaContent.reactionsNamespace)
        if !hasBody, let marks = content.reactions, !carriesReactions {
            switch crossing.route.switches.text(.reactions) {
            case "reject": throw .reactions
            case "text": reactions = marks.joined(separator: " ")
            default:
                crossing.trace.lose(.reactions)
                return .nothing(reason: "reactions")
            }
        }
        let texts = (sender: sender.description, recipient: recipient.description)
        let ends = try ends(texts.sender, texts.recipient, &crossing) { crossing throws(Refusal) in
            try self.ends(from: sender, to: recipient, &crossing)
        }
        var source = StanzaSource(stanza: stanza, sender: sender, ends: texts, setting: crossing.setting)
        let fallback = FallbackText(stanza) { crossing.carries($0, of: source) }
        if !fallback.isEmpty { source.cut(fallback) }
        var target = PivotTarget()
        target.accepts = crossing.facts.peer.accepts
        let conversion = FieldConversion(
            sender: (texts.sender, ends.instants.sender),
            recipient: (texts.recipient, ends.instants.recipient),
            setting: crossing.setting
        )
        try crossing.apply(crossing.route.messageFields, from: source, to: &target, way: .toCPIM, conversion)
        if let reactions, target.texts.isEmpty { target.texts = [FieldValue(text: reactions)] }
        target.addLink()
        for _ in 0..<target.furtherLinks { crossing.trace.lose(.element, "{jabber:x:oob}x") }
        target.addMarker()
        let hasReactions = carriesReactions && content.reactions != nil
        guard
            !target.texts.isEmpty || !target.parts.isEmpty || hasReactions
                || target.subjects.contains(where: { !$0.text.isEmpty })
        else {
            return .nothing(reason: "no-text")
        }
        // What somebody else has encrypted is nobody's to report on (RFC 5438 §14.2), and nothing can come back to a
        // sender who hides (§12.1.1).
        if !content.isEncrypted, !AddressTranslator.isAnonymous(.sip(ends.sender.uri)) {
            target.ask(crossing.requests(of: SignalElements(stanza)), stanza.id)
        }
        crossing.loseUnnamed(of: stanza, isCut: !fallback.isEmpty)
        let part = target.part(accepts: crossing.facts.peer.accepts, crossing.route.switches, &crossing.trace)
        return .value(
            try target.pivot(part, ends, id: stanza.id) { Self.named($0, crossing.formalName(of: $1.jid.bare)) }
        )
    }

    /// The address with the display name of its owner, when one is known.
    private static func named(_ address: CPIMAddress, _ name: String?) -> CPIMAddress {
        guard let name else { return address }
        return CPIMAddress(formalName: name, uriText: address.uriText) ?? address
    }
}

extension Crossing {
    /// Records the elements of a stanza that no row takes.
    ///
    /// Source: RFC 3922 §4.1.8.
    mutating func loseUnnamed(of stanza: MessageStanza, isCut: Bool) {
        let rules = route.messageFields
        for child in stanza.element.children where !child.sharesNamespace(with: stanza.element) {
            let name = child.name
            let namespace = child.namespace
            if let core = StanzaSource.core(name, namespace) {
                if rules.names(.core(core), way: .toCPIM) { continue }
                trace.lose(core == .html ? .html : .element, "{\(namespace)}\(name)")
                continue
            }
            if SignalElements.takes(child) { continue }
            if isCut, child.is("fallback", FallbackText.namespace) { continue }
            if !rules.takes(FieldAnchor(namespace: namespace, name: name), .toCPIM) {
                trace.lose(.element, "{\(namespace)}\(name)")
            }
        }
        if stanza.thread != nil, !rules.names(.core(.thread), way: .toCPIM) { trace.lose(.thread) }
        if !rules.names(.core(.subject), way: .toCPIM), !stanza.subjects.isEmpty { trace.lose(.subject) }
    }
}
