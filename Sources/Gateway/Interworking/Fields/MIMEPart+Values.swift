import MIME
import MappingTables

extension MIMEPart {
    /// The longest parameter that a value becomes, in bytes.
    static let longestParameter = 2_048

    /// The parts that values become.
    ///
    /// - Parameters:
    ///   - values: what the source has.
    ///   - part: the type, and what of it the value is.
    /// - Returns: a part for each value, or one for all lines.
    /// - Throws: ``ConversionFault`` for a value that no such part can hold.
    ///
    /// Source: RFC 2045 §5.1, RFC 2183 §2, RFC 4483 §5.4.
    static func parts(of values: FieldValues, as part: ContentPart) throws(ConversionFault) -> [MIMEPart] {
        if part.form == .lines {
            let lines = values.map { SingleLine.text($0.text) + "\r\n" }
            return [try made(part, Array(lines.joined().utf8))]
        }
        var made: [MIMEPart] = []
        for value in values {
            switch part.form {
            case .text, .lines: made.append(try self.made(part, Array(value.text.utf8)))
            case .base64:
                let octets: [UInt8]
                do throws(MIMEError) { octets = try Base64.decode(Array(value.text.utf8)[...]) } catch {
                    throw FieldConversion.fault("is no Base64", value.text)
                }
                made.append(try self.made(part, octets))
            case .parameter(let name):
                let isClean = value.text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
                guard isClean, !value.text.isEmpty, value.text.utf8.count <= longestParameter else {
                    throw FieldConversion.fault("is no value of a parameter", value.text)
                }
                made.append(try self.made(part, [], (name, value.text)))
            }
        }
        return made
    }

    private static func made(
        _ part: ContentPart,
        _ octets: [UInt8],
        _ parameter: (name: String, value: String)? = nil
    ) throws(ConversionFault) -> MIMEPart {
        guard octets.count <= FoundPart.largest else {
            throw ConversionFault("A part has at most \(FoundPart.largest) octets.")
        }
        var parameters = part.parameters.map { ParameterList.Parameter(name: $0.name, value: $0.value) }
        if let parameter { parameters.append(ParameterList.Parameter(name: parameter.name, value: parameter.value)) }
        let isText = part.type.hasPrefix("text/") && part.form != .base64
        if isText, !parameters.contains(where: { $0.name == "charset" }) {
            parameters.append(ParameterList.Parameter(name: "charset", value: "utf-8"))
        }
        let names = part.type.split(separator: "/").map { String($0) }
        guard names.count == 2,
            let type = MediaType(type: names[0], subtype: names[1], parameters: ParameterList(parameters))
        else { throw FieldConversion.fault("is no media type", part.type) }
        var made = MIMEPart(type: type, content: octets[...])
        if let disposition = part.disposition { made.headers.append("Content-Disposition", disposition) }
        return made
    }
}
