// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "OwnAutoencoder",
  dependencies: [.package(name: "hourglass", path: "../..", traits: [])],
  targets: [
    .executableTarget(
      name: "OwnAutoencoder",
      dependencies: [.product(name: "Hourglass", package: "hourglass")]
    )
  ]
)
