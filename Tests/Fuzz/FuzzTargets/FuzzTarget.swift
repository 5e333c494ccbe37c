/// A reader under test: takes any bytes and asserts what must hold of them.
public struct FuzzTarget: Sendable {
    /// The name, as the runner and the folders of found inputs have it.
    public let name: String
    private let check: @Sendable ([UInt8]) throws(Violation) -> Void

    /// Makes a target.
    ///
    /// - Parameters:
    ///   - name: the name.
    ///   - check: what must hold of an input.
    init(_ name: String, _ check: @escaping @Sendable ([UInt8]) throws(Violation) -> Void) {
        self.name = name
        self.check = check
    }

    /// Checks one input.
    ///
    /// - Parameter input: any bytes.
    /// - Throws: ``Violation`` when a property does not hold.
    public func run(_ input: [UInt8]) throws(Violation) { try check(input) }

    /// Every target, by name.
    public static let all: [FuzzTarget] = [
        .xmlStream, .xmlDocument, .sipDatagram, .sipStream, .cpim, .pidf, .imdn, .mime, .addresses, .markup,
        .facts, .operatorFiles, .inbound, .outbound, .dns, .posh,
    ]
}

/// A property that does not hold.
public struct Violation: Error, CustomStringConvertible {
    /// The property, and what was found instead.
    public let description: String

    init(_ description: String) { self.description = description }
}

/// Asserts a property.
func demand(_ holds: Bool, _ property: @autoclosure () -> String) throws(Violation) {
    if !holds { throw Violation(property()) }
}

/// The value of a step that must not fail.
func succeed<Value, Fault: Error>(
    _ property: @autoclosure () -> String,
    _ step: () throws(Fault) -> Value
) throws(Violation) -> Value {
    do throws(Fault) { return try step() } catch { throw Violation("\(property()): \(error)") }
}

/// Bytes as text for messages.
func shown(_ bytes: some Sequence<UInt8>) -> String {
    String(String(decoding: Array(bytes), as: UTF8.self).debugDescription.prefix(600))
}
