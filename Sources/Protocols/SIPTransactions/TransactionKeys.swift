import MIME
public import SIPMessages

/// What a transaction is found by: 128 bits of a keyed hash over the fields that the RFC compares.
///
/// The key of the hash is the process's own, so that a stranger cannot make two requests meet; a name of fixed size keeps
/// the table small while it remembers hundreds of thousands of answers for 32 s.
struct TransactionName: Sendable, Hashable {
    private let high: Int
    private let low: Int

    init(_ bytes: [UInt8]) {
        var hasher = Hasher()
        Self.add(bytes.span, to: &hasher)
        self.init(hasher)
    }

    init(_ one: Span<UInt8>, _ other: Span<UInt8>) {
        var hasher = Hasher()
        Self.add(one, to: &hasher)
        Self.add(other, to: &hasher)
        self.init(hasher)
    }

    private static func add(_ bytes: Span<UInt8>, to hasher: inout Hasher) {
        hasher.combine(bytes.count)
        var index = 0
        while bytes.count - index >= 8 {
            hasher.combine(bytes.word(at: index))
            index += 8
        }
        var rest: UInt64 = 0
        for place in index..<bytes.count { rest = rest << 8 | UInt64(bytes[place]) }
        hasher.combine(rest)
    }

    private init(_ hasher: Hasher) {
        // The state is wider than both halves, so what comes out of it twice is as good as two hashes.
        var second = hasher
        second.combine(true)
        high = hasher.finalize()
        low = second.finalize()
    }
}

/// The name of a transaction with a request that arrived.
///
/// Source: RFC 3261 §17.2.3.
public struct ServerTransactionKey: Sendable, Hashable {
    let name: TransactionName
    /// For a request that has no transaction: where its answer goes.
    let stateless: SIPFlow?
}

/// The name of a transaction with a request that was sent: branch and method.
///
/// Source: RFC 3261 §17.1.3.
public struct ClientTransactionKey: Sendable, Hashable {
    let name: TransactionName

    /// Makes a key.
    public init(branch: String, method: SIPMethod) {
        self.init(branch: branch.utf8.span, method: method.description.utf8.span)
    }

    init(branch: Span<UInt8>, method: Span<UInt8>) {
        name = TransactionName(method, branch)
    }
}

/// Builds the keys under which requests are found; zero bytes part their fields.
enum RequestKey {
    /// The key of a request: branch, sent-by and method, or for a client of RFC 2543 what stands in for the branch.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - essentials: its values.
    ///   - method: the method that made the transaction, which for CANCEL is another one.
    /// - Returns: the key.
    ///
    /// Source: RFC 3261 §17.2.3.
    static func transaction(
        _ request: SIPRequest,
        _ essentials: SIPEssentials,
        method: Span<UInt8>
    ) -> TransactionName {
        var key: [UInt8] = []
        key.reserveCapacity(96)
        key.append(all: method)
        key.append(0)
        let via = essentials.topVia
        if via.hasTransactionBranch, let branch = via.branchBytes {
            key.append(all: branch.span)
            key.append(0)
            for byte in via.hostBytes { key.append(byte &- 0x41 < 26 ? byte | 0x20 : byte) }
            key.append(0)
            append(via.port.map { UInt32($0) } ?? UInt32.max, to: &key)
        } else {
            key.append(0)
            for part in [
                request.uriBytes, essentials.to.tagBytes ?? [], essentials.from.tagBytes ?? [], essentials.callID,
                via.rawValue,
            ] {
                key.append(all: part.span)
                key.append(0)
            }
            append(essentials.sequence, to: &key)
        }
        return TransactionName(key)
    }

    /// What two copies of a request share that came over different ways; nil when it cannot be compared.
    ///
    /// Source: RFC 3261 §8.2.2.2.
    static func merge(_ essentials: SIPEssentials) -> TransactionName? {
        guard essentials.to.tagBytes == nil, let tag = essentials.from.tagBytes else { return nil }
        var key: [UInt8] = []
        key.reserveCapacity(96)
        key.append(all: tag.span)
        key.append(0)
        key.append(all: essentials.callID.span)
        key.append(0)
        key.append(all: essentials.sequenceMethod.span)
        key.append(0)
        append(essentials.sequence, to: &key)
        return TransactionName(key)
    }

    private static func append(_ number: UInt32, to key: inout [UInt8]) {
        for shift in stride(from: UInt32(0), to: 32, by: 8) { key.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}

/// Tags that depend on the request alone, so that each answer to it has the same one.
///
/// They are unlikely to collide and say nothing, but are no secret: dialogs take random tags.
///
/// Source: RFC 3261 §8.2.7, §19.3.
enum AnswerTag {
    static func text(of headers: SIPHeaders, seed: UInt64) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ seed
        for name in [SIPHeaderName.callID, .from] {
            for byte in headers.first(name)?.rawValue ?? [] { mix(byte, &hash) }
            mix(0, &hash)
        }
        // The number without the method: a CANCEL is answered with the tag of what it cancels (RFC 3261 §9.2).
        for byte in headers.first(.cseq)?.rawValue ?? [] {
            guard byte &- 0x30 < 10 else { break }
            mix(byte, &hash)
        }
        hash ^= hash >> 30
        hash &*= 0xBF58_476D_1CE4_E5B9
        hash ^= hash >> 27
        hash &*= 0x94D0_49BB_1331_11EB
        hash ^= hash >> 31
        return String(hash, radix: 36)
    }

    @inline(__always)
    private static func mix(_ byte: UInt8, _ hash: inout UInt64) {
        hash ^= UInt64(byte)
        hash &*= 0x100_0000_01B3
    }
}
