import Interworking

/// What published documents say that were read lately, so that one that changes does not make all others of its user
/// be read again.
///
/// Those that were read last are kept, in two rotating halves; what is not is read again when it is asked for.
struct PublishedContents {
    /// Bytes of the documents whose content is kept; as read they take some times as many.
    static let largestBytes = 8 << 20

    private struct Name: Hashable {
        let composition: UInt64
        let number: UInt64
    }

    private struct Half {
        var contents: [Name: (content: PublishedContent, bytes: Int)] = [:]
        var bytes = 0

        mutating func remove(_ name: Name) {
            if let old = contents.removeValue(forKey: name) { bytes -= old.bytes }
        }
    }

    private var current = Half()
    private var previous = Half()

    /// Bytes of the documents whose content is kept.
    var bytes: Int { current.bytes + previous.bytes }

    /// Keeps what a document says, instead of what it said before.
    ///
    /// - Parameters:
    ///   - content: what it says.
    ///   - size: its bytes.
    ///   - number: the publication among those of its user.
    ///   - composition: the user.
    mutating func keep(_ content: PublishedContent, bytes size: Int, of number: UInt64, _ composition: UInt64) {
        let name = Name(composition: composition, number: number)
        remove(name)
        guard size <= Self.largestBytes / 2 else { return }
        if current.bytes + size > Self.largestBytes / 2 {
            previous = current
            current = Half()
        }
        current.contents[name] = (content, size)
        current.bytes += size
    }

    /// What a document says; nil when that is not kept.
    func content(of number: UInt64, _ composition: UInt64) -> PublishedContent? {
        let name = Name(composition: composition, number: number)
        return (current.contents[name] ?? previous.contents[name])?.content
    }

    /// These documents are not published any more.
    mutating func forget(_ numbers: [UInt64], of composition: UInt64) {
        for number in numbers { remove(Name(composition: composition, number: number)) }
    }

    private mutating func remove(_ name: Name) {
        current.remove(name)
        previous.remove(name)
    }
}
