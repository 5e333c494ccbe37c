/// A record and how long it counts.
public struct DNSRecord: Hashable, Sendable {
    /// What it says.
    public var data: RecordData
    /// Seconds from the answer.
    public var seconds: UInt32

    /// Makes a record.
    public init(_ data: RecordData, seconds: UInt32 = 0) {
        self.data = data
        self.seconds = seconds
    }
}

/// Reads the records that a message gives for a question, along the aliases that it gives.
///
/// Source: RFC 1035 §4.1.
public struct AnswerReader: Sendable {
    /// What a message gives for a question.
    public struct Found: Sendable, Equatable {
        /// The records of the type, in the order of the message; empty when it has none.
        public var records: [DNSRecord] = []
        /// The names that were gone through, the one asked for first; the last one has the records.
        public var names: [DNSName]
        /// Seconds that records and aliases count.
        public var seconds: UInt32
    }

    private let limits: DNSLimits

    /// Makes a reader.
    public init(limits: DNSLimits = DNSLimits()) { self.limits = limits }

    /// Reads a response.
    ///
    /// - Parameters:
    ///   - question: what was asked.
    ///   - bytes: the message, at most 65,535 bytes.
    /// - Returns: the records with the aliases on the way.
    /// - Throws: ``DNSError`` of any code.
    public func answer(to question: DNSQuestion, _ bytes: ArraySlice<UInt8>) throws(DNSError) -> Found {
        let message = ArraySlice(Array(bytes.prefix(65_536)))
        var cursor = WireCursor(message, 0..<message.count)
        let count = try header(&cursor)
        guard try cursor.name() == question.name, try cursor.uint16() == question.type.rawValue,
            try cursor.uint16() == 1
        else { throw DNSError(.notTheAnswer, "The message answers another question.", at: 12) }
        guard count <= limits.records else {
            throw DNSError(.tooManyRecords, "The answer has more than \(limits.records) records.", at: 6)
        }
        var aliases: [DNSName: (DNSName, UInt32)] = [:]
        var records: [DNSName: [DNSRecord]] = [:]
        for _ in 0..<count {
            let owner = try cursor.name()
            let type = RecordType(rawValue: try cursor.uint16())
            let recordClass = try cursor.uint16()
            let seconds = lifetime(try cursor.uint32())
            let range = try cursor.range(Int(try cursor.uint16()))
            guard recordClass == 1 else { continue }
            if type == question.type {
                let data = try RecordReader.data(type, in: message, range)
                records[owner, default: []].append(DNSRecord(data, seconds: seconds))
            } else if type == .cname, case .alias(let target) = try RecordReader.data(type, in: message, range) {
                aliases[owner] = (target, seconds)
            }
        }
        return try follow(aliases, records, from: question.name)
    }

    /// Reads the header, whose answer count is the result.
    private func header(_ cursor: inout WireCursor) throws(DNSError) -> Int {
        _ = try cursor.uint16()
        let flags = try cursor.uint16()
        let questions = try cursor.uint16()
        let answers = try cursor.uint16()
        _ = try cursor.uint32()
        guard flags & 0x8000 != 0, questions == 1 else {
            throw DNSError(.notTheAnswer, "The message is no response to one question.", at: 2)
        }
        return Int(answers)
    }

    /// Goes from alias to alias to the name that has the records.
    private func follow(
        _ aliases: [DNSName: (DNSName, UInt32)],
        _ records: [DNSName: [DNSRecord]],
        from name: DNSName
    ) throws(DNSError) -> Found {
        var found = Found(names: [name], seconds: limits.positiveSeconds)
        var current = name
        while records[current] == nil, let (target, seconds) = aliases[current] {
            guard found.names.count <= limits.aliases, !found.names.contains(target) else {
                throw DNSError(.endlessAliases, "The aliases of \(name) do not end.")
            }
            found.names.append(target)
            found.seconds = min(found.seconds, seconds)
            current = target
        }
        found.records = records[current] ?? []
        for record in found.records { found.seconds = min(found.seconds, record.seconds) }
        return found
    }

    /// Seconds within the bound; a number with the highest bit set counts as none.
    ///
    /// Source: RFC 2181 §8.
    private func lifetime(_ seconds: UInt32) -> UInt32 {
        seconds > UInt32(Int32.max) ? 0 : min(seconds, limits.positiveSeconds)
    }
}
