import XMPPChannels

extension FuzzTarget {
    /// A document of a domain's web server is bounded, and says the same wherever it lies and with white space around.
    static let posh = FuzzTarget("posh") { input throws(Violation) in
        let found = read(input)
        try demand(found == read([0x20, 0x0A] + input + [0x0D, 0x09]), "white space changes nothing: \(shown(input))")
        try demand(read(input + Array("{}".utf8)) != found || isFault(found), "nothing may follow: \(shown(input))")
        switch found {
        case .success(.fingerprints(let fingerprints, let seconds)):
            try demand(seconds > 0, "a document counts for a time")
            try demand(fingerprints.count <= 2 * POSHDocument.largestCount, "fingerprints are bounded")
        case .success(.reference(let place, let seconds)):
            try demand(seconds > 0, "a reference counts for a time")
            try demand(place.utf8.count <= 3 * input.count, "a place is no longer than the document")
        case .failure(let fault): try demand(!fault.reason.isEmpty, "a fault says why")
        }
    }

    private static func read(_ bytes: [UInt8]) -> Result<POSHDocument, HTTPSFault> {
        do throws(HTTPSFault) { return .success(try POSHDocument(bytes)) } catch { return .failure(error) }
    }

    private static func isFault(_ result: Result<POSHDocument, HTTPSFault>) -> Bool {
        if case .failure = result { true } else { false }
    }
}
