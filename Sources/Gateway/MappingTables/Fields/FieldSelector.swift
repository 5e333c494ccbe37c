/// Which part of an item a field row names.
public enum FieldSelector: Sendable, Hashable {
    /// A field that the translators know.
    case core(CoreField)
    /// A child element of a stanza: its text, or an attribute of it.
    case element(namespace: String, name: String, attribute: String?)
    /// A header: of a request, or of a Message/CPIM object where a namespace is given.
    case header(namespace: String?, name: String)
    /// An annotation beside the Message/CPIM object.
    case annotation(namespace: String, name: String)
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
