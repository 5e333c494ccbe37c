import Addressing
import CPIM
import MIME
import MappingTables
import XMLStreams

extension MessageTranslator {
    /// Reads a Message/CPIM object into the pivot.
    ///
    /// The text of nested objects is that of the innermost one, in the name of the outermost, whose headers amend those
    /// inside; what an object requires holds at every level.
    ///
    /// - Returns: the outermost object.
    /// - Throws: ``Refusal`` for an object that cannot be read, requires what is unknown or names another sender.
    ///
    /// Source: RFC 3862 §2, §3.5, §6, RFC 3922 §4.2.
    func read(
        _ bytes: ArraySlice<UInt8>,
        from sender: AddressURI,
        into target: inout PivotTarget,
        _ crossing: inout Crossing
    ) throws(Refusal) -> CPIMMessage {
        let reader = Self.reader(crossing.route.switches)
        let message: CPIMMessage
        var innermost: CPIMMessage
        var unmet: [CPIMFeature]
        do throws(CPIMError) {
            message = try reader.read(bytes)
            innermost = message
            unmet = message.unmetRequirements(implemented: Self.implemented)
            var outermost: Set<AmendedHeader>?
            while let inner = try reader.inner(of: innermost) {
                unmet += inner.unmetRequirements(implemented: Self.implemented)
                let kept = outermost ?? Set(message.headers.lazy.compactMap(AmendedHeader.init))
                outermost = kept
                crossing.loseAmended(of: inner, keeping: kept)
                innermost = inner
            }
        } catch { throw .malformedBody(isTooLarge: error.isLimit) }
        crossing.notes += message.warnings.map { "cpim-\($0.kind.rawValue)" }
        guard unmet.isEmpty else { throw .requiredFeature(unmet.map(\.text)) }
        try Self.checkSender(of: message, is: sender, crossing)
        target.copies = message.cc
        // What XML cannot carry is seen to be missing, as it is in other texts; a line break is a space.
        target.senderName = message.from?.formalName.map { name in
            SingleLine.text(XML.Characters.sanitize(name).text, limit: PivotTarget.longestName)
        }
        target.dateTime = message.dateTime
        target.subjects = message.subjects
        for header in message.headers {
            guard let identity = header.identity, !CPIMName.core.contains(identity) else { continue }
            target.extensions.append(
                CPIMExtension(
                    namespace: identity.namespace,
                    prefix: header.prefix,
                    name: identity.local,
                    value: header.unescapedValue,
                    parameters: header.parameters
                )
            )
        }
        target.carried = innermost.content
        if innermost.content.headers.first("Content-Type") == nil {
            target.carried?.headers.append("Content-Type", innermost.contentType.description)
        }
        return message
    }

    /// The headers and features that an object may require.
    static let implemented = CPIMName.core.union(CPIMName.imdn)

    /// Reads objects as a route says.
    static func reader(_ switches: SwitchSet) -> CPIMReader {
        CPIMReader(
            isStrict: switches.isSet(.cpimStrict, "on"),
            knowsIMDNPrefix: switches.isSet(.imdnImplicitPrefix, "on"),
            defaultContentType: switches.isSet(.ctDefault, "text/plain") ? .plain : nil
        )
    }

    /// An object names the sender of its carrier, nobody, or whomever a trusted intermediary says.
    ///
    /// Source: RFC 3860 §3.1.
    private static func checkSender(
        of message: CPIMMessage,
        is sender: AddressURI,
        _ crossing: Crossing
    ) throws(Refusal) {
        guard let named = message.from else { return }
        let uri: AddressURI
        do throws(AddressError) {
            uri = try named.uri(lenient: crossing.takesStrayPercents)
        } catch { throw .malformedAddress }
        if AddressTranslator.isAnonymous(uri) || crossing.facts.peer.isTrustedIntermediary { return }
        guard let key = AddressKey(uri), key == AddressKey(sender) else { throw .identityMismatch }
    }
}

extension Crossing {
    /// Records the headers of a nested object that the outermost one does not have, or has otherwise.
    ///
    /// Source: RFC 3862 §6.
    fileprivate mutating func loseAmended(of inner: CPIMMessage, keeping outermost: Set<AmendedHeader>) {
        for header in inner.headers.lazy.compactMap(AmendedHeader.init) where !outermost.contains(header) {
            trace.lose(.header, header.identity.description)
        }
    }
}

/// What a header of a nested object says, to be found among those of the outermost one.
private struct AmendedHeader: Hashable {
    let identity: CPIMName
    let value: String
    let parameters: [CPIMHeader.Parameter]

    /// Headers that say how others of their object are read.
    private static let ofMeaning: Set<CPIMName> = [
        CPIMName(CPIMNamespace.core, "NS"), CPIMName(CPIMNamespace.core, "Require"),
    ]

    /// Takes a header; nil for one that says how others are read, or whose prefix is not declared.
    init?(_ header: CPIMHeader) {
        guard let identity = header.identity, !Self.ofMeaning.contains(identity) else { return nil }
        self.identity = identity
        value = header.unescapedValue
        parameters = header.parameters
    }
}
