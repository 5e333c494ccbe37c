import Addressing
import Interworking
import XMPPStanzas

/// Receipts and states of writing.
extension Translation {
    /// What a stanza without text says of messages and of writing, as requests.
    ///
    /// - Returns: whether it says something of it.
    func signals(of stanza: MessageStanza, to form: Form, _ result: inout Result) throws(Stop) -> Bool {
        let signals = messages.signals(from: stanza, facts: facts)
        if let reason = signals.nothingReason {
            // An error, or a stanza that is something else, is for others to judge.
            if reason == "no-signal" || reason == "error-stanza" || reason == "carbon" { return false }
        }
        result.add(signals)
        for pivot in signals.value?.items ?? [] {
            result.pivot = pivot
            result.domain = pivot.recipient.uri.host.canonical
            depart(pivot, to: form, &result)
        }
        return true
    }

    /// What a message that is no text says, as stanzas.
    func arrive(signal pivot: Pivot, _ result: inout Result) {
        let signals = messages.stanzas(
            from: pivot,
            facts: facts,
            contentNamespace: Self.namespace,
            freshID: "translate1"
        )
        result.add(signals)
        result.products += (signals.value?.items ?? []).map { stanza in
            Product(kind: stanza.isError ? .error : .message, form: .xmpp, bytes: Self.document(stanza.bytes))
        }
    }
}

extension Translated {
    /// Why nothing crosses; nil when something does, or is refused.
    fileprivate var nothingReason: String? {
        if case .nothing(let reason) = outcome { reason } else { nil }
    }
}
