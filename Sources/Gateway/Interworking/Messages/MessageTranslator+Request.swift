import Addressing
import CPIM
import MIME
import MappingTables
public import SIPMessages

extension MessageTranslator {
    /// Makes the pivot of a MESSAGE request.
    ///
    /// - Parameters:
    ///   - request: a valid request, whose sender's domain the leg has proved or states in the facts.
    ///   - facts: what is known.
    ///   - takesExpired: whether a message that has expired is translated too, by a caller that does not deliver it.
    /// - Returns: the pivot; nothing for a message that has expired.
    ///
    /// Source: RFC 3922 §4.2, RFC 7572 §5, RFC 3428 §7.
    public func pivot(from request: SIPRequest, facts: Facts, takesExpired: Bool = false) -> Translated<Pivot> {
        let sender: AddressURI
        do throws(Refusal) { sender = try self.sender(of: request, facts) } catch {
            return Crossing.refused(error, route(""))
        }
        return Crossing.run(setting(facts, route(domain(of: sender)))) { crossing throws(Refusal) in
            var sender = sender
            var recipient = try Self.recipient(of: request, crossing.route.switches)
            try Self.checkSupport(of: request)
            let isTimely = try Self.isTimely(request, facts)
            guard isTimely || takesExpired || Self.isFreshSignal(request, facts) else {
                return .nothing(reason: "expired")
            }
            var target = PivotTarget()
            let part = Self.part(of: request)
            if try Self.isObject(request) {
                let object = try read(request.body, from: sender, into: &target, &crossing)
                sender = sender.at(object.from.map { [$0] } ?? [], isLenient: crossing.takesStrayPercents)
                recipient = recipient.at(object.to, isLenient: crossing.takesStrayPercents)
            } else {
                target.carried = part
            }
            let texts = (sender: sender.description, recipient: recipient.description)
            let source = RequestSource(request: request, ends: texts)
            return try finish(&target, source, sender, recipient, texts, &crossing)
        }
    }

    /// Makes the pivot of a Message/CPIM object alone, whose own From and To are proved.
    ///
    /// - Parameters:
    ///   - bytes: the object.
    ///   - facts: what is known.
    /// - Returns: the pivot.
    ///
    /// Source: RFC 3922 §4.2.
    public func pivot(fromCPIM bytes: ArraySlice<UInt8>, facts: Facts) -> Translated<Pivot> {
        // The sender, by whom the route is found, stands in the object itself.
        // Whether it is read to the letter is the route's to say.
        let named: CPIMAddress?
        do throws(CPIMError) { named = try CPIMReader(defaultContentType: .plain).read(bytes).from } catch {
            return Crossing.refused(.malformedBody(isTooLarge: error.isLimit), route(""))
        }
        guard let sender = try? named?.uri(lenient: true) else {
            return Crossing.refused(.malformedBody(isTooLarge: false), route(""))
        }
        return Crossing.run(setting(facts, route(domain(of: sender)))) { crossing throws(Refusal) in
            var target = PivotTarget()
            let object = try read(bytes, from: sender, into: &target, &crossing)
            let isLenient = crossing.takesStrayPercents
            guard let to = object.to.first, var recipient = try? to.uri(lenient: isLenient) else {
                throw .malformedAddress
            }
            let sender = sender.at(object.from.map { [$0] } ?? [], isLenient: isLenient)
            recipient = recipient.at([to], isLenient: isLenient)
            let texts = (sender: sender.description, recipient: recipient.description)
            return try finish(&target, ObjectSource(ends: texts), sender, recipient, texts, &crossing)
        }
    }

    private func finish<Source: FieldSource>(
        _ target: inout PivotTarget,
        _ source: Source,
        _ sender: AddressURI,
        _ recipient: AddressURI,
        _ texts: (sender: String, recipient: String),
        _ crossing: inout Crossing
    ) throws(Refusal) -> Outcome<Pivot> {
        let ends = try ends(texts.sender, texts.recipient, &crossing) { crossing throws(Refusal) in
            try self.ends(from: sender, to: recipient, &crossing)
        }
        let conversion = FieldConversion(
            sender: (texts.sender, ends.instants.sender),
            recipient: (texts.recipient, ends.instants.recipient),
            setting: crossing.setting
        )
        try crossing.apply(crossing.route.carrierFields, from: source, to: &target, way: .toCPIM, conversion)
        if let time = target.dateTime, time.milliseconds > crossing.facts.now + 300_000 {
            crossing.notes.append("future-datetime")
        }
        guard target.hasContent, var part = target.carried else { return .nothing(reason: "no-text") }
        if let language = target.contentLanguage, part.headers.first("Content-Language") == nil {
            part.headers.append("Content-Language", language)
        }
        let id = target.annotations.first { $0.name == CoreField.id.rawValue && $0.namespace == Pivot.namespace }
        return .value(try target.pivot(part, ends, id: id?.value))
    }
}

/// What a Message/CPIM object that came alone gives to the carrier's rows.
struct ObjectSource: FieldSource {
    let ends: (sender: String, recipient: String)

    func values(of selector: FieldSelector) -> FieldValues {
        switch selector {
        case .core(.from): FieldValues(text: ends.sender)
        case .core(.requestURI), .core(.to): FieldValues(text: ends.recipient)
        case .core(.body): FieldValues(text: "")
        default: []
        }
    }
}
