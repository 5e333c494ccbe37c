import Glibc

/// One line on a terminal that says how far a long run is; nothing anywhere else.
final class ProgressLine {
    private let isShown: Bool
    private var last = ContinuousClock.now
    private var hasShown = false

    init(isQuiet: Bool) {
        isShown = !isQuiet && isatty(STDERR_FILENO) == 1
    }

    /// Says how far the run is, at most five times a second.
    func show(_ text: @autoclosure () -> String) {
        guard isShown, ContinuousClock.now - last > .milliseconds(200) else { return }
        last = .now
        hasShown = true
        Output.progress(text())
    }

    /// Takes the line away.
    func end() {
        if hasShown { Output.progress(nil) }
    }
}
