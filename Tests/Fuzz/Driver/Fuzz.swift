import FuzzTargets
import Glibc

/// The target that the environment names.
private let target: FuzzTarget = {
    let name = unsafe getenv("FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
    guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
        fail("FUZZ_TARGET is one of: " + FuzzTarget.all.map(\.name).joined(separator: " "))
    }
    return target
}()

private func fail(_ text: String) -> Never {
    let line = Array((text + "\n").utf8)
    _ = unsafe line.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    abort()
}

/// What libFuzzer calls with each input; a property that does not hold ends the process like a crash.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    do throws(Violation) { try target.run(input) } catch { fail("violation: \(error)") }
    return 0
}
