import CPIM
import Foundation
import Testing

/// The objects under `Objects`, by file name without extension.
enum SampleObjects {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "Objects"
    )

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".cpim") }.map { String($0.dropLast(5)) }.sorted()
    }()

    static func bytes(_ name: String) throws -> ArraySlice<UInt8> {
        [UInt8](try Data(contentsOf: folder.appendingPathComponent("\(name).cpim")))[...]
    }

    static func read(_ name: String, _ reader: CPIMReader = CPIMReader()) throws -> CPIMMessage {
        try reader.read(try bytes(name))
    }
}

func bytes(_ text: String) -> ArraySlice<UInt8> { Array(text.utf8)[...] }

func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

/// An object with the given header lines between an address pair and a text.
func object(_ lines: String...) -> ArraySlice<UInt8> {
    let headers = (["From: <im:romeo@example.net>", "To: <im:juliet@example.com>"] + lines).joined(separator: "\r\n")
    return bytes("\(headers)\r\n\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nhi")
}

/// The kinds and offsets of the warnings of an object.
func kinds(_ message: CPIMMessage) -> [CPIMWarning.Kind] { message.warnings.map(\.kind) }

/// A small generator with a seed, so that a failure can be repeated (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
