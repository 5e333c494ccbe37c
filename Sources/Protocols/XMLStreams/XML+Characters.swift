extension XML {
    /// Which characters XML 1.0 can carry.
    public enum Characters {
        /// Replaces what XML 1.0 cannot carry, and what is not UTF-8, by U+FFFD.
        ///
        /// - Parameter text: any text.
        /// - Returns: text that can be written, and how many characters were replaced.
        ///
        /// Source: RFC 6120 §11.3, §11.6.
        public static func sanitize(_ text: String) -> (text: String, replaced: Int) {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(text.utf8.count)
            let replaced = appendCarriable(text.utf8.span, to: &bytes)
            return replaced == 0 ? (text, 0) : (String(decoding: bytes, as: UTF8.self), replaced)
        }

        /// Replaces what XML 1.0 cannot carry, and each byte that is not part of UTF-8, by U+FFFD.
        ///
        /// - Parameter bytes: any bytes, meant to be UTF-8.
        /// - Returns: UTF-8 that can be written, and how many characters or stray bytes were replaced.
        public static func sanitize(_ bytes: ArraySlice<UInt8>) -> (bytes: [UInt8], replaced: Int) {
            var result: [UInt8] = []
            result.reserveCapacity(bytes.count)
            let replaced = appendCarriable(bytes.span, to: &result)
            return (result, replaced)
        }

        /// Whether a text is a name without a colon, as a local name, prefix or attribute name must be.
        ///
        /// - Parameter text: the text.
        /// - Returns: true for a name of the ASCII subset or with any characters from U+0080 on that a name may hold.
        public static func isName(_ text: String) -> Bool {
            if let isName = isASCIIName(text.utf8.span) { return isName }
            guard let first = text.unicodeScalars.first, isNameStart(first) else { return false }
            return text.unicodeScalars.allSatisfy { scalar in
                switch scalar.value {
                case 0x2D, 0x2E, 0x30...0x39, 0xB7, 0x300...0x36F, 0x203F...0x2040: true
                default: isNameStart(scalar)
                }
            }
        }

        /// Whether bytes are a name; nil where they are not all ASCII.
        private static func isASCIIName(_ bytes: Span<UInt8>) -> Bool? {
            var isName = !bytes.isEmpty
            for index in bytes.indices {
                switch bytes[index] {
                case 0x41...0x5A, 0x5F, 0x61...0x7A: break
                case 0x2D, 0x2E, 0x30...0x39: if index == 0 { isName = false }
                case 0x80...: return nil
                default: isName = false
                }
            }
            return isName
        }

        private static func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar.value {
            case 0x41...0x5A, 0x5F, 0x61...0x7A, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x2FF, 0x370...0x37D,
                0x37F...0x1FFF, 0x200C...0x200D, 0x2070...0x218F, 0x2C00...0x2FEF, 0x3001...0xD7FF,
                0xF900...0xFDCF, 0xFDF0...0xFFFD, 0x10000...0xEFFFF:
                true
            default:
                false
            }
        }

        private static func appendCarriable(_ bytes: Span<UInt8>, to result: inout [UInt8]) -> Int {
            var replaced = 0
            var index = 0
            while index < bytes.count {
                let length = carriableLength(bytes, index)
                if length == 0 {
                    result.append(contentsOf: replacement)
                    replaced += 1
                    index += rejectedLength(bytes, index)
                } else {
                    for place in index..<(index + length) { result.append(bytes[place]) }
                    index += length
                }
            }
            return replaced
        }

        /// U+FFFD in UTF-8.
        static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

        /// The length of the character at `index` if it is well-formed UTF-8 that XML 1.0 can carry, else 0.
        ///
        /// Source: RFC 3629 §4.
        static func carriableLength(_ bytes: Span<UInt8>, _ index: Int) -> Int {
            let first = bytes[index]
            if first < 0x80 { return first >= 0x20 || first == 0x09 || first == 0x0A || first == 0x0D ? 1 : 0 }
            let length = wellFormedLength(bytes, index)
            // U+FFFE and U+FFFF.
            if length == 3, first == 0xEF, bytes[index + 1] == 0xBF, bytes[index + 2] >= 0xBE { return 0 }
            return length
        }

        /// How many bytes one replacement stands for.
        static func rejectedLength(_ bytes: Span<UInt8>, _ index: Int) -> Int {
            bytes[index] < 0x80 ? 1 : max(wellFormedLength(bytes, index), 1)
        }

        private static func wellFormedLength(_ bytes: Span<UInt8>, _ index: Int) -> Int {
            let first = bytes[index]
            let length: Int
            let second: ClosedRange<UInt8>
            switch first {
            case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
            case 0xE0: (length, second) = (3, 0xA0...0xBF)
            case 0xED: (length, second) = (3, 0x80...0x9F)
            case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
            case 0xF0: (length, second) = (4, 0x90...0xBF)
            case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
            case 0xF4: (length, second) = (4, 0x80...0x8F)
            default: return 0
            }
            guard index + length <= bytes.count, second.contains(bytes[index + 1]) else { return 0 }
            var place = index + 2
            while place < index + length {
                guard (0x80...0xBF).contains(bytes[place]) else { return 0 }
                place += 1
            }
            return length
        }
    }
}
