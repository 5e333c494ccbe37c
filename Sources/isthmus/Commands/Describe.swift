import ArgumentParser
import OperatorFiles

/// Prints what the program knows about its own files.
struct Describe: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the commented configuration with every key and its default, or what a finding means.",
        discussion: "Example: isthmus describe config > gateway.yaml",
        subcommands: [DescribeConfig.self, DescribeFinding.self]
    )
}

/// Prints the commented configuration.
struct DescribeConfig: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Print a whole commented configuration.",
        discussion: """
            Every key stands there with its meaning, its default and an example; keys that are commented out have the \
            value shown.

            Example: isthmus describe config > gateway.yaml
            """
    )

    @OptionGroup var output: OutputOptions

    private struct View: Encodable {
        let text: String
    }

    func run() {
        let text = ConfigDescription.text
        if output.json { Output.json(View(text: text)) } else { Output.text(text) }
    }
}
