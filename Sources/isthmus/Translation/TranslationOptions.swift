import ArgumentParser

/// The tables and facts of an offline translation.
struct TranslationOptions: ParsableArguments {
    @OptionGroup var tables: MappingsOption

    @Option(
        name: .long,
        help: ArgumentHelp("Translate under this profile, whatever the routes say.", valueName: "profile")
    )
    var profile: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Set a switch over the profile, or over the neighbor's route without --profile; may be given several times.",
            valueName: "switch=value"
        )
    )
    var set: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What is known: a file with a statement a line, a YAML list of them, or one statement such as now=2026-03-01T12:00:00Z.",
            valueName: "file|statement"
        )
    )
    var facts: [String] = []

    /// The switches by name.
    var settings: [(name: String, value: String)] {
        self.set.map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }
    }

    func validate() throws {
        for text in set where !text.contains("=") {
            throw ValidationError("--set takes SWITCH=VALUE, such as msg.carrier=sip, not \"\(text)\"")
        }
    }
}
