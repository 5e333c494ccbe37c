/// Which part of an item a field row names.
public enum FieldSelector: Sendable, Hashable {
    /// A field that the translators know.
    case core(CoreField)
    /// A child element of a stanza: its text, or an attribute of it.
    case element(namespace: String, name: String, attribute: String?)
    /// A child element of a stanza as a whole, written as XML.
    case markup(namespace: String, name: String)
    /// A part of the content beside its text.
    case content(ContentPart)
    /// A header: of a request, or of a Message/CPIM object where a namespace is given.
    case header(namespace: String?, name: String)
    /// An annotation beside the Message/CPIM object.
    case annotation(namespace: String, name: String)
    /// A descendant of a child element of a stanza, or of the payload of a personal event.
    case descendant(namespace: String, name: String, path: ElementPath, attribute: String?)
    /// An element of a presence document.
    case part(DocumentPart, namespace: String, name: String, path: ElementPath, attribute: String?)
}

/// The parts of a presence document in which rows find elements.
public enum DocumentPart: String, Sendable, CaseIterable {
    /// A tuple (RFC 3863 §4.1.2).
    case tuple
    /// The status of a tuple (RFC 3863 §4.1.4).
    case status
    /// The person (RFC 4479 §3.2).
    case person
    /// The civic address of the location that counts; its parts are named as ``CivicNames`` and have no namespace of
    /// their own (RFC 4119 §2.2.1).
    case civic
}

/// The way from an element down to one inside it, in the element's namespace or any other.
///
/// Without steps it is the element itself. Names lead to the text of the last; after them `*` stands for the name of the
/// first element there, and a second `*` for that of the first inside it. What is found by those is the names with `/`
/// between them, and behind them the text that goes with the last: `working/in_a_meeting`, `other/cycling`. A text of a
/// stanza's own, which stands in `<text/>` beside the names, is written and not read. Behind names stands, in brackets,
/// an attribute that the last element must have: `header[name=Urgency]`.
public struct ElementPath: Sendable, Hashable {
    /// The names that lead down.
    public let names: [String]
    /// How many names of elements are the value; 0 for a text.
    public let depth: Int
    /// The attribute that the last element must have; nil for any.
    public let filter: AttributeFilter?

    /// The element itself.
    public static let none = ElementPath(names: [], depth: 0)

    private init(names: [String], depth: Int) {
        self.names = names
        self.depth = depth
        filter = nil
    }

    /// Reads the written form, such as `text`, `header[name=Urgency]`, `*` or `*/*`; nil for a name after `*`, or one
    /// that no element or attribute can have.
    ///
    /// - Parameter text: steps with `/` between them.
    public init?(_ text: String) {
        var rest = text[...]
        var filter: AttributeFilter?
        if rest.hasSuffix("]"), let start = rest.firstIndex(of: "[") {
            let sides = rest[rest.index(after: start)...].dropLast().split(separator: "=", maxSplits: 1)
            guard sides.count == 2 else { return nil }
            filter = AttributeFilter(name: String(sides[0]), value: String(sides[1]))
            rest = rest[..<start]
        }
        let steps = rest.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
        names = Array(steps.prefix { $0 != "*" })
        depth = steps.count - names.count
        self.filter = filter
        guard names.allSatisfy(PartName.isElement), depth <= 2,
            steps.dropFirst(names.count).allSatisfy({ $0 == "*" }),
            filter.map({ depth == 0 && PartName.isElement($0.name) }) ?? true
        else { return nil }
    }

    /// The written form.
    public var text: String {
        (names + Array(repeating: "*", count: depth)).joined(separator: "/")
            + (filter.map { "[\($0.name)=\($0.value)]" } ?? "")
    }
}

/// An attribute and its value, by which one of several elements of a name is told from the others.
public struct AttributeFilter: Sendable, Hashable {
    /// The name of the attribute, in no namespace.
    public let name: String
    /// Its value, compared exactly.
    public let value: String
}

/// One value of a field.
public struct FieldValue: Sendable, Hashable {
    /// The text, not escaped.
    public var text: String
    /// Its language; nil when nothing says it.
    public var language: String?

    /// Makes a value.
    ///
    /// - Parameters:
    ///   - text: the text.
    ///   - language: its language.
    @inlinable
    public init(text: String, language: String? = nil) {
        self.text = text
        self.language = language
    }
}

/// An item from which rows take fields.
public protocol FieldSource {
    /// The values of a field in order; none when the item lacks it.
    ///
    /// - Parameter selector: the field.
    /// - Returns: the values.
    func values(of selector: FieldSelector) -> FieldValues

    /// The values of a core field in order; none when the item lacks it.
    ///
    /// - Parameter field: the field.
    /// - Returns: the values.
    func values(of field: CoreField) -> FieldValues

    /// Every anchor that the item has; nil where each row has to ask the item.
    var anchors: [FieldAnchor]? { get }
}

/// An item that rows fill.
public protocol FieldTarget {
    /// Takes the values of a field.
    ///
    /// - Parameters:
    ///   - values: at least one.
    ///   - selector: the field.
    /// - Throws: ``ConversionFault`` when the target cannot hold them.
    mutating func set(_ values: FieldValues, for selector: FieldSelector) throws(ConversionFault)

    /// Takes the values of a core field.
    ///
    /// - Parameters:
    ///   - values: at least one.
    ///   - field: the field.
    /// - Throws: ``ConversionFault`` when the target cannot hold them.
    mutating func set(_ values: FieldValues, for field: CoreField) throws(ConversionFault)
}

extension FieldSource {
    /// The values that the selector of the field has.
    @inlinable
    public func values(of field: CoreField) -> FieldValues { values(of: .core(field)) }
}

extension FieldTarget {
    /// Takes them as the selector of the field does.
    @inlinable
    public mutating func set(_ values: FieldValues, for field: CoreField) throws(ConversionFault) {
        try set(values, for: .core(field))
    }
}

extension FieldSelector {
    /// The core field that is named; nil for everything else.
    var core: CoreField? {
        if case .core(let field) = self { field } else { nil }
    }
}

/// Carries out the named converters.
public protocol FieldConverter {
    /// Converts one value.
    ///
    /// - Parameters:
    ///   - value: what the source has.
    ///   - converter: which converter.
    ///   - way: where it goes.
    /// - Returns: what the target gets; nil when the converter says that there is nothing to write.
    /// - Throws: ``ConversionFault`` when the value has no counterpart.
    func convert(_ value: FieldValue, _ converter: Converter, _ way: Way) throws(ConversionFault) -> FieldValue?
}

/// A value that cannot be converted.
public struct ConversionFault: Error, Sendable, Equatable {
    /// A sentence with the offending text, shortened.
    public let reason: String

    /// Makes a fault.
    ///
    /// - Parameter reason: a sentence.
    public init(_ reason: String) { self.reason = reason }
}
