import XMPPStreams

extension XMPPLeg {
    /// What each link does, in the order of their names.
    ///
    /// - Parameter peer: the domain at the other end of the links that are wanted; nil for all.
    /// - Returns: a row for each link.
    public func links(peer: String? = nil) -> [LinkRow] {
        let rows = links.values.compactMap { ($0 as? ComponentLink)?.row } + (servers?.rows ?? [])
        return rows.filter { peer == nil || $0.peer == peer }.sorted { $0.link < $1.link }
    }
}

extension ComponentLink {
    /// What the link does.
    var row: LinkRow {
        var row = LinkRow(hop, .component, standing, peer: domain)
        row.proof = isOpen ? voucher(for: domain).proof : nil
        row.since = since
        row.queued = queue.count
        row.unconfirmed = stream.unconfirmed
        row.received = received
        row.sent = written
        row.reason = failure?.sentence
        row.remedy = failure?.remedy
        // XEP-0114 has no TLS of its own.
        row.weakened = isNear ? nil : "in the clear to \(component.host)"
        return row
    }

    /// Whether the server is on this machine.
    private var isNear: Bool {
        if component.host == "localhost" || component.host == "::1" { return true }
        return component.host.hasPrefix("127.") && component.host.allSatisfy { $0 == "." || $0.isNumber }
    }
}
