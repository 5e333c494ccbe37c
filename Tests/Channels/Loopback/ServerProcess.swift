public import Foundation
import Glibc
import NIOCore
import NIOPosix

/// A server of somebody else's as a child of the tests, on a port of loopback, with a folder of its own.
///
/// It ends when this process does, since the shell before it reads its standard input.
public final class ServerProcess: Sendable {
    /// The server did not start; this is what it said.
    public struct Failed: Error, CustomStringConvertible {
        public let description: String
    }

    public let port: Int
    private let input: Pipe

    /// Starts a server, again on another port when somebody took the first one between the choice and the bind.
    ///
    /// - Parameters:
    ///   - program: its file, and its arguments with `%` for the folder.
    ///   - ready: what it says once it serves.
    ///   - refused: what it says when it has no port and runs on all the same.
    ///   - configure: writes its files into the folder, for the port.
    public init(
        _ program: [String],
        ready: String,
        refused: String? = nil,
        configure: (_ folder: URL, _ port: Int) throws -> Void
    ) throws {
        var said = ""
        for _ in 1...5 {
            let folder = FileManager.default.temporaryDirectory.appending(path: "isthmus-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let port = try Self.freePort()
            try configure(folder, port)
            let input = Pipe()
            said = try Self.run(program, folder: folder.path(percentEncoded: false), input: input) {
                $0.contains(ready) || refused.map($0.contains) ?? false
            }
            if said.contains(ready), !(refused.map(said.contains) ?? false) {
                (self.port, self.input) = (port, input)
                return
            }
            try? input.fileHandleForWriting.close()
        }
        throw Failed(description: said)
    }

    /// What it said until it was enough, or its end.
    private static func run(
        _ program: [String],
        folder: String,
        input: Pipe,
        until isEnough: (String) -> Bool
    ) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        // Whoever reads what the server says learns of its end, too: nothing else keeps that pipe open. It keeps
        // nothing, and a shutdown of its own might wait for its readers, so it is killed. (`wait` never returns
        // here, since Foundation blocks SIGCHLD for its children: the server runs in the foreground.)
        let script = """
            folder=$1; shift
            exec 3<&0
            (cat <&3; read -r server <"$folder/pid" && kill -9 "$server") >/dev/null 2>&1 &
            sh -c 'echo $$ >"$0"; exec "$@" 3<&-' "$folder/pid" "$@"
            exec >/dev/null 2>&1
            rm -rf "$folder"
            """
        let arguments = program.map { $0.replacing("%", with: folder) }
        process.arguments = ["-c", script, "sh", folder] + arguments
        let output = Pipe()
        // Another child that had this end, too, would keep the server alive.
        _ = fcntl(input.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        var said = ""
        while !isEnough(said) {
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { return said }
            said += String(decoding: more, as: UTF8.self)
        }
        // What it says later must not fill the pipe.
        output.fileHandleForReading.readabilityHandler = { _ = $0.availableData }
        return said
    }

    /// A port that is free for UDP and TCP.
    private static func freePort() throws -> Int {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        while true {
            let listener = try ServerBootstrap(group: eventLoop).bind(host: "127.0.0.1", port: 0).wait()
            defer { try? listener.close().wait() }
            guard let port = listener.localAddress?.port else { continue }
            if let socket = try? DatagramBootstrap(group: eventLoop).bind(host: "127.0.0.1", port: port).wait() {
                try socket.close().wait()
                return port
            }
        }
    }
}
