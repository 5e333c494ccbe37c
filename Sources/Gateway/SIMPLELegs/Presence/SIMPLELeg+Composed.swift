import Addressing
import BridgeCore
import Interworking
import MappingTables

/// Watchers of the other shore and presentities that publish to the gateway: no SUBSCRIBE goes out.
///
/// Source: RFC 3856 §7.3, RFC 3859 §3.4.
extension SIMPLELeg {
    /// How many users have published something to the gateway.
    public var usersComposed: Int { compositions.byUser.count }

    /// Whether the gateway is the presence server of the presentity.
    func isComposed(_ key: WatchKey) -> Bool {
        let domains = composedDomains
        guard !domains.isEmpty, let jid = try? BareJID(key.presentity) else { return false }
        return domains.contains(domain(of: jid))
    }

    /// Begins to show what is published to the watcher, or shows it again, as far as the route lets it.
    ///
    /// - Returns: whether the gateway is the presence server of the presentity.
    func serve(composed key: WatchKey) -> Bool {
        guard isComposed(key) else {
            unlist(composed: key)
            return false
        }
        _ = host.takeNote(key)
        // One of a time before the route was composed runs out.
        if let id = subscriber(of: key) { drop(subscriber: id) }
        guard policy(of: key) != "block" else {
            refuse(composed: key)
            return true
        }
        compositions.watchers[key.presentity, default: []].insert(key)
        host.presence(.admitted(key))
        let parts = visible(to: key)
        // Nobody is there as far as anybody knows (RFC 3856 §6.7).
        host.presence(.state(key, parts.isEmpty ? [Self.absence(host.now.wall)] : parts))
        host.personal(items(for: key), of: key)
        return true
    }

    /// Answers a question for the present state.
    ///
    /// - Returns: whether the gateway is the presence server of the presentity.
    func fetch(composed key: WatchKey, by device: String) -> Bool {
        guard isComposed(key) else { return false }
        if policy(of: key) == "block" {
            host.presence(.fetchRefused(key))
        } else {
            host.presence(.fetched(key, visible(to: key), by: device))
        }
        return true
    }

    /// Stops showing what is published.
    ///
    /// - Returns: whether it was shown.
    func leave(composed key: WatchKey) -> Bool {
        guard unlist(composed: key) else { return false }
        host.presence(.left(key))
        return true
    }

    /// Shows what is published, which has changed.
    func show(composed key: WatchKey) {
        guard isComposed(key) else {
            unlist(composed: key)
            host.presence(.ended(key, .again))
            return
        }
        guard policy(of: key) != "block" else {
            unlist(composed: key)
            refuse(composed: key)
            return
        }
        host.presence(.state(key, visible(to: key)))
        host.personal(items(for: key), of: key)
    }

    private func refuse(composed key: WatchKey) {
        host.presence(.ended(key, .refused(OutcomeReport(protocolCode: "403", text: "policy"))))
    }

    /// What the watcher may see of what is published; nothing when nothing is.
    private func visible(to key: WatchKey) -> [PresencePart] {
        guard policy(of: key) != "polite-block" else { return [Self.absence(host.now.wall)] }
        return told(of: key)?.parts ?? []
    }

    /// What the watcher may learn beside presence.
    private func items(for key: WatchKey) -> [PersonalItem] {
        policy(of: key) == "polite-block" ? [] : told(of: key)?.items ?? []
    }

    private func told(of key: WatchKey) -> Composition.Told? {
        compositions.byUser[key.presentity].flatMap { compositions.all[$0]?.told }
    }

    private static func absence(_ now: Int64) -> PresencePart { PresencePart(name: "", isOpen: false, seen: now) }

    private func policy(of key: WatchKey) -> String {
        guard let jid = try? BareJID(key.presentity) else { return "block" }
        return host.generation.route(peer: domain(of: jid)).switches.text(.subscriptionPolicy)
    }

    @discardableResult
    private func unlist(composed key: WatchKey) -> Bool {
        guard compositions.watchers[key.presentity]?.remove(key) != nil else { return false }
        if compositions.watchers[key.presentity]?.isEmpty == true { compositions.watchers[key.presentity] = nil }
        return true
    }
}
