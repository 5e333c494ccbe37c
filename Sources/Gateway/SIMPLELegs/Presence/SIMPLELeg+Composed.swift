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
    func isComposed(_ key: WatchKey) -> Bool { policy(of: key) != nil }

    /// Begins to show what is published to the watcher, or shows it again, as far as the route lets it.
    ///
    /// - Returns: whether the gateway is the presence server of the presentity.
    func serve(composed key: WatchKey) -> Bool {
        guard let policy = policy(of: key) else {
            unlist(composed: key)
            return false
        }
        _ = host.takeNote(key)
        // One of a time before the route was composed runs out.
        if let id = subscriber(of: key) { drop(subscriber: id) }
        guard policy != "block" else {
            unlist(composed: key)
            refuse(composed: key)
            return true
        }
        compositions.watchers[key.presentity, default: []].insert(key)
        host.presence(.admitted(key))
        let told = visible(to: key, policy)
        // Nobody is there as far as anybody knows (RFC 3856 §6.7).
        host.presence(.state(key, told.parts.isEmpty ? [Self.absence(host.now.wall)] : told.parts))
        host.personal(told.items, of: key)
        return true
    }

    /// Answers a question for the present state.
    ///
    /// - Returns: whether the gateway is the presence server of the presentity.
    func fetch(composed key: WatchKey, by device: String) -> Bool {
        guard let policy = policy(of: key) else { return false }
        if policy == "block" {
            host.presence(.fetchRefused(key))
        } else {
            host.presence(.fetched(key, visible(to: key, policy).parts, by: device))
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
        guard let policy = policy(of: key) else {
            unlist(composed: key)
            host.presence(.ended(key, .again))
            return
        }
        guard policy != "block" else {
            unlist(composed: key)
            refuse(composed: key)
            return
        }
        let told = visible(to: key, policy)
        host.presence(.state(key, told.parts))
        host.personal(told.items, of: key)
    }

    private func refuse(composed key: WatchKey) {
        host.presence(.ended(key, .refused(OutcomeReport(protocolCode: "403", text: "policy"))))
    }

    /// What the watcher may see of what is published; nothing when nothing is.
    private func visible(to key: WatchKey, _ policy: String) -> Composition.Told {
        guard policy != "polite-block" else { return Composition.Told(parts: [Self.absence(host.now.wall)]) }
        return compositions.byUser[key.presentity].map { told(of: $0) } ?? Composition.Told()
    }

    private static func absence(_ now: Int64) -> PresencePart { PresencePart(name: "", isOpen: false, seen: now) }

    /// What watchers of the presentity may see; nil when the gateway is not its presence server.
    private func policy(of key: WatchKey) -> String? {
        let domains = composedDomains
        guard !domains.isEmpty, let jid = try? BareJID(key.presentity) else { return nil }
        let domain = domain(of: jid)
        return domains.contains(domain)
            ? host.generation.route(peer: domain).switches.policy(of: key.watcher) : nil
    }

    @discardableResult
    private func unlist(composed key: WatchKey) -> Bool {
        guard compositions.watchers[key.presentity]?.remove(key) != nil else { return false }
        if compositions.watchers[key.presentity]?.isEmpty == true { compositions.watchers[key.presentity] = nil }
        return true
    }
}
