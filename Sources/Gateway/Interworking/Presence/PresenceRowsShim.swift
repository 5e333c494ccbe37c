import MappingTables

extension Crossing {
    mutating func applyPresence<Source: FieldSource, Target: FieldTarget>(
        from source: Source,
        to target: inout Target,
        way: Way,
        _ conversion: FieldConversion
    ) throws(Refusal) {
        var rows: [(CoreField, CoreField, Converter)] = [(.status, .note, .copy)]
        if isSet(.presencePriority, "on") { rows.append((.priority, .contactPriority, .priority)) }
        if way == .toPIDF, isSet(.presenceTimestamp, "on") { rows.append((.delay, .timestamp, .dateTime)) }
        if !isSet(.idle, "off") { rows.append((.idle, .userInput, .idleTime)) }
        for (xmpp, pidf, converter) in rows {
            var values = source.values(of: .core(way == .toPIDF ? xmpp : pidf))
            if values.isEmpty { continue }
            do throws(ConversionFault) {
                var kept: [FieldValue] = []
                for value in values {
                    if let value = try conversion.convert(value, converter, way) { kept.append(value) }
                }
                values = kept
                if values.isEmpty { continue }
                try target.set(values, for: .core(way == .toPIDF ? pidf : xmpp))
            } catch { trace.lose(.presenceValue, error.reason) }
        }
    }
}
