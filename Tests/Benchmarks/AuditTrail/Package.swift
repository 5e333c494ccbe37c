// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func module(_ folder: String, _ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(folder)/\(name)", swiftSettings: strict)
}

let package = Package(
    name: "audit-benchmark",
    targets: [
        .systemLibrary(name: "COpenSSL", path: "Sources/System/COpenSSL", pkgConfig: "openssl"),
        .systemLibrary(name: "CSQLite", path: "Sources/System/CSQLite", pkgConfig: "sqlite3"),
        .systemLibrary(name: "CZlib", path: "Sources/System/CZlib", pkgConfig: "zlib"),
        module("Protocols", "MIME", ["CZlib"]),
        module("Channels", "Digests", ["COpenSSL"]),
        module("Gateway", "AuditTrail", ["Digests", "MIME"]),
        module("Gateway", "Ledger", ["AuditTrail", "CSQLite", "Digests"]),
        .executableTarget(
            name: "AuditBenchmark",
            dependencies: ["AuditTrail", "Digests", "Ledger"],
            path: "AuditBenchmark",
            swiftSettings: strict
        ),
    ]
)
