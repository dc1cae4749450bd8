// swift-tools-version: 6.2
import PackageDescription

// Continuous integration sets HOURGLASS_STRICT so that a warning fails the build there and never
// breaks the build of somebody who uses the package with a newer compiler.
let strict = Context.environment["HOURGLASS_STRICT"] == "1"

/// The settings that every Swift target of the package shares.
let house: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + (strict ? [.treatAllWarnings(as: .error)] : [])

/// A room: the folder `Sources/<name>`, the module `Hourglass<name>`, and the rooms it may import.
func room(_ name: String, imports: [Target.Dependency]) -> Target {
  .target(
    name: "Hourglass\(name)",
    dependencies: imports,
    path: "Sources/\(name)",
    swiftSettings: house
  )
}

/// The tests of a room: the folder `Tests/<name>Tests`.
func tests(
  _ name: String,
  imports: [Target.Dependency],
  resources: [Resource] = []
) -> Target {
  .testTarget(
    name: "Hourglass\(name)Tests",
    dependencies: imports + ["HourglassTestSupport"],
    path: "Tests/\(name)Tests",
    resources: resources,
    swiftSettings: house
  )
}

let tensors: Target.Dependency = "HourglassTensors"
let graphs: Target.Dependency = "HourglassGraphs"
let engines: Target.Dependency = "HourglassEngines"
let networks: Target.Dependency = "HourglassNetworks"
let autoencoders: Target.Dependency = "HourglassAutoencoders"
let datasets: Target.Dependency = "HourglassDatasets"
let modelFiles: Target.Dependency = "HourglassModelFiles"
let signatures: Target.Dependency = "HourglassSignatures"
let applications: Target.Dependency = "HourglassApplications"
let reports: Target.Dependency = "HourglassReports"

let package = Package(
  name: "hourglass",
  products: [
    .library(name: "Hourglass", targets: ["Hourglass"]),
    .executable(name: "hourglass", targets: ["HourglassCommandLine"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    // C: thin shims over system libraries, and the fused loops that oneDNN does not have.
    .target(
      name: "COneDNN",
      path: "Sources/COneDNN",
      linkerSettings: [.linkedLibrary("dnnl"), .linkedLibrary("gomp"), .linkedLibrary("m")]
    ),
    .target(
      name: "CCodecs",
      path: "Sources/CCodecs",
      linkerSettings: [
        .linkedLibrary("z"), .linkedLibrary("png"), .linkedLibrary("jpeg"),
        .linkedLibrary("sndfile"),
      ]
    ),
    // C and C++: hnswlib, which consists of headers, stays in one file of it.
    .target(name: "CNearest", path: "Sources/CNearest"),
    // What Swift cannot ask of its process. It takes malloc over, so only the executable links it.
    .target(name: "CProcess", path: "Sources/CProcess"),

    // Rooms, lowest first; an arrow that is not written here does not compile.
    room("Tensors", imports: []),
    room("Graphs", imports: [tensors]),
    room("Engines", imports: [tensors, graphs, "COneDNN"]),
    room("Networks", imports: [tensors, graphs]),
    room("Autoencoders", imports: [tensors, graphs, networks, engines]),
    room("Datasets", imports: [tensors, "CCodecs"]),
    room(
      "Signatures",
      imports: [tensors, "CNearest", .product(name: "GRDB", package: "GRDB.swift")]
    ),
    room("ModelFiles", imports: [tensors, graphs, networks, autoencoders]),
    room(
      "Applications",
      imports: [
        tensors, graphs, engines, networks, autoencoders, datasets, modelFiles, signatures,
      ]
    ),
    room("Reports", imports: [tensors, "CCodecs"]),
    .target(
      name: "Hourglass",
      dependencies: [
        tensors, graphs, datasets, networks, autoencoders, engines, modelFiles, applications,
        signatures,
      ],
      path: "Sources/Hourglass",
      swiftSettings: house
    ),
    .executableTarget(
      name: "HourglassCommandLine",
      dependencies: [
        tensors, graphs, engines, networks, autoencoders, datasets, modelFiles, applications,
        reports, signatures, "CProcess",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/CommandLine",
      swiftSettings: house
    ),

    // Tests: one suite for each room, and the built program end to end.
    .target(
      name: "HourglassTestSupport",
      dependencies: [tensors, graphs, engines],
      path: "Tests/TestSupport",
      swiftSettings: house
    ),
    tests("Tensors", imports: [tensors]),
    tests("Graphs", imports: [tensors, graphs, engines]),
    tests(
      "Engines",
      imports: [tensors, graphs, networks, engines, "COneDNN"],
      resources: [.copy("Goldens")]
    ),
    tests("ModelFiles", imports: [tensors, networks, autoencoders, modelFiles], resources: [.copy("Goldens")]),
    tests("Networks", imports: [tensors, graphs, networks, engines]),
    tests("Datasets", imports: [tensors, datasets, "CCodecs"], resources: [.copy("Goldens")]),
    tests("Signatures", imports: [tensors, signatures]),
    tests("Autoencoders", imports: [tensors, graphs, engines, networks, autoencoders]),
    tests(
      "Applications",
      imports: [
        tensors, graphs, engines, networks, autoencoders, datasets, modelFiles, applications,
        signatures,
      ],
      resources: [.copy("Goldens")]
    ),
    tests("Reports", imports: [tensors, datasets, reports], resources: [.copy("Goldens")]),
    tests("Library", imports: ["Hourglass"]),
    // Runs the program that the build puts beside the tests; imports nothing of it.
    .testTarget(name: "HourglassEndToEndTests", path: "Tests/EndToEnd", swiftSettings: house),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
