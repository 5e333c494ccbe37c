// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func layer(_ folder: String, _ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(folder)/\(name)", swiftSettings: strict)
}

func protocols(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    layer("Protocols", name, dependencies)
}

func channels(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    layer("Channels", name, dependencies)
}

func gateway(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    layer("Gateway", name, dependencies)
}

/// A test target; `data` are its files and folders that the tests read where they lie.
func tests(_ folder: String, _ name: String, _ dependencies: [Target.Dependency], data: [String] = []) -> Target {
    .testTarget(
        name: name,
        dependencies: dependencies,
        path: "Tests/\(folder)\(name)",
        exclude: data,
        swiftSettings: strict
    )
}

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let collections: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let heaps: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")

let package = Package(
    name: "isthmus",
    products: [
        .executable(name: "isthmus", targets: ["isthmus"]),
        .library(name: "Addressing", targets: ["Addressing"]),
        .library(name: "XMLStreams", targets: ["XMLStreams"]),
        .library(name: "MIME", targets: ["MIME"]),
        .library(name: "CPIM", targets: ["CPIM"]),
        .library(name: "PIDF", targets: ["PIDF"]),
        .library(name: "IMDN", targets: ["IMDN"]),
        .library(name: "XMPPStanzas", targets: ["XMPPStanzas"]),
        .library(name: "XMPPStreams", targets: ["XMPPStreams"]),
        .library(name: "SIPMessages", targets: ["SIPMessages"]),
        .library(name: "SIPTransactions", targets: ["SIPTransactions"]),
        .library(name: "Digests", targets: ["Digests"]),
        .library(name: "DNSChannels", targets: ["DNSChannels"]),
        .library(name: "TLSChannels", targets: ["TLSChannels"]),
        .library(name: "XMPPChannels", targets: ["XMPPChannels"]),
        .library(name: "SIPChannels", targets: ["SIPChannels"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        // System: module maps over the distribution's libraries, the only C.
        .systemLibrary(
            name: "CLibXML2",
            path: "Sources/System/CLibXML2",
            pkgConfig: "libxml-2.0",
            providers: [.apt(["libxml2-dev"])]
        ),
        .systemLibrary(
            name: "COpenSSL",
            path: "Sources/System/COpenSSL",
            pkgConfig: "openssl",
            providers: [.apt(["libssl-dev"])]
        ),
        .systemLibrary(
            name: "CSQLite",
            path: "Sources/System/CSQLite",
            pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"])]
        ),
        .systemLibrary(
            name: "CIDN",
            path: "Sources/System/CIDN",
            pkgConfig: "libidn2",
            providers: [.apt(["libidn2-dev", "libunistring-dev"])]
        ),
        .systemLibrary(
            name: "CZlib",
            path: "Sources/System/CZlib",
            pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"])]
        ),
        // Debian's libunbound.pc requires packages that its -dev package does not bring, so it is not asked.
        .systemLibrary(
            name: "CUnbound",
            path: "Sources/System/CUnbound",
            providers: [.apt(["libunbound-dev"])]
        ),
        .systemLibrary(name: "CMalloc", path: "Sources/System/CMalloc"),

        // Protocols: pure values, codecs and state machines.
        protocols("Addressing", ["CIDN"]),
        protocols("XMLStreams", ["CLibXML2"]),
        protocols("MIME", ["CZlib"]),
        protocols("CPIM", ["Addressing", "MIME"]),
        protocols("PIDF", ["XMLStreams"]),
        protocols("IMDN", ["XMLStreams"]),
        protocols("XMPPStanzas", ["Addressing", "XMLStreams"]),
        protocols("XMPPStreams", ["Addressing", "XMLStreams", "XMPPStanzas"]),
        protocols("SIPMessages", ["Addressing", "MIME"]),
        protocols("SIPTransactions", ["Addressing", "MIME", "SIPMessages"]),

        // Channels: bytes to values on sockets.
        channels("Digests", ["COpenSSL"]),
        channels("DNSChannels", ["Addressing", "CUnbound", nioCore, nioPosix, collections, heaps]),
        channels("TLSChannels", ["COpenSSL", nioCore]),
        channels(
            "XMPPChannels",
            [
                "Addressing", "DNSChannels", "TLSChannels", "XMLStreams", "XMPPStanzas", "XMPPStreams", nioCore,
                nioHTTP1, nioPosix, logging, collections,
            ]
        ),
        channels("SIPChannels", ["Addressing", "SIPMessages", "SIPTransactions", nioCore, nioPosix, logging]),

        // Gateway: tables, translation, bridge, ledger, legs.
        gateway("MappingTables"),
        gateway("OperatorFiles", ["Addressing", "MappingTables", .product(name: "Yams", package: "Yams")]),
        gateway(
            "Interworking",
            ["Addressing", "MappingTables", "MIME", "CPIM", "IMDN", "PIDF", "XMLStreams", "XMPPStanzas", "SIPMessages"]
        ),
        gateway("BridgeCore", [collections, heaps]),
        gateway("AuditTrail", ["Digests", "MIME"]),
        gateway("Ledger", ["AuditTrail", "CSQLite", "Digests"]),
        gateway(
            "XMPPLegs",
            [
                "Addressing", "BridgeCore", "Digests", "DNSChannels", "IMDN", "Interworking", "MappingTables",
                "SIPMessages", "TLSChannels", "XMLStreams", "XMPPChannels", "XMPPStanzas", "XMPPStreams", nioCore,
                nioPosix, logging, collections,
            ]
        ),
        gateway(
            "SIMPLELegs",
            [
                "Addressing", "BridgeCore", "CPIM", "Digests", "IMDN", "Interworking", "MappingTables", "MIME",
                "SIPChannels", "SIPMessages", "SIPTransactions", "XMLStreams", "XMPPStanzas", nioCore, logging,
                collections,
            ]
        ),
        gateway(
            "GatewayDaemon",
            [
                "Addressing", "AuditTrail", "BridgeCore", "CMalloc", "CPIM", "DNSChannels", "Digests", "IMDN",
                "Interworking", "Ledger",
                "MappingTables", "MIME", "OperatorFiles", "SIMPLELegs", "SIPMessages", "SIPChannels",
                "SIPTransactions", "TLSChannels", "XMLStreams", "XMPPChannels", "XMPPLegs", "XMPPStanzas",
                "XMPPStreams", nioCore, nioHTTP1, nioPosix, logging, signals, lifecycle, collections,
            ]
        ),

        .executableTarget(
            name: "isthmus",
            dependencies: [
                "Addressing", "AuditTrail", "BridgeCore", "CPIM", "Digests", "GatewayDaemon", "Interworking", "Ledger",
                "MIME", "MappingTables", "OperatorFiles", "PIDF", "SIMPLELegs", "SIPMessages", "XMLStreams", "XMPPLegs",
                "XMPPStanzas", argumentParser,
            ],
            path: "Sources/isthmus",
            swiftSettings: strict
        ),

        // Tests, by layer.
        .target(
            name: "VectorSupport",
            dependencies: ["Addressing", "CPIM", "SIPMessages", "XMLStreams"],
            path: "Tests/VectorSupport",
            swiftSettings: strict
        ),
        tests("Protocols/", "AddressingTests", ["Addressing"]),
        tests("Protocols/", "XMLStreamsTests", ["XMLStreams"]),
        tests("Protocols/", "MIMETests", ["MIME"]),
        tests("Protocols/", "CPIMTests", ["CPIM", "Addressing", "MIME"], data: ["Objects"]),
        .target(
            name: "PresenceSchemas",
            dependencies: ["CLibXML2"],
            path: "Tests/Protocols/PresenceSchemas",
            swiftSettings: strict
        ),
        tests(
            "Protocols/",
            "PIDFTests",
            ["PIDF", "PresenceSchemas", "XMLStreams"],
            data: ["Broken", "Documents", "Partial", "README.md"]
        ),
        tests("Protocols/", "IMDNTests", ["IMDN", "PresenceSchemas", "XMLStreams"]),
        tests("Protocols/", "XMPPStanzasTests", ["XMPPStanzas", "Addressing", "XMLStreams"]),
        tests("Protocols/", "XMPPStreamsTests", ["XMPPStreams", "Addressing", "Digests", "XMLStreams", "XMPPStanzas"]),
        tests("Protocols/", "SIPMessagesTests", ["SIPMessages", "Addressing", "MIME"], data: ["Torture"]),
        tests("Protocols/", "SIPTransactionsTests", ["SIPTransactions", "SIPMessages", "Addressing", "MIME"]),
        tests("Channels/", "DigestsTests", ["Digests"]),
        .target(
            name: "Loopback",
            dependencies: [nioCore, nioPosix],
            path: "Tests/Channels/Loopback",
            swiftSettings: strict
        ),
        .target(
            name: "NameServers",
            dependencies: ["Addressing", "DNSChannels", "Loopback", nioPosix],
            path: "Tests/Channels/NameServers",
            swiftSettings: strict
        ),
        tests(
            "Channels/",
            "DNSChannelsTests",
            ["DNSChannels", "Addressing", "Loopback", "NameServers", nioCore, nioPosix, nioEmbedded]
        ),
        .target(
            name: "TestAuthority",
            dependencies: ["TLSChannels", "Loopback"],
            path: "Tests/Channels/TestAuthority",
            swiftSettings: strict
        ),
        tests("Channels/", "TLSChannelsTests", ["TLSChannels", "TestAuthority", nioCore, nioPosix, nioEmbedded]),
        tests(
            "Channels/",
            "XMPPChannelsTests",
            [
                "XMPPChannels", "Addressing", "Digests", "DNSChannels", "TLSChannels", "XMLStreams", "XMPPStanzas",
                "XMPPStreams", "Loopback", "NameServers", "TestAuthority", nioCore, nioEmbedded, nioHTTP1, nioPosix,
            ]
        ),
        tests(
            "Channels/",
            "SIPChannelsTests",
            ["SIPChannels", "SIPMessages", "SIPTransactions", "Loopback", nioCore, nioPosix, nioEmbedded, logging]
        ),
        tests("Gateway/", "MappingTablesTests", ["MappingTables"]),
        tests(
            "Gateway/",
            "OperatorFilesTests",
            ["OperatorFiles", "MappingTables", "Addressing"],
            data: ["Snapshots"]
        ),
        tests(
            "Gateway/",
            "InterworkingTests",
            [
                "Interworking", "MappingTables", "OperatorFiles", "Addressing", "CPIM", "IMDN", "MIME", "PIDF",
                "SIPMessages",
                "PresenceSchemas", "VectorSupport", "XMLStreams", "XMPPStanzas", "Digests",
            ]
        ),
        tests(
            "Gateway/",
            "XMPPLegsTests",
            [
                "XMPPLegs", "Addressing", "BridgeCore", "Digests", "DNSChannels", "Interworking", "MappingTables",
                "OperatorFiles", "SIPMessages", "TLSChannels", "XMLStreams", "XMPPChannels", "XMPPStanzas",
                "XMPPStreams", "Loopback", "TestAuthority", nioCore, nioPosix, logging,
            ]
        ),
        tests(
            "Gateway/",
            "SIMPLELegsTests",
            [
                "SIMPLELegs", "Addressing", "BridgeCore", "Digests", "Interworking", "MappingTables", "OperatorFiles",
                "SIPChannels", "SIPMessages", "SIPTransactions", "XMLStreams", "XMPPStanzas", "Loopback", nioCore,
                nioPosix, nioEmbedded, logging,
            ]
        ),
        tests("Gateway/", "BridgeCoreTests", ["BridgeCore", heaps]),
        tests(
            "Gateway/",
            "GatewayDaemonTests",
            [
                "GatewayDaemon", "Addressing", "BridgeCore", "CSQLite", "DNSChannels", "Digests", "IMDN",
                "Interworking", "Ledger", "MappingTables", "OperatorFiles", "PresenceSchemas", "SIMPLELegs",
                "SIPChannels", "SIPMessages", "SIPTransactions", "TLSChannels", "TestAuthority", "VectorSupport",
                "XMLStreams",
                "XMPPChannels", "XMPPLegs", "XMPPStanzas", "XMPPStreams", "Loopback", "AuditTrail", nioCore,
                nioEmbedded, nioHTTP1, nioPosix, logging,
            ]
        ),
        tests("Gateway/", "AuditTrailTests", ["AuditTrail", "Digests"]),
        tests("Gateway/", "LedgerTests", ["Ledger", "AuditTrail", "CSQLite", "Digests"], data: ["Databases"]),
        tests(
            "",
            "Commands",
            ["isthmus", "AuditTrail", "BridgeCore", "Digests", "GatewayDaemon", "Ledger", nioCore, nioPosix]
        ),
        tests(
            "",
            "Examples",
            [
                "Addressing", "BridgeCore", "CPIM", "DNSChannels", "Digests", "GatewayDaemon", "IMDN", "Interworking",
                "Ledger", "MIME", "MappingTables", "OperatorFiles", "PIDF", "SIMPLELegs", "SIPChannels", "SIPMessages",
                "SIPTransactions", "TLSChannels", "XMLStreams", "XMPPChannels", "XMPPLegs", "XMPPStanzas", nioCore,
                logging,
            ]
        ),
        tests("", "HouseRulesTests", [], data: ["rfc-sections.tsv", "titles.tsv"]),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Addressing", "CPIM", "DNSChannels", "IMDN", "Interworking", "MappingTables", "MIME", "OperatorFiles",
                "PIDF", "SIPMessages", "XMLStreams", "XMPPChannels", "XMPPStanzas",
            ],
            path: "Tests/Fuzz/FuzzTargets",
            swiftSettings: strict
        ),
        .testTarget(
            name: "FuzzReplayTests",
            dependencies: ["FuzzTargets"],
            path: "Tests/Fuzz/Replay",
            swiftSettings: strict
        ),
    ]
)

// libFuzzer brings its own main and needs unsafe flags, so only `Tests/Fuzz/run.sh` builds with it.
if Context.environment["ISTHMUS_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "Fuzz",
            dependencies: ["FuzzTargets"],
            path: "Tests/Fuzz/Driver",
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]
        )
    )
}
