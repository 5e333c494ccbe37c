extension TableObserver {
    /// Which addresses a row is asked for.
    enum AddressQuestion {
        case jid(String)
        case uri(String)
        case phone(String)
    }

    /// Explains which row maps the addresses of a domain.
    func explain(_ question: AddressQuestion, _ rules: [AddressRule], _ answer: AddressRule?) {
        let (asked, domain, way): (String, String, Way) =
            switch question {
            case .jid(let domain): ("the JIDs at \(domain)", domain, .toCPIM)
            case .uri(let domain): ("the URIs at \(domain)", domain, .toXMPP)
            case .phone(let domain): (domain.isEmpty ? "a tel: URI" : "the numbers at \(domain)", domain, .toXMPP)
            }
        var step = TableStep(
            .addresses,
            table(answer?.row ?? rules.first?.row, else: "addresses"),
            way: way,
            asked: asked
        )
        step.given = answer?.row
        step.answer = answer?.words
        for rule in rules {
            if AddressTable(rules: [rule]).rule(for: question) == nil {
                var row = row(rule.row, .column, "\(rule.words) does not take \(asked)")
                row.isNear =
                    step.fired.isEmpty && answer != nil || rule.xmppDomain == domain || rule.cpimDomain == domain
                step.rows.append(row)
            } else if let first = step.fired.first {
                step.rows.append(row(rule.row, .earlierRow, "\(name(first)) comes before it"))
            } else {
                step.rows.append(row(rule.row, .matched, "takes \(asked): \(rule.words)"))
                step.fired = [rule.row]
            }
        }
        step.rows += idle(.addresses, table: nil, besides: Set(rules.map(\.row)))
        witness.record(step)
    }

    /// Explains what is done about a loss.
    func explain(_ lossClass: LossClass, _ entry: LossTable.Entry?) {
        var step = TableStep(.loss, table(entry?.row, else: "loss"), asked: lossClass.rawValue)
        step.answer = (entry?.action ?? .note).rawValue
        step.given = entry?.row
        if let entry {
            step.rows = [row(entry.row, .matched, "\(lossClass.rawValue) → \(entry.action.rawValue)")]
            step.fired = [entry.row]
        }
        witness.record(step)
    }

    /// Explains which route a domain takes.
    func explain(peer: String, _ table: RouteTable, _ answer: Route) {
        let routes = zip(table.patterns, table.routes)
        var step = TableStep(.routes, self.table(answer.row ?? table.routes.first?.row, else: "routes"), asked: peer)
        step.answer = "profile \(answer.profile)"
        step.given = answer.row
        var seen: Set<RowID> = []
        for (pattern, route) in routes {
            guard let id = route.row else { continue }
            if pattern.matches(peer), step.fired.isEmpty {
                step.rows.removeAll { $0.row == id }
                step.rows.append(row(id, .matched, "takes \(peer): profile \(route.profile)"))
                step.fired = [id]
            } else if seen.insert(id).inserted, !step.fired.contains(id) {
                let isEarlier = pattern.matches(peer)
                let why =
                    isEarlier ? "\(name(step.fired.first)) comes before it" : "\(pattern.words) does not take \(peer)"
                var row = row(id, isEarlier ? .earlierRow : .column, why)
                row.isNear = !isEarlier && Spelling.nearest(to: peer, among: [pattern.suffix]) != nil
                step.rows.append(row)
            }
        }
        let declared = Set(table.routes.compactMap(\.row))
        step.rows += idle(.routes, table: nil, besides: declared)
        witness.record(step)
    }
}

extension AddressRule {
    /// The row in words.
    fileprivate var words: String {
        let (xmpp, cpim) = (xmppDomain ?? "{domain}", cpimDomain ?? "{domain}")
        return switch form {
        case .domain: "{user}@\(xmpp) ↔ {user}@\(cpim)"
        case .encapsulated: #"{user}\40{domain}@\#(xmpp) ↔ {user}@{domain}"#
        case .phone: "{phone}@\(xmpp) ↔ {phone}@\(cpim)"
        }
    }
}

extension DomainPattern {
    fileprivate var words: String { (isBelow ? "*." : "") + suffix }
}

extension AddressTable {
    fileprivate func rule(for question: TableObserver.AddressQuestion) -> AddressRule? {
        switch question {
        case .jid(let domain): rule(forJIDDomain: domain)
        case .uri(let domain): rule(forURIDomain: domain)
        case .phone(let domain): rule(forPhoneAt: domain)
        }
    }
}
