import Foundation
public import MappingTables

/// Reads the bytes of a file that an operator edits.
public enum OperatorFile {
    /// Why a file was not read.
    public struct Fault: Error {
        /// The file and the reason.
        public let diagnostic: Diagnostic
    }

    /// Reads a regular file, one byte further than what is accepted, so that its reader sees that it is too large.
    ///
    /// - Parameters:
    ///   - path: where it is, and what diagnostics show.
    ///   - limit: how many bytes are accepted.
    /// - Returns: the bytes, or the diagnostic for what cannot be opened.
    public static func read(_ path: String, limit: Int) -> Result<[UInt8], Fault> {
        read(path, shown: path, limit: limit)
    }

    /// Reads a regular file, one byte further than what is accepted, so that its reader sees that it is too large.
    ///
    /// - Parameters:
    ///   - path: where it is.
    ///   - shown: the path that the operator knows.
    ///   - limit: how many bytes are accepted.
    /// - Returns: the bytes, or the diagnostic for what cannot be opened.
    static func read(
        _ path: String,
        shown: String,
        limit: Int = YAMLLimits().bytes
    ) -> Result<[UInt8], Fault> {
        do {
            let url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
            let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
            guard attributes[.type] as? FileAttributeType == .typeRegular else {
                return .failure(unreadable(shown, "it is not a file"))
            }
            let handle = try FileHandle(forReadingFrom: url)
            defer { try? handle.close() }
            return .success([UInt8](try handle.read(upToCount: limit + 1) ?? Data()))
        } catch {
            return .failure(unreadable(shown, reason(error)))
        }
    }

    /// The diagnostic for what cannot be opened.
    static func unreadable(_ shown: String, _ reason: String) -> Fault {
        let start = SourcePosition(file: shown, line: 1, column: 1)
        let help = "put a file there that the user of the gateway can read; ls -l shows owner and mode"
        return Fault(diagnostic: .error("unreadable", at: start, "this cannot be read: \(reason)", help: help))
    }

    /// Why the system refused, in few words.
    static func reason(_ error: any Error) -> String {
        switch (error as? CocoaError)?.code {
        case .fileNoSuchFile, .fileReadNoSuchFile: "there is no such file or folder"
        case .fileReadNoPermission: "permission denied"
        default: "the system refuses"
        }
    }
}
