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
    name: "mappings-benchmark",
    dependencies: [.package(url: "https://github.com/jpsim/Yams", from: "6.2.2")],
    targets: [
        .systemLibrary(name: "CIDN", path: "Sources/System/CIDN", pkgConfig: "libidn2"),
        .systemLibrary(name: "CLibXML2", path: "Sources/System/CLibXML2", pkgConfig: "libxml-2.0"),
        module("Protocols", "Addressing", ["CIDN"]),
        .systemLibrary(name: "CZlib", path: "Sources/System/CZlib", pkgConfig: "zlib"),
        module("Protocols", "MIME", ["CZlib"]),
        module("Protocols", "CPIM", ["Addressing", "MIME"]),
        module("Protocols", "XMLStreams", ["CLibXML2"]),
        module("Protocols", "IMDN", ["XMLStreams"]),
        module("Protocols", "PIDF", ["XMLStreams"]),
        module("Protocols", "XMPPStanzas", ["Addressing", "XMLStreams"]),
        module("Protocols", "SIPMessages", ["Addressing", "MIME"]),
        module("Gateway", "MappingTables"),
        module("Gateway", "OperatorFiles", ["Addressing", "MappingTables", .product(name: "Yams", package: "Yams")]),
        module(
            "Gateway",
            "Interworking",
            ["Addressing", "MappingTables", "MIME", "CPIM", "IMDN", "PIDF", "XMLStreams", "XMPPStanzas", "SIPMessages"]
        ),
        .executableTarget(
            name: "MappingsBenchmark",
            dependencies: [
                "Addressing", "Interworking", "MappingTables", "OperatorFiles", "SIPMessages", "XMLStreams",
                "XMPPStanzas",
            ],
            path: "MappingsBenchmark",
            swiftSettings: strict
        ),
    ]
)
