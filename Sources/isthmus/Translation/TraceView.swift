import Interworking
import MappingTables

/// The rules that fired and what was lost, for people and programs.
struct TraceView: Encodable {
    /// A rule that fired.
    struct Rule: Encodable {
        let row: String
        let file: String
        let line: Int
    }

    /// Something that did not cross.
    struct Loss: Encodable {
        let `class`: String
        let detail: String?
    }

    let rules: [Rule]
    let losses: [Loss]
    let notes: [String]
    let nothing: String?
    let refusal: String?

    init(_ result: Translation.Result, _ setup: TranslationSetup) {
        rules = result.trace.rows.map { Rule($0, setup) }
        losses = result.trace.losses.map { Loss(class: setup.generation.name(of: $0.lossClass), detail: $0.detail) }
        notes = result.notes
        nothing = result.nothing
        refusal = result.refusal.map { "\($0.auditCode): \($0.text)" }
    }

    /// A line each.
    var lines: [String] {
        rules.map { "rule  \($0.row)  \($0.file):\($0.line)" }
            + losses.map { "loss  \($0.class)" + ($0.detail.map { "  \($0)" } ?? "") }
            + notes.map { "note  \($0)" }
    }
}

extension TraceView.Rule {
    init(_ id: RowID, _ setup: TranslationSetup) {
        let rows = setup.generation.rows
        guard rows.indices.contains(id.index) else {
            self.init(row: "#\(id.index)", file: "", line: 0)
            return
        }
        let row = rows[id.index]
        let file = Faults.path(row.position.file, in: setup.directory)
        self.init(row: row.name, file: file, line: row.position.line)
    }
}

/// A product as an object of JSON output.
struct ProductView: Encodable {
    let kind: String
    let to: String
    /// The item as text; nil when it is not UTF-8.
    let bytes: String?
    /// The item in base64, when it is not UTF-8.
    let base64: String?
    /// The rules that fired, when a trace was asked for.
    let trace: TraceView?

    init(_ product: Product, trace: TraceView?) {
        kind = product.kind.rawValue
        to = product.form.rawValue
        bytes = String(validating: product.bytes, as: UTF8.self)
        base64 = bytes == nil ? Base64Text.encode(product.bytes) : nil
        self.trace = trace
    }
}
