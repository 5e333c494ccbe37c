import Addressing
import DNSChannels

/// What the answers of the DNS say about the servers of a domain.
///
/// What failed stands in the attempts of the connector, so that it is left out here.
///
/// Source: RFC 6120 §3.2, XEP-0368 §3.
struct NameFindings {
    private var services: [(question: DNSQuestion, answer: DNSAnswer)] = []
    private var addresses: [DNSName: [DNSAnswer]] = [:]

    /// The connector got an answer.
    mutating func answered(_ question: DNSQuestion, _ answer: DNSAnswer) -> [LinkFinding] {
        switch question.type {
        case .srv:
            services.append((question, answer))
            return services.count == 2 ? takeServices() : []
        case .a, .aaaa:
            addresses[question.name, default: []].append(answer)
            guard let answers = addresses[question.name], answers.count == 2 else { return [] }
            addresses[question.name] = nil
            return Self.finding(question.name, answers).map { [$0] } ?? []
        case .tlsa:
            guard !answer.records.isEmpty else { return [] }
            let count = answer.records.count
            let what = "\(question.name) has \(count) TLSA record\(count == 1 ? "" : "s"), \(Self.proof(answer))"
            return [LinkFinding(.dns, .ok, what)]
        default: return []
        }
    }

    /// The connector asks no more: what came alone is told.
    mutating func ended() -> [LinkFinding] {
        let findings = takeServices()
        let rest = addresses.sorted { $0.key.description < $1.key.description }
        addresses = [:]
        return findings + rest.compactMap { Self.finding($0.key, $0.value) }
    }

    private mutating func takeServices() -> [LinkFinding] {
        // The answers come in any order.
        let both = services.sorted { $0.question.name.description < $1.question.name.description }
        services = []
        var findings: [LinkFinding] = []
        var failures: [LinkFinding] = []
        for (question, answer) in both {
            var targets: [String] = []
            for case .service(let record) in answer.records.map(\.data) where !record.target.isRoot {
                targets.append("\(record.target):\(record.port) (priority \(record.priority))")
            }
            if !targets.isEmpty {
                let proof = Self.proof(answer)
                findings.append(LinkFinding(.dns, .ok, "\(question.name) names \(targets.listed()), \(proof)"))
            } else if let failure = answer.failure {
                failures.append(
                    LinkFinding(.dns, .warning, "\(question): \(failure)", remedy: ConnectionFindings.askAgain)
                )
            }
        }
        if !findings.isEmpty { return findings + failures }
        guard both.count == 2, both.allSatisfy({ $0.answer.failure == nil && $0.answer.records.isEmpty }) else {
            return []
        }
        let names = both.map { "\($0.question.name)" }.joined(separator: " nor ")
        let what = "there are neither \(names) (SRV); the domain's own addresses are tried"
        return [LinkFinding(.dns, .ok, what)]
    }

    private static func finding(_ name: DNSName, _ answers: [DNSAnswer]) -> LinkFinding? {
        var found: [String] = []
        for case .address(let address) in answers.flatMap(\.records).map(\.data) { found.append("\(address)") }
        guard !found.isEmpty else { return nil }
        let used = answers.filter { !$0.records.isEmpty }
        let alias = used.compactMap(\.names.last).first { $0 != name }.map { " by way of \($0)" } ?? ""
        let proof = used.allSatisfy(\.isSecure) ? "proved by DNSSEC" : "without DNSSEC"
        return LinkFinding(.dns, .ok, "\(name) has \(found.listed())\(alias), \(proof)")
    }

    private static func proof(_ answer: DNSAnswer) -> String {
        answer.isSecure ? "proved by DNSSEC" : "without DNSSEC"
    }
}
