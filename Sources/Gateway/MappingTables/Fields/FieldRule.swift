/// One row of a field table, ready to be applied one way.
///
/// Immutable; shared by all items that pass it.
public final class FieldRule: Sendable {
    /// The row that it comes from.
    public let row: RowID
    /// Where the values are.
    public let source: FieldSelector
    /// Where they go.
    public let target: FieldSelector
    /// How they are converted.
    public let converter: Converter
    /// What happens to a value that cannot be.
    public let remedy: ConversionRemedy
    /// The class of the loss when a value is dropped.
    public let loss: LossClass
    /// The table that the converter `values` goes through.
    let table: ValueTable?
    /// Whether the element of a stanza that it names stands in a personal event and in no stanza.
    public let isEvent: Bool
    /// The core fields that are the source and the target, which are found without a look at the whole selector.
    @usableFromInline
    let core: (source: CoreField?, target: CoreField?)

    init(
        row: RowID,
        source: FieldSelector,
        target: FieldSelector,
        converter: Converter,
        remedy: ConversionRemedy,
        loss: LossClass,
        table: ValueTable? = nil,
        isEvent: Bool = false
    ) {
        self.row = row
        self.source = source
        self.target = target
        self.converter = converter
        self.remedy = remedy
        self.loss = loss
        self.table = table
        self.isEvent = isEvent
        core = (source.core, target.core)
    }
}

/// A field row asked for a refusal, or that the item is held: its value could not be converted.
public struct FieldRefusal: Error, Sendable, Equatable {
    /// The row.
    public let row: RowID
    /// The field in the source.
    public let source: FieldSelector
    /// A sentence.
    public let reason: String
    /// Whether the row says that the item is held.
    public let isHeld: Bool

    /// Makes a refusal.
    @inlinable
    init(row: RowID, source: FieldSelector, reason: String, isHeld: Bool = false) {
        self.row = row
        self.source = source
        self.reason = reason
        self.isHeld = isHeld
    }
}

extension FieldRule {
    /// What a source has for the row.
    @inlinable
    func values<Source: FieldSource>(in source: Source) -> FieldValues {
        if let field = core.source { source.values(of: field) } else { source.values(of: self.source) }
    }

    /// What becomes of one value; nil when nothing crosses.
    @inlinable
    func converted<Converting: FieldConverter>(
        _ value: FieldValue,
        _ way: Way,
        _ converter: Converting,
        _ trace: inout RuleTrace
    ) throws(FieldRefusal) -> FieldValue? {
        do throws(ConversionFault) {
            if self.converter == .values { return try looked(up: value, way, &trace) }
            return try converter.convert(value, self.converter, way)
        } catch {
            return try keeps(error, &trace) ? value : nil
        }
    }

    /// What becomes of several values.
    @inlinable
    func converted<Converting: FieldConverter>(
        _ values: FieldValues,
        _ way: Way,
        _ converter: Converting,
        _ trace: inout RuleTrace
    ) throws(FieldRefusal) -> FieldValues {
        var kept = FieldValues()
        for value in values {
            if let result = try converted(value, way, converter, &trace) { kept.append(result) }
        }
        return kept
    }

    /// What the value table has for a value; nil when that is nothing.
    @usableFromInline
    func looked(up value: FieldValue, _ way: Way, _ trace: inout RuleTrace) throws(ConversionFault) -> FieldValue? {
        guard let target = way.target, let answer = table?.answer(text: value.text, to: target) else {
            throw ConversionFault("'\(String(value.text.unicodeScalars.prefix(64)))' is in no row of its table.")
        }
        if let row = answer.row { trace.fire(row) }
        if let loss = answer.loss { trace.lose(loss, value.text) }
        return answer.text.map { FieldValue(text: $0, language: value.language) }
    }

    /// Whether a value that could not be converted crosses as it is; what does not is a loss, or refuses or holds the
    /// item.
    @usableFromInline
    func keeps(_ fault: ConversionFault, _ trace: inout RuleTrace) throws(FieldRefusal) -> Bool {
        switch remedy {
        case .drop:
            trace.lose(loss, fault.reason)
            return false
        case .keep: return true
        case .refuse, .hold: throw refusal(fault)
        }
    }

    @usableFromInline
    func refusal(_ fault: ConversionFault) -> FieldRefusal {
        FieldRefusal(row: row, source: source, reason: fault.reason, isHeld: remedy == .hold)
    }
}
