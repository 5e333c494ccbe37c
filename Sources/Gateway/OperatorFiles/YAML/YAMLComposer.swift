import MappingTables
import Yams

/// Has Yams parse a source, and puts its complaints where an operator looks for them.
struct YAMLComposer {
    /// How many repeated keys are looked for before the rest of the file is left unread.
    private static let repairs = 16
    /// How many characters are parsed again to find them; each repair parses the whole file.
    private static let repairedCharacters = 4 << 20

    let source: YAMLSource
    private(set) var columns = YAMLColumns()
    private(set) var diagnostics: [Diagnostic] = []

    init(source: YAMLSource) {
        self.source = source
    }

    /// The root of the file; nil when it has no content or cannot be parsed.
    mutating func compose() -> Node? {
        refuseDirectives()
        while true {
            do {
                let parser = try Parser(yaml: source.text(columns), resolver: .basic, encoding: .utf8)
                guard let root = try parser.nextRoot() else { return nil }
                lookForMore(parser)
                return root
            } catch YamlError.duplicatedKeysInMapping(_, let context) {
                guard repair(context.mark) else { return nil }
            } catch {
                report(error)
                return nil
            }
        }
    }

    private func position(_ mark: Mark) -> SourcePosition {
        source.position(line: mark.line, column: columns.original(line: mark.line, column: mark.column))
    }

    private var mostRepairs: Int {
        let characters = source.lines.reduce(1) { $0 + $1.count }
        return min(Self.repairs, max(1, Self.repairedCharacters / characters))
    }

    /// Makes the first of the repeated keys differ from the others; the walk finds them.
    private mutating func repair(_ mark: Mark) -> Bool {
        let place = position(mark)
        let first = source.scalar(line: place.line, column: place.column)
        let canBeMarked = first.map { !"&!*[{|>?".unicodeScalars.contains($0) } ?? false
        guard canBeMarked, columns.keys.count < mostRepairs,
            !columns.keys.contains(place)
        else {
            // Too many to tell first from second; what stands behind them stays unread.
            for key in columns.keys.union([place]) {
                diagnostics.append(
                    .error("duplicate-key", at: key, "this key is there more than once", help: "leave one of them")
                )
            }
            return false
        }
        let isQuoted = first == "\"" || first == "'"
        columns.insert(column: place.column + (isQuoted ? 1 : 0), ofKeyAt: place)
        return true
    }

    /// YAML's own instructions, such as `%TAG`.
    private mutating func refuseDirectives() {
        for (index, line) in source.lines.enumerated() {
            guard let first = line.first(where: { $0 != " " && $0 != "\t" }), first != "#" else { continue }
            guard line.first == "%" else { return }
            diagnostics.append(
                .error(
                    "yaml-directive",
                    at: source.position(line: index + 1, column: 1),
                    "YAML directives are not used in this file",
                    help: "remove the line",
                    length: line.count
                )
            )
        }
    }

    /// A file holds one document.
    private mutating func lookForMore(_ parser: Parser) {
        do {
            guard let other = try parser.nextRoot(), let mark = other.mark else { return }
            refuseDocument(before: position(mark))
        } catch YamlError.duplicatedKeysInMapping(_, let context) {
            refuseDocument(before: position(context.mark))
        } catch {
            report(error)
        }
    }

    private mutating func refuseDocument(before place: SourcePosition) {
        var place = place
        let marker: [Unicode.Scalar] = ["-", "-", "-"]
        for line in stride(from: min(place.line, source.lines.count), to: 0, by: -1)
        where source.lines[line - 1].starts(with: marker) {
            place = source.position(line: line, column: 1)
            break
        }
        diagnostics.append(
            .error(
                "yaml-documents",
                at: place,
                "a second document begins here",
                help: "write one document in a file",
                length: place.column == 1 ? 3 : 1
            )
        )
    }

    private mutating func report(_ error: any Error) {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            // What is never closed is shown where it was opened.
            let isOpen = problem.contains("unexpected end of stream")
            let place = source.visible(position(isOpen ? context?.mark ?? mark : mark))
            diagnostics.append(YAMLProblem(problem, context: context?.text, in: source).diagnostic(at: place))
        default:
            diagnostics.append(.error("yaml-syntax", at: source.position(line: 1, column: 1), "this is not YAML"))
        }
    }
}
