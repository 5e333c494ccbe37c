import Foundation
public import TLSChannels

/// A certificate and its key, as files and as bytes.
public struct Issued: Sendable {
    public let file: String
    public let keyFile: String
    public let certificate: [UInt8]
    public let key: [UInt8]

    public init(file: String, keyFile: String) throws {
        self.file = file
        self.keyFile = keyFile
        certificate = try Array(Data(contentsOf: URL(filePath: file)))
        key = try Array(Data(contentsOf: URL(filePath: keyFile)))
    }

    public func credentials(chain: [Issued] = []) throws -> TLSCredentials {
        try TLSCredentials(certificates: certificate + chain.flatMap(\.certificate), key: key)
    }

    /// The certificate, read.
    public var read: TLSCertificate {
        get throws { try credentials().chain[0] }
    }
}

/// An authority for tests, run by the `openssl` command in a folder that is removed at the end of the process.
public final class Authority: Sendable {
    public struct Failed: Error, CustomStringConvertible {
        public let description: String

        public init(description: String) { self.description = description }
    }

    public enum Key: String {
        case p256 = "-newkey ec -pkeyopt ec_paramgen_curve:P-256"
        case rsa = "-newkey rsa:2048"
        case weak = "-newkey rsa:1024"
    }

    public let folder: String
    public let root: Issued

    public init(_ name: String) throws {
        folder = NSTemporaryDirectory() + "tls-tests-\(name)-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let (file, key) = ("\(folder)/root.pem", "\(folder)/root.key")
        try Self.run(
            "req -x509 \(Key.p256.rawValue) -nodes -keyout \(key) -out \(file) -subj /CN=\(name) -days 3000 "
                + "-addext keyUsage=critical,keyCertSign,digitalSignature"
        )
        root = try Issued(file: file, keyFile: key)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Issues a certificate.
    ///
    /// - Parameters:
    ///   - name: the common name, and the name of the files.
    ///   - names: the alternative names, in the words of `openssl`.
    ///   - extensions: further lines of the section of extensions.
    ///   - dates: first and last moment.
    ///   - issuer: who signs; the root unless given.
    public func issue(
        _ name: String,
        names: [String] = [],
        key: Key = .p256,
        extensions: [String] = ["basicConstraints=critical,CA:FALSE"],
        dates: (String, String) = ("20250101000000Z", "20480101000000Z"),
        by issuer: Issued? = nil,
        selfSigned: Bool = false
    ) throws -> Issued {
        let base = "\(folder)/\(name)"
        try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: true)
        try Data().write(to: URL(filePath: base + "/index.txt"))
        let serial = String(UInt64.random(in: 1 << 60..<1 << 62), radix: 16)
        try Data(serial.utf8).write(to: URL(filePath: base + "/serial"))
        let lines = names.isEmpty ? extensions : extensions + ["subjectAltName=@names"]
        let listed = names.enumerated().map { index, name in
            let parts = name.split(separator: ":", maxSplits: 1)
            return "\(parts[0]).\(index) = \(parts[1])"
        }
        let configuration = """
            [ca]
            default_ca = d
            [d]
            dir = \(base)
            database = \(base)/index.txt
            serial = \(base)/serial
            new_certs_dir = \(base)
            default_md = sha256
            policy = p
            x509_extensions = e
            [p]
            commonName = supplied
            [e]
            \(lines.joined(separator: "\n"))
            [names]
            \(listed.joined(separator: "\n"))
            """
        try Data(configuration.utf8).write(to: URL(filePath: base + "/ca.cnf"))
        let (file, keyFile) = (base + ".pem", base + ".key")
        try Self.run("req -new \(key.rawValue) -nodes -keyout \(keyFile) -out \(base).csr -subj /CN=\(name)")
        let signer =
            selfSigned
            ? "-selfsign -keyfile \(keyFile)"
            : "-cert \((issuer ?? root).file) -keyfile \((issuer ?? root).keyFile)"
        try Self.run(
            "ca -batch -config \(base)/ca.cnf \(signer) -in \(base).csr -out \(file) "
                + "-startdate \(dates.0) -enddate \(dates.1) -notext"
        )
        return try Issued(file: file, keyFile: keyFile)
    }

    @discardableResult
    public static func run(_ arguments: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments.split(separator: " ").map(String.init)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(description: "openssl \(arguments): \(text)") }
        return text
    }
}
