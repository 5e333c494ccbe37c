import MappingTables
import PIDF

extension FieldConversion {
    /// A number of a location that both sides can write.
    ///
    /// Source: RFC 5491 §5, XEP-0080 §3.
    static func geodetic(_ text: String, _ converter: Converter) throws(ConversionFault) -> String {
        guard let number = GeodeticNumber(text) else { throw fault("is no number", text) }
        let isInRange =
            switch converter {
            case .latitude: GeodeticPosition.latitudes.contains(number.value)
            case .longitude: GeodeticPosition.longitudes.contains(number.value)
            case .distance: number.value >= 0
            default: true
            }
        guard isInRange else { throw fault("is out of range", text) }
        return number.text
    }

    /// Source: RFC 4119 §2.2.1, XEP-0080 §3.
    static func country(_ text: String) throws(ConversionFault) -> String {
        let code = SingleLine.text(text)
        guard code.utf8.count == 2, code.utf8.allSatisfy({ (0x41...0x5A).contains($0 & 0xDF) }) else {
            throw fault("is no code of a country", text)
        }
        return code.uppercased()
    }

    /// The longest address of the Web that crosses, in bytes.
    static let longestAddress = 2048

    /// An address that a client may safely offer to open: of scheme http or https, without what ends an address in text.
    ///
    /// Source: RFC 4482 §3.3, §3.4.
    static func web(_ text: String) throws(ConversionFault) -> String {
        let address = SingleLine.text(text)
        let lowered = address.prefix(8).lowercased()
        let scheme = ["http://", "https://"].first { lowered.hasPrefix($0) }
        let isClean = address.utf8.allSatisfy { byte in
            byte > 0x20 && byte != 0x7F && !"<>\"\\^`{|}".utf8.contains(byte)
        }
        let rest = address.dropFirst(scheme?.count ?? 0).utf8
        guard scheme != nil, isClean, address.utf8.count <= longestAddress, let first = rest.first,
            !"/?#".utf8.contains(first)
        else { throw fault("is no address of the Web", text) }
        return address
    }
}
