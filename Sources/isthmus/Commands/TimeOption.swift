import ArgumentParser
import Ledger

/// A moment on the command line.
struct TimeArgument: ExpressibleByArgument {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    let milliseconds: Int64
    /// The moment as records write it.
    var text: String { Timestamp.text(milliseconds: milliseconds) }

    /// Reads `2026-05-04T09:08:07Z`, a day such as `2026-05-04`, or a time ago such as `90min` or `2d`.
    init?(argument: String) {
        if let exact = Timestamp.milliseconds(argument) ?? Timestamp.milliseconds(argument + "T00:00:00Z") {
            milliseconds = exact
            return
        }
        let digits = argument.prefix { $0.isASCII && $0.isNumber }
        let units: [Substring: Int64] = ["s": 1_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000]
        guard let count = Int64(digits), let unit = units[argument.dropFirst(digits.count)], count < 1_000_000 else {
            return nil
        }
        milliseconds = StoreChange.now - count * unit
    }
}

/// The period of what is shown.
struct PeriodOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "From this time on: 2026-05-04T09:08:07Z, 2026-05-04, or an age such as 90min, 2d.",
            valueName: "time"
        )
    )
    var since: TimeArgument?

    @Option(name: .long, help: ArgumentHelp("Before this time, in the same forms.", valueName: "time"))
    var until: TimeArgument?

    func validate() throws {
        if let since, let until, since.milliseconds >= until.milliseconds {
            throw ValidationError("--since is not before --until; nothing was written in between")
        }
    }
}
