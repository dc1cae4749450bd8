// swift-tools-version: 6.0
import PackageDescription

// Coverage-guided fuzzing of the readers; Scripts/fuzz.sh builds and runs it.
let package = Package(
  name: "Fuzz",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "hourglass", path: "..")],
  targets: [
    .executableTarget(
      name: "Fuzz",
      dependencies: [.product(name: "Hourglass", package: "hourglass")]
    )
  ],
  swiftLanguageModes: [.v6]
)
