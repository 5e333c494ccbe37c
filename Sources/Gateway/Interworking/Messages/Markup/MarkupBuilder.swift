import XMLStreams

/// Writes sanitized markup and its plain text from the tokens of tag soup.
///
/// Elements are written when the first content inside them arrives, so that empty ones leave no trace. Inline elements
/// around a block are closed before it and opened again inside and after it.
struct MarkupBuilder {
    private struct Node {
        let name: String
        let kind: MarkupProfile.Kind
        let outputs: [MarkupProfile.Output]
        var isWritten = false
        /// Where the text of a link begins in the plain text.
        var linkStart: Int?

        var address: String? { outputs.first?.name == "a" ? outputs.first?.attributes.first?.value : nil }
    }

    private var writer = XML.Writer(inherited: "http://www.w3.org/1999/xhtml")
    private var plain = PlainTextBuilder()
    private var stack: [Node] = []
    /// White space that is written before the next text of the line.
    private var isSpaceDue = false
    /// Whether the line has text after which white space counts.
    private var isInLine = false

    /// Whether no more may be written.
    var isFull: Bool { max(writer.bytes.count, plain.bytes.count) > Markup.Limits.output }

    mutating func finish() -> (xhtml: String, plain: String) {
        closeLinks(in: stack[...])
        writer.endAll()
        return (String(decoding: writer.bytes, as: UTF8.self), plain.finish())
    }

    // MARK: Text

    /// Runs of white space are one blank, but for those of preformatted text.
    mutating func text(_ text: String) {
        let isPreformatted = stack.contains { $0.name == "pre" }
        var word = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A where isPreformatted:
                write(&word)
                lineBreak()
            case 0x20 where isPreformatted: word.append(scalar)
            case 0x20, 0x09...0x0D:
                write(&word)
                isSpaceDue = isInLine
            case 0..<0x20, 0x7F..<0xA0, 0xFFFE, 0xFFFF: break
            default: word.append(scalar)
            }
        }
        write(&word)
    }

    private mutating func write(_ word: inout String.UnicodeScalarView) {
        guard !word.isEmpty else { return }
        settle()
        if isSpaceDue { space() }
        let text = String(word)
        writer.text(text)
        plain.append(text)
        isInLine = true
        word = String.UnicodeScalarView()
    }

    private mutating func space() {
        writer.text(" ")
        plain.append(" ")
        isSpaceDue = false
    }

    private mutating func lineBreak() {
        settle()
        writer.element("br")
        plain.lineBreak()
        isSpaceDue = false
        isInLine = false
    }

    // MARK: Tags

    mutating func start(_ name: String, _ attributes: [String: String]) {
        let profile = MarkupProfile(name, attributes)
        switch profile.kind {
        case .void: void(name, profile, attributes)
        case .inline:
            // The blank before an element stays before it.
            if isSpaceDue {
                settle()
                space()
                isInLine = false
            }
            if name == "a" { close("a") }
            push(Node(name: name, kind: .inline, outputs: profile.outputs))
            if name == "td" || name == "th" { isSpaceDue = isInLine }
        case .block, .container, .item: block(name, profile)
        }
    }

    private mutating func push(_ node: Node) {
        if stack.count < Markup.Limits.depth { stack.append(node) }
    }

    private mutating func void(_ name: String, _ profile: MarkupProfile, _ attributes: [String: String]) {
        if name == "br" { return lineBreak() }
        if name == "hr" { return boundary() }
        guard name == "img" else { return }
        let alternative = SingleLine.text(attributes["alt"] ?? "", limit: 256)
        guard let output = profile.outputs.first else { return text(alternative) }
        settle()
        if isSpaceDue { space() }
        write(output)
        writer.end()
        plain.append(alternative)
        isInLine = true
    }

    private mutating func block(_ name: String, _ profile: MarkupProfile) {
        // A paragraph ends where another block begins; an element of a list where the next one does.
        var keep = stack.count
        var inline: [Node] = []
        scan: while keep > 0 {
            let node = stack[keep - 1]
            switch node.kind {
            case .inline: inline.insert(node, at: 0)
            case .block: break
            case .item:
                if profile.kind != .item { break scan }
                keep -= 1
                break scan
            case .container, .void: break scan
            }
            keep -= 1
        }
        truncate(to: keep)
        boundary()
        let hasList = stack.contains { $0.name == "ul" || $0.name == "ol" }
        // An element of a list without its list is a paragraph, and ends where the next block begins.
        let isLoose = profile.kind == .item && !hasList
        let outputs = isLoose ? [("p", [])] : profile.outputs
        push(Node(name: name, kind: isLoose ? .block : profile.kind, outputs: outputs))
        reopen(inline)
        if profile.kind == .item { plain.item() }
    }

    mutating func end(_ name: String) {
        if name == "br" { return lineBreak() }
        close(name)
    }

    private mutating func close(_ name: String) {
        guard let index = stack.lastIndex(where: { $0.name == name }) else { return }
        let kind = stack[index].kind
        // An inline element does not end the block around it.
        if kind == .inline, stack[index...].contains(where: { $0.kind != .inline }) { return }
        let inline = stack[(index + 1)...].filter { $0.kind == .inline }
        if kind == .inline { closeLinks(in: stack[index...index]) }
        truncate(to: index)
        if kind != .inline { boundary() }
        reopen(inline)
    }

    // MARK: Elements

    /// Closes elements; links among them go on when they are opened again.
    private mutating func truncate(to count: Int) {
        while stack.count > count, let node = stack.popLast() {
            if node.isWritten { for _ in node.outputs { writer.end() } }
        }
    }

    private mutating func reopen(_ nodes: [Node]) {
        for node in nodes {
            var node = node
            node.isWritten = false
            push(node)
        }
    }

    private mutating func boundary() {
        plain.block()
        isSpaceDue = false
        isInLine = false
    }

    /// Writes the elements that are open and have not been written.
    private mutating func settle() {
        plain.settle()
        for index in stack.indices where !stack[index].isWritten {
            stack[index].isWritten = true
            for output in stack[index].outputs { open(output) }
            if stack[index].address != nil, stack[index].linkStart == nil { stack[index].linkStart = plain.bytes.count }
        }
    }

    private mutating func open(_ output: MarkupProfile.Output) {
        writer.start(output.name)
        for (name, value) in output.attributes { writer.attribute(name, value) }
    }

    private mutating func write(_ output: MarkupProfile.Output) { open(output) }

    /// Names the address of a link after its text, unless that says it.
    private mutating func closeLinks(in nodes: ArraySlice<Node>) {
        for node in nodes {
            guard let address = node.address, let start = node.linkStart else { continue }
            let text = SingleLine.text(plain.text(from: start))
            if text != address { plain.annotate(" (\(address))") }
        }
    }
}
