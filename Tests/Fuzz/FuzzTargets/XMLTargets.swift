import XMLStreams
import XMPPStanzas

extension FuzzTarget {
    /// A stream gives the same events however it is cut, and each element survives being written.
    static let xmlStream = FuzzTarget("xml-stream") { input throws(Violation) in
        var cuts = Cuts(of: input)
        let limits = limits(&cuts)
        let excess: XML.ExcessPolicy = cuts.below(2) == 0 ? .failsStream : .isRefused
        let whole = Reading(of: [input[...]], limits, excess)
        let cut = Reading(of: cuts.pieces(of: input), limits, excess)
        try demand(whole.events == cut.events, "cuts change no event: \(whole.events) or \(cut.events)")
        try demand(
            whole.error == cut.error,
            "cuts change no error: \(String(describing: whole.error)) or \(String(describing: cut.error))"
        )
        if let error = whole.error {
            try demand((0...input.count).contains(error.offset), "the error lies in the stream: \(error)")
        }
        for case .element(let element) in whole.events { try writesBack(element) }
    }

    /// A document that is read survives being written.
    static let xmlDocument = FuzzTarget("xml-document") { input throws(Violation) in
        var cuts = Cuts(of: input)
        let element: XML.Element
        do throws(XMLStreamError) {
            element = try XML.DocumentReader.read(input[...], limits: limits(&cuts))
        } catch {
            try demand((0...input.count).contains(error.offset), "the error lies in the document: \(error)")
            return
        }
        try writesBack(element)
        _ = (element.text, element.language, element.attributes, Array(element.nodes))
        try discovery(element)
    }

    /// What is announced, and the answer that proves it, can be read of any element; the input of the hash does not
    /// depend on the order of features.
    private static func discovery(_ element: XML.Element) throws(Violation) {
        if let announced = CapabilitiesElement(in: element) { _ = announced.bytes }
        guard var information = ServiceInformation(element) else { return }
        let input = information.verificationInput
        information.features.reverse()
        try demand(information.verificationInput == input, "the order of features does not count")
    }

    /// The default limits, or small ones that inputs of a few hundred bytes exceed.
    private static func limits(_ cuts: inout Cuts) -> XML.Limits {
        if cuts.below(3) > 0 { return XML.Limits() }
        return XML.Limits(
            stanzaBytes: 200,
            documentBytes: 400,
            startTagBytes: 60,
            depth: 4,
            attributes: 4,
            children: 4,
            distinctNames: 8,
            nameBytes: 64
        )
    }

    private static func writesBack(_ element: XML.Element) throws(Violation) {
        var writer = XML.Writer()
        writer.copy(element)
        // Escapes and declarations may make the copy longer than what was read.
        let limits = XML.Limits(documentBytes: 1 << 26, startTagBytes: 1 << 26, depth: 250, attributes: 1 << 20)
        let again = try succeed("a copy is well-formed: \(shown(writer.bytes))") { () throws(XMLStreamError) in
            try XML.DocumentReader.read(writer.bytes[...], limits: limits)
        }
        try demand(again == element, "a copy is equal: \(shown(writer.bytes))")
        try demand(writer.replaced == 0, "what was read can be written")
    }
}

/// What a stream parser made of pieces.
private struct Reading {
    var events: [XML.StreamEvent] = []
    var error: XMLStreamError?

    init(of pieces: [ArraySlice<UInt8>], _ limits: XML.Limits, _ excess: XML.ExcessPolicy) {
        let parser = XML.StreamParser(limits: limits, excess: excess)
        for piece in pieces {
            do throws(XMLStreamError) { try parser.feed(piece, into: &events) } catch {
                self.error = error
                return
            }
        }
    }
}
