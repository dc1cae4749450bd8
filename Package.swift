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
func room(
  _ name: String,
  imports: [Target.Dependency],
  exclude: [String] = [],
  resources: [Resource] = []
) -> Target {
  .target(
    name: "Hourglass\(name)",
    dependencies: imports,
    path: "Sources/\(name)",
    exclude: exclude,
    resources: resources,
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

/// The rooms that a target names as dependencies.
func rooms(_ names: String...) -> [Target.Dependency] {
  names.map { .target(name: "Hourglass\($0)") }
}

// What a room may import, lowest first; each also imports System.
let base = rooms("System", "Tensors")
let learning = base + rooms("Graphs", "Engines", "Networks", "Autoencoders")
let data = rooms("Statistics", "Media", "Data", "Encodings", "Evaluation", "ModelFiles")
let task = learning + data + rooms("TasksCommon")
let tasks = rooms(
  "Reduce",
  "Features",
  "Match",
  "Denoise",
  "Detect",
  "Generate",
  "Impute",
  "Colorize"
)
let signatures: Target.Dependency = "HourglassSignatures"
let reports: Target.Dependency = "HourglassReports"

/// A product of a package that only the trait Service needs.
func serving(_ product: String, _ package: String) -> Target.Dependency {
  .product(name: product, package: package, condition: .when(traits: ["Service"]))
}
let hummingbird = [
  serving("Hummingbird", "hummingbird"), serving("HummingbirdCore", "hummingbird"),
  serving("HTTPTypes", "swift-http-types"), serving("Logging", "swift-log"),
  serving("Metrics", "swift-metrics"),
  serving("NIOCore", "swift-nio"), serving("NIOPosix", "swift-nio"),
  serving("ServiceLifecycle", "swift-service-lifecycle"),
  serving("UnixSignals", "swift-service-lifecycle"),
]
let benchmarkSupport: Target.Dependency = "HourglassBenchmarkSupport"

let package = Package(
  name: "hourglass",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Hourglass", targets: ["Hourglass"]),
    // Requests in JSON, as the command runs them.
    .library(name: "HourglassJobs", targets: ["HourglassJobs"]),
    // What the package in Benchmarks/ needs beside the public libraries. Nothing else uses it.
    .library(name: "HourglassBenchmarkSupport", targets: ["HourglassBenchmarkSupport"]),
    .executable(name: "hourglass", targets: ["HourglassCommandLine"]),
  ],
  traits: [
    .trait(name: "Command", description: "The command hourglass, with its argument parser."),
    .trait(name: "SQLite", description: "Databases of signatures, and with them the task match."),
    .trait(
      name: "Service",
      description: "The verb serve: the tasks over HTTP, and the page in the browser."
    ),
    .default(enabledTraits: ["Command", "SQLite", "Service"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    // For the trait Service alone; the others are parts of Hummingbird that the room names itself.
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
    .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.9.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.0.0"),
  ],
  targets: [
    // C: thin shims over system libraries, and the fused loops that oneDNN does not have.
    .target(
      name: "CHourglassOneDNN",
      path: "Sources/CHourglassOneDNN",
      linkerSettings: [
        .linkedLibrary("dnnl"), .linkedLibrary("m"),
        .linkedLibrary("gomp", .when(platforms: [.linux])),
      ]
    ),
    .target(
      name: "CHourglassCodecs",
      path: "Sources/CHourglassCodecs",
      linkerSettings: [
        .linkedLibrary("z"), .linkedLibrary("zstd"), .linkedLibrary("png"),
        .linkedLibrary("jpeg"), .linkedLibrary("sndfile"),
      ]
    ),
    // C and C++: hnswlib, which consists of headers, stays in one file of it.
    .target(name: "CHourglassNearest", path: "Sources/CHourglassNearest"),
    // C++: XGBoost, which grows trees; they are followed by a loop of our own.
    .target(
      name: "CHourglassTrees",
      path: "Sources/CHourglassTrees",
      linkerSettings: [.linkedLibrary("xgboost")]
    ),
    // The signals that stop the program.
    .target(name: "CHourglassProcess", path: "Sources/CHourglassProcess"),

    // The files of the page, as bytes.
    .target(name: "CHourglassPages", path: "Sources/CHourglassPages"),

    // Rooms, lowest first; an arrow that is not written here does not compile.
    room("System", imports: []),
    room("Tensors", imports: rooms("System")),
    room("Graphs", imports: base),
    room("Engines", imports: base + rooms("Graphs") + ["CHourglassOneDNN"]),
    room("Networks", imports: base + rooms("Graphs")),
    room("Autoencoders", imports: base + rooms("Graphs", "Engines", "Networks")),
    room("Statistics", imports: learning + ["CHourglassNearest", "CHourglassTrees"]),
    room("Media", imports: base + ["CHourglassCodecs"]),
    room("Data", imports: base + rooms("Media") + ["CHourglassCodecs"]),
    room("Encodings", imports: learning + rooms("Statistics", "Media", "Data")),
    room("Evaluation", imports: base + rooms("Statistics", "Media")),
    room("ModelFiles", imports: learning),
    room(
      "Signatures",
      imports: base + rooms("Statistics") + [
        "CHourglassNearest",
        .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["SQLite"])),
      ]
    ),
    room("TasksCommon", imports: learning + data),
    room("Reduce", imports: task),
    room("Features", imports: task),
    room("Match", imports: task + [signatures]),
    room("Denoise", imports: task),
    room("Detect", imports: task),
    room("Generate", imports: task),
    room("Impute", imports: task),
    room("Colorize", imports: task),
    room(
      "Reports",
      imports: base + rooms("Evaluation", "Media"),
      // Compiled in, so that the program stays one file.
      resources: [
        .embedInCode("Page/page.css"), .embedInCode("Map/map.css"), .embedInCode("Map/map.js"),
      ]
    ),
    .target(
      name: "Hourglass",
      dependencies: task
        + rooms("Reduce", "Features", "Denoise", "Detect", "Generate", "Impute", "Colorize") + [
          .target(name: "HourglassMatch", condition: .when(traits: ["SQLite"])),
          .target(name: "HourglassSignatures", condition: .when(traits: ["SQLite"])),
        ],
      path: "Sources/Hourglass",
      swiftSettings: house
    ),
    room("Jobs", imports: task + tasks + [reports, signatures]),
    room(
      "Service",
      imports: base + rooms("ModelFiles", "TasksCommon", "Jobs") + [
        "CHourglassCodecs", "CHourglassPages", "CHourglassProcess",
      ] + hummingbird,
      // What CHourglassPages compiles in.
      exclude: ["openapi.json", "Examples", "Studio"]
    ),
    .executableTarget(
      name: "HourglassCommandLine",
      dependencies: base + rooms("Autoencoders", "Media", "Data", "TasksCommon", "Jobs")
        + rooms("Detect", "Generate", "Colorize") + [
          reports, "CHourglassProcess",
          .target(name: "HourglassService", condition: .when(traits: ["Service"])),
          .product(
            name: "ArgumentParser",
            package: "swift-argument-parser",
            condition: .when(traits: ["Command"])
          ),
        ],
      path: "Sources/CommandLine",
      swiftSettings: house
    ),

    // What benchmarks reach into: networks to time, indexes, noise, linear models. It is no part of
    // the library or of the program.
    .target(
      name: "HourglassBenchmarkSupport",
      dependencies: task + tasks + [signatures],
      path: "Benchmarks/Support",
      swiftSettings: house
    ),

    // Tests: one suite for each room, and the built program end to end.
    .target(
      name: "HourglassTestSupport",
      dependencies: base + rooms("Graphs", "Engines", "Media", "Data"),
      path: "Tests/TestSupport",
      resources: [.copy("Goldens")],
      swiftSettings: house
    ),
    tests("Tensors", imports: base),
    tests("Graphs", imports: base + rooms("Graphs", "Engines")),
    tests(
      "Engines",
      imports: base + rooms("Graphs", "Networks", "Engines") + [
        benchmarkSupport, "CHourglassOneDNN",
      ],
      resources: [.copy("Goldens")]
    ),
    tests(
      "ModelFiles",
      imports: base + rooms("Networks", "Autoencoders", "ModelFiles"),
      resources: [.copy("Goldens")]
    ),
    tests("Networks", imports: base + rooms("Graphs", "Networks", "Engines") + [benchmarkSupport]),
    tests("System", imports: base),
    tests("Media", imports: base + rooms("Media", "Data", "Encodings") + ["CHourglassCodecs"]),
    tests("Data", imports: base + rooms("Media", "Data", "Encodings") + ["CHourglassCodecs"]),
    tests("Encodings", imports: learning + rooms("Media", "Data", "Encodings")),
    tests("Statistics", imports: task),
    tests("Evaluation", imports: base + rooms("Statistics", "Evaluation")),
    tests("Signatures", imports: base + [signatures, "CHourglassNearest"]),
    tests("Autoencoders", imports: learning),
    tests("TasksCommon", imports: task + rooms("Reduce")),
    tests("Reduce", imports: task + rooms("Reduce")),
    tests("Features", imports: task + rooms("Features", "Reduce")),
    tests("Match", imports: task + rooms("Match") + [signatures]),
    tests("Denoise", imports: task + rooms("Denoise")),
    tests("Detect", imports: task + rooms("Detect")),
    tests("Generate", imports: task + rooms("Generate")),
    tests("Impute", imports: task + rooms("Impute")),
    tests("Colorize", imports: task + rooms("Colorize")),
    // What all tasks promise, and what two of them have to do with each other.
    tests("Tasks", imports: task + tasks + [signatures]),
    tests(
      "Reports",
      imports: base + rooms("Media", "Data", "Statistics", "Evaluation") + [reports],
      resources: [.copy("Goldens")]
    ),
    tests("Jobs", imports: task + tasks + [reports, signatures] + rooms("Jobs")),
    tests("Service", imports: base + rooms("Jobs", "Service") + hummingbird),
    tests(
      "CommandLine",
      imports: rooms("Jobs", "CommandLine") + [
        .product(
          name: "ArgumentParser",
          package: "swift-argument-parser",
          condition: .when(traits: ["Command"])
        )
      ]
    ),
    tests("Library", imports: ["Hourglass", "HourglassJobs"]),
    // Runs the program that the build puts beside the tests; imports nothing of it.
    .testTarget(name: "HourglassEndToEndTests", path: "Tests/EndToEnd", swiftSettings: house),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
