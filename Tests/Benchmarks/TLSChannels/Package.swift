// swift-tools-version: 6.2

import PackageDescription

let package = Package(
    name: "tls-benchmark",
    dependencies: [
        .package(name: "isthmus", path: "../../.."),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    ],
    targets: [
        .executableTarget(
            name: "TLSBenchmark",
            dependencies: [
                .product(name: "TLSChannels", package: "isthmus"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        )
    ]
)
