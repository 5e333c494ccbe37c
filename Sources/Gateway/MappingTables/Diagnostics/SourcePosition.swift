/// A place in an operator's file.
public struct SourcePosition: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The path of the file as the operator knows it.
    public var file: String
    /// The line, from 1.
    public var line: Int
    /// The column in Unicode scalars, from 1.
    public var column: Int

    /// Makes a position.
    ///
    /// - Parameters:
    ///   - file: the path of the file.
    ///   - line: the line, from 1.
    ///   - column: the column in Unicode scalars, from 1.
    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `FILE:LINE:COLUMN`.
    public var description: String { "\(file):\(line):\(column)" }

    /// Orders by file, line and column.
    public static func < (one: SourcePosition, other: SourcePosition) -> Bool {
        (one.file, one.line, one.column) < (other.file, other.line, other.column)
    }
}
