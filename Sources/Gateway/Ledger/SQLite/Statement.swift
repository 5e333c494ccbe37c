import CSQLite

/// One prepared statement and the memory that its bound bytes live in.
///
/// Bound text and bytes are gathered in one block of memory that the statement owns and are bound from there when the
/// statement runs: the database library neither copies nor frees them. Used by one thread at a time.
@safe final class Statement {
    private struct Binding {
        var index: Int32
        var offset: Int
        var count: Int
        var isText: Bool
    }

    /// Blocks larger than this are given back after use.
    private static let keptCapacity = 256 * 1024

    private let pointer: OpaquePointer
    private let database: OpaquePointer
    private var bindings: [Binding] = []
    private var block: UnsafeMutableRawPointer
    private var capacity = 4096
    private var used = 0

    /// Prepares a statement of a connection, which must outlive it.
    init(_ sql: String, in database: OpaquePointer) throws(LedgerError) {
        var pointer: OpaquePointer?
        // The library reads the text during the call only and writes the new statement to `pointer`.
        let result = unsafe sqlite3_prepare_v3(database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil)
        guard result == SQLITE_OK, let pointer = unsafe pointer else {
            throw unsafe Database.error(result, doing: "preparing \(sql)", in: database)
        }
        unsafe self.pointer = unsafe pointer
        unsafe self.database = unsafe database
        unsafe block = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 16)
    }

    deinit {
        // Finalizing first ends every use of the block.
        unsafe sqlite3_finalize(pointer)
        unsafe block.deallocate()
    }

    /// Binds an integer.
    func bind(_ index: Int32, _ value: Int64) {
        // The statement is alive; a wrong index only makes the library answer with an error code.
        let result = unsafe sqlite3_bind_int64(pointer, index, value)
        assert(result == SQLITE_OK, "no such parameter")
    }

    /// Binds an integer, or null for nil.
    func bind(_ index: Int32, _ value: Int64?) {
        if let value { bind(index, value) }
    }

    /// Binds a text, or null for nil.
    func bind(_ index: Int32, _ value: String?) {
        guard let value else { return }
        // The bytes are copied into the block before the closure returns.
        unsafe value.utf8.span.withUnsafeBytes { unsafe gather(index, $0, isText: true) }
    }

    /// Binds bytes, or null for nil.
    func bind(_ index: Int32, _ value: [UInt8]?) {
        guard let value else { return }
        // The bytes are copied into the block before the closure returns.
        unsafe value.withUnsafeBytes { unsafe gather(index, $0, isText: false) }
    }

    /// Binds bytes that are lent for the call.
    func bind(_ index: Int32, _ value: Span<UInt8>) {
        // The bytes are copied into the block before the closure returns.
        unsafe value.withUnsafeBytes { unsafe gather(index, $0, isText: false) }
    }

    private func gather(_ index: Int32, _ bytes: UnsafeRawBufferPointer, isText: Bool) {
        if capacity - used < bytes.count {
            let larger = max(capacity * 2, used + bytes.count)
            // The block is replaced by a larger copy; nothing points into it until the statement runs.
            let replacement = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
            unsafe replacement.copyMemory(from: block, byteCount: used)
            unsafe block.deallocate()
            unsafe block = unsafe replacement
            capacity = larger
        }
        if let base = bytes.baseAddress {
            // There is room for `count` bytes behind `used`, as checked above.
            unsafe (block + used).copyMemory(from: base, byteCount: bytes.count)
        }
        bindings.append(Binding(index: index, offset: used, count: bytes.count, isText: isText))
        used += bytes.count
    }

    private func attach() {
        guard !bindings.isEmpty else { return }
        for binding in bindings {
            let start = unsafe UnsafeRawPointer(block + binding.offset)
            // No destructor: the bytes stay where they are until `reset` has cleared the bindings.
            let result =
                binding.isText
                ? unsafe sqlite3_bind_text64(
                    pointer,
                    binding.index,
                    start.assumingMemoryBound(to: CChar.self),
                    UInt64(binding.count),
                    nil,
                    UInt8(SQLITE_UTF8)
                )
                : unsafe sqlite3_bind_blob64(pointer, binding.index, start, UInt64(binding.count), nil)
            assert(result == SQLITE_OK, "no such parameter")
        }
        bindings.removeAll(keepingCapacity: true)
    }

    /// Runs the statement to its next row.
    ///
    /// - Returns: true at a row, false at the end; then the statement has been reset.
    func step() throws(LedgerError) -> Bool {
        attach()
        // The statement is alive and every pointer bound to it lies in the block.
        let result = unsafe sqlite3_step(pointer)
        if result == SQLITE_ROW { return true }
        if result == SQLITE_DONE {
            reset()
            return false
        }
        let error = unsafe Database.error(
            result,
            doing: "running \(String(cString: sqlite3_sql(pointer)))",
            in: database
        )
        reset()
        throw error
    }

    /// Runs a statement that yields no rows.
    func run() throws(LedgerError) {
        while try step() {}
    }

    /// Makes the statement ready for its next use and forgets what was bound.
    func reset() {
        // Clearing removes the pointers into the block before the block can be used again.
        unsafe sqlite3_reset(pointer)
        unsafe sqlite3_clear_bindings(pointer)
        bindings.removeAll(keepingCapacity: true)
        used = 0
        if capacity > Statement.keptCapacity {
            unsafe block.deallocate()
            unsafe block = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 16)
            capacity = 4096
        }
    }

    /// The integer in a column of the current row; 0 for null.
    func integer(_ column: Int32) -> Int64 {
        // Valid at a row; the library answers 0 for a column that does not exist.
        unsafe sqlite3_column_int64(pointer, column)
    }

    /// The integer in a column of the current row, or nil for null.
    func optionalInteger(_ column: Int32) -> Int64? {
        isNull(column) ? nil : integer(column)
    }

    /// The text in a column of the current row; empty for null.
    func text(_ column: Int32) -> String {
        // The bytes are copied before the library can take them back.
        unsafe String(decoding: buffer(column), as: UTF8.self)
    }

    /// The text in a column of the current row, or nil for null.
    func optionalText(_ column: Int32) -> String? {
        isNull(column) ? nil : text(column)
    }

    /// The bytes in a column of the current row; empty for null.
    func bytes(_ column: Int32) -> [UInt8] {
        // The bytes are copied before the library can take them back.
        unsafe Array(buffer(column))
    }

    /// Appends the bytes in a column of the current row.
    func append(_ column: Int32, to bytes: inout [UInt8]) {
        // The bytes are copied before the library can take them back.
        unsafe bytes.append(contentsOf: buffer(column))
    }

    /// Whether a column of the current row is null.
    func isNull(_ column: Int32) -> Bool {
        // Valid at a row.
        unsafe sqlite3_column_type(pointer, column) == SQLITE_NULL
    }

    /// Lends the bytes of a text or bytes column of the current row, without a copy.
    func withBytes<Value>(_ column: Int32, _ body: (Span<UInt8>) -> Value) -> Value {
        // The library keeps the bytes until the next step or reset, and the span cannot leave the body.
        unsafe body(buffer(column).span)
    }

    /// The bytes of a column, valid until the next step or reset.
    private func buffer(_ column: Int32) -> UnsafeBufferPointer<UInt8> {
        // The library asks for this order of the two calls.
        let start = unsafe sqlite3_column_blob(pointer, column)
        let count = unsafe Int(sqlite3_column_bytes(pointer, column))
        guard let start = unsafe start, count > 0 else { return unsafe UnsafeBufferPointer(start: nil, count: 0) }
        return unsafe UnsafeBufferPointer(start: start.assumingMemoryBound(to: UInt8.self), count: count)
    }
}
