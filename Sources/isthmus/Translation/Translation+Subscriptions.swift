import Addressing
import BridgeCore
import Interworking
import MappingTables
import SIPMessages
import XMPPStanzas

/// Requests to watch and what answers them, as far as they need no subscription that stands.
extension Translation {
    private static let pidf = "application/pidf+xml"

    // MARK: From the XMPP shore

    /// The SUBSCRIBE that begins a subscription, or fetches once.
    ///
    /// Source: RFC 8048 §5.2.1, §7.1.
    func subscribe(_ operation: PresenceOperation, _ result: inout Result) {
        let switches = setup.route(operation.contact.domain).switches
        let gateway = "\(facts.gatewayDomain):5060"
        var builder = SIPRequestBuilder(.subscribe, uri: operation.contact.uri.description)
        let transport = setup.transport(for: operation.contact.domain)
        builder.via(transport: transport, sentBy: gateway, branch: "z9hG4bKtranslate1")
        builder.address(.from, uri: operation.user.uri.description, tag: "translate1")
        builder.address(.to, uri: operation.contact.uri.description)
        builder.add(.callID, "translate1@\(facts.gatewayDomain)")
        builder.sequence(1)
        if case .subscribe(let note?) = operation.kind { builder.add(.subject, note) }
        builder.add(.contact, "<sip:\(gateway);transport=\(transport.lowercased())>")
        builder.add(.event, "presence")
        builder.add(
            .accept,
            switches.isSet(.presenceCarrier, "cpim") ? "message/cpim, \(Self.pidf)" : Self.pidf
        )
        builder.add(.expires, operation.kind == .probe ? "0" : "3600")
        result.products = [Product(kind: .presence, form: .sip, bytes: builder.message())]
    }

    // MARK: From the CPIM shore

    /// A SUBSCRIBE outside a dialog becomes a request to approve, a fetch a probe.
    ///
    /// Source: RFC 8048 §5.3.1, §7.2.
    func subscribe(_ request: SIPRequest, to form: Form) throws(Stop) -> Result {
        guard form == .xmpp else { throw .usage("a SUBSCRIBE becomes a stanza; use --to xmpp") }
        guard (try? request.headers.to())?.tag == nil else {
            throw .usage(
                "a SUBSCRIBE in a dialog needs the subscription of a running gateway; give one without a To tag"
            )
        }
        var result = Result()
        let operation = presences.operation(from: request, facts: facts)
        result.add(operation)
        if let value = operation.value {
            result.domain = value.contact.domain
            var note: String?
            if case .subscribe(let words) = value.kind { note = words }
            let stanza = presences.stanza(
                value.kind == .probe ? .probe : .subscribe,
                from: value.contact.jid.bare.jid,
                to: value.user.jid,
                status: note,
                nick: value.nick,
                contentNamespace: Self.namespace
            )
            result.products = [Product(kind: .presence, form: .xmpp, bytes: Self.document(stanza))]
        }
        if let refusal = result.refusal {
            let response = errors.response(for: refusal, to: request, toTag: Self.tag)
            result.products = [Product(kind: .error, form: .sip, bytes: response)]
        }
        return result
    }

    /// A NOTIFY becomes what its watcher is told, by what the facts say of its subscription.
    ///
    /// Source: RFC 8048 §5.2, §6.3, RFC 6665 §4.1.3.
    func notify(_ request: SIPRequest, _ bytes: [UInt8], to form: Form) throws(Stop) -> Result {
        guard form == .xmpp else { throw .usage("a NOTIFY becomes stanzas; use --to xmpp") }
        let told: SubscriptionState?
        let uris: (contact: AddressURI, watcher: AddressURI)
        do throws(SIPError) {
            told = try request.headers.subscriptionState()
            uris = (try request.headers.from().uri(), try request.headers.to().uri())
        } catch {
            throw Place.fault(error.reason, code: error.code.rawValue, at: error.offset, in: bytes, file: file)
        }
        guard let told else {
            throw Place.fault("there is no Subscription-State", code: "no-state", at: 0, in: bytes, file: file)
        }
        var result = Result()
        let ends: (contact: Correspondent, watcher: JID)
        do throws(Interworking.Refusal) {
            let addresses = AddressTranslator(table: setup.generation.addresses, switches: setup.route("").switches)
            let contact = try addresses.jid(for: uris.contact, role: .sender, facts: facts).jid
            let watcher = try addresses.jid(for: uris.watcher, role: .recipient, facts: facts).jid
            let uri = try addresses.uri(for: contact, facts: facts).uri
            ends = (Correspondent(jid: contact.bare.jid, uri: uri), watcher.bare.jid)
        } catch {
            result.refusal = error.worded(by: setup.route("").errors)
            return result
        }
        result.domain = ends.contact.domain
        switch told.phase {
        case .active:
            let isApproved = facts.presence.subscription != .pending
            show(body(of: request), of: ends.contact, to: ends.watcher, isApproved: isApproved, &result)
        case .terminated: end(told, of: ends.contact, to: ends.watcher, &result)
        default: result.nothing = "undecided"
        }
        return result
    }

    private func body(of request: SIPRequest) -> PresenceBody? {
        guard !request.body.isEmpty else { return nil }
        return PresenceBody(
            type: request.headers.text(.contentType) ?? "",
            language: request.headers.text(.contentLanguage),
            bytes: Array(request.body)
        )
    }

    /// The end of a subscription: what was shown is withdrawn, and the approval where it is lost.
    private func end(_ told: SubscriptionState, of contact: Correspondent, to watcher: JID, _ result: inout Result) {
        let verdict = presences.verdict(forReason: told.reason?.name, retryAfter: told.retryAfter, of: contact)
        let key = WatchKey(watcher: watcher.description, presentity: contact.key, target: .cpim)
        var flow = self.told(key, contact, isApproved: facts.presence.subscription != .pending)
        let report = OutcomeReport(protocolCode: "terminated", text: told.reason?.name ?? "")
        let end: WatchEnd =
            switch verdict.step {
            case .unsubscribed: .refused(report)
            case .error: .failed(Failure(report: report, retry: .never))
            case .retryNow, .redial: .again
            case .retryLater, .raise: .later(seconds: verdict.retryAfter)
            case .keep: .final
            }
        var effects: [PresenceEffect] = []
        flow.handle(.ended(key, end), now: moment, effects: &effects)
        write(effects, of: contact, to: watcher, &result)
        if result.products.isEmpty { result.nothing = "the watcher is told nothing" }
    }
}
