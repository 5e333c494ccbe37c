/// Proves at load what tables claim, over the whole set of values.
struct Prover {
    let findings: Findings
    private(set) var proofs: [String] = []

    init(findings: Findings) { self.findings = findings }

    // MARK: Addresses

    /// No two rows write two domains of one shore as the same domain of the other.
    mutating func prove(addresses: [(source: SourceRow, rule: AddressRule)]) {
        var jids: Set<String?> = []
        var uris: Set<PhoneURI> = []
        for (source, rule) in addresses {
            let isPhone = rule.form == .phone
            if jids.contains(rule.xmppDomain) || jids.contains(nil) {
                clash(source, "the JIDs of this row are taken by an earlier row")
            } else if [rule.cpimDomain, nil].contains(where: { uris.contains(PhoneURI(isPhone: isPhone, domain: $0)) })
            {
                clash(source, "the URIs of this row are taken by an earlier row")
            }
            jids.insert(rule.xmppDomain)
            uris.insert(PhoneURI(isPhone: isPhone, domain: rule.cpimDomain))
        }
        // Either shore's users of any domain have a form on the other; a domain that is left has none, and is refused.
        let isTotal = addresses.contains { source, rule in
            rule.form == .encapsulated || rule.form == .domain && rule.xmppDomain == nil
        }
        if !isTotal, let last = addresses.last {
            findings.add(
                last.source.node,
                "not-total",
                "no row says what becomes of the users of all other domains",
                help: #"xmpp: "{user}@{domain}", cpim: "{user}@{domain}""#
            )
        }
        proofs.append("addresses: \(addresses.count) rows map domains one to one")
    }

    /// The domain of URIs that a row takes, nil for any, apart for telephone numbers.
    private struct PhoneURI: Hashable {
        let isPhone: Bool
        let domain: String?
    }

    private func clash(_ source: SourceRow, _ message: String) {
        findings.add(
            source.node,
            "not-reversible",
            message,
            help: "two domains of one shore cannot become one of the other; put special rows before general ones"
        )
    }

    // MARK: Values

    /// Rows that are equal both ways map one to one, and every record has an answer.
    mutating func prove(values sets: [TableSet], under switches: [SwitchSet]) {
        guard !findings.hasErrors else { return }
        let prover = ValueProver(findings: findings)
        // What a neighbor shares with all others is proved once.
        for (index, set) in sets.enumerated() where index == 0 || set.owners.values != nil {
            for (_, table) in set.values.sorted(by: { $0.key < $1.key }) {
                // What holds for all neighbors is said once.
                if let proof = prover.prove(table, under: table.distinct(switches)), index == 0 { proofs.append(proof) }
            }
        }
    }

    // MARK: Errors and losses

    /// Every failure, every condition and every refusal has its words, under the switches of every route.
    mutating func prove(errors routes: [Route], losses: LossTable, at position: SourcePosition?) {
        // A row that is not understood leaves a gap that is no fault of its own.
        guard let position, !findings.hasErrors else { return }
        var missing: [String] = []
        var cases = 0
        // Routes that share their parts share their answers.
        var known: [ObjectIdentifier: Int] = [:]
        for route in routes {
            let parts = ObjectIdentifier(route.parts)
            let count = known[parts] ?? prove(route, &missing)
            known[parts] = count
            cases += count
        }
        report(missing, "error", position)
        report(LossClass.allCases.filter { losses.entries[$0] == nil }.map(\.rawValue), "loss", position)
        proofs.append(
            "errors: each of \(cases) failures, conditions and refusals of \(routes.count) routes has its words"
        )
        proofs.append("loss: each of \(LossClass.allCases.count) classes has its action")
    }

    /// Asks an error table for everything that it can be asked for.
    private func prove(_ route: Route, _ missing: inout [String]) -> Int {
        var cases = 0
        for failure in (300...699).map({ SIPFailure.status($0) }) + [.timeout, .transport] {
            for hasRetryAfter in [false, true] {
                cases += 1
                if route.errors.words(for: failure, hasRetryAfter: hasRetryAfter, route.switches) == nil {
                    missing.append("\(failure)")
                }
            }
        }
        for condition in ErrorVocabulary.conditions {
            for mask in 0..<8 {
                cases += 1
                let words = route.errors.words(
                    for: condition,
                    isFull: mask & 1 != 0,
                    hasAddress: mask & 2 != 0,
                    isPending: mask & 4 != 0,
                    route.switches
                )
                if words == nil { missing.append(condition) }
            }
        }
        for refusal in ErrorVocabulary.refusals {
            cases += 1
            if route.errors.words(for: refusal) == nil { missing.append("gateway: \(refusal)") }
        }
        return cases
    }

    private func report(_ missing: [String], _ kind: String, _ position: SourcePosition) {
        var known: Set<String> = []
        let seen = missing.filter { known.insert($0).inserted }
        guard !seen.isEmpty else { return }
        let shown = seen.prefix(8).joined(separator: ", ") + (seen.count > 8 ? " and \(seen.count - 8) more" : "")
        findings.add(
            position,
            "not-total",
            "the \(kind) tables do not say what becomes of \(shown)",
            help: "add a row for each, or restore the shipped table"
        )
    }
}
