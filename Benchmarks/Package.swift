// swift-tools-version: 6.2
import PackageDescription

// What the quality and the speed of Hourglass are measured with: a package of its own, so that nothing
// of it is linked into the program or the library.

let strict = Context.environment["HOURGLASS_STRICT"] == "1"

/// The settings that every Swift target of the package shares.
let house: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + (strict ? [.treatAllWarnings(as: .error)] : [])

let package = Package(
  name: "hourglass-benchmarks",
  products: [
    .executable(name: "hourglass-benchmarks", targets: ["HourglassBenchmarks"])
  ],
  dependencies: [
    .package(name: "hourglass", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
  ],
  targets: [
    // Takes malloc over to count allocations, so only this executable links it.
    .target(name: "CAllocations"),
    .executableTarget(
      name: "HourglassBenchmarks",
      dependencies: [
        "CAllocations",
        .product(name: "Hourglass", package: "hourglass"),
        .product(name: "HourglassJobs", package: "hourglass"),
        .product(name: "HourglassBenchmarkSupport", package: "hourglass"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/Benchmarks",
      swiftSettings: house
    ),
    .testTarget(
      name: "HourglassBenchmarksTests",
      dependencies: ["HourglassBenchmarks"],
      path: "Tests",
      resources: [.copy("Goldens")],
      swiftSettings: house
    ),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
