import Foundation
import Testing

/// What a run of a program came to.
struct Outcome {
  /// The exit code.
  var code: Int32
  var output: String
  var errors: String
}

/// The built programs.
enum Program {
  /// The benchmarks, which the build puts beside the tests.
  static let benchmarks: String = {
    let tests = Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])
    var folder = tests.deletingLastPathComponent()
    for _ in 0..<4 {
      let candidate = folder.appendingPathComponent("hourglass-benchmarks").path
      if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
      folder = folder.deletingLastPathComponent()
    }
    return "hourglass-benchmarks"
  }()

  /// The program `hourglass` of the package around this one; none where it was not built.
  static let hourglass: String? = {
    let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return [".build/testing/release", ".build/release"]
      .map { repository.appendingPathComponent("\($0)/hourglass").path }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// Whether `python3` has NumPy.
  static let hasNumPy: Bool = {
    (try? run(["python3", "-c", "import numpy"], program: "/usr/bin/env", in: nil).code) == 0
  }()

  /// Runs the benchmarks in a folder to their end.
  @discardableResult
  static func run(_ arguments: [String], in folder: Folder) throws -> Outcome {
    try run(arguments, program: benchmarks, in: folder)
  }

  /// Runs a program in a folder to its end.
  @discardableResult
  static func run(_ arguments: [String], program: String, in folder: Folder?) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = folder.url }
    // Files rather than pipes, so that it never waits for a reader.
    let place = try Folder()
    func file(_ name: String) throws -> FileHandle {
      try place.write("", to: name)
      return try FileHandle(forWritingTo: place.url.appendingPathComponent(name))
    }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try file("output")
    process.standardError = try file("errors")
    try process.run()
    process.waitUntilExit()
    return Outcome(
      code: process.terminationStatus,
      output: place.text("output"),
      errors: place.text("errors")
    )
  }
}

/// A folder that lasts as long as its test.
final class Folder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("hourglass-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: url.appendingPathComponent(name))
  }

  func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

  func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: url.appendingPathComponent(name))
  }

  func text(_ name: String) -> String {
    (try? bytes(name)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
  }
}

/// Data that tests make: the same in every run.
enum Made {
  /// A table of some columns that depend on two hidden numbers.
  static func table(rows: Int, columns: Int, seed: UInt64 = 1) -> String {
    var state = seed
    func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 40) / Double(1 << 24)
    }
    var lines = [(1...columns).map { "c\($0)" }.joined(separator: ",")]
    for _ in 0..<rows {
      let (a, b) = (next() * 4 - 2, next() * 4 - 2)
      let values = (1...columns).map { column in
        sin(a * Double(column) * 0.3) + b * cos(Double(column)) + 0.05 * next()
      }
      lines.append(values.map { "\(Float($0))" }.joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// An IDX file of square gray images, each with a bright spot somewhere.
  static func images(count: Int, side: Int) -> [UInt8] {
    var bytes: [UInt8] = [0, 0, 8, 3] + bigEndian(count)
    bytes += bigEndian(side) + bigEndian(side)
    for index in 0..<count {
      let (x, y) = (index * 7 % side, index * 5 / 3 % side)
      for place in 0..<side * side {
        let distance = abs(place % side - x) + abs(place / side - y)
        bytes.append(UInt8(max(0, 255 - 60 * distance)))
      }
    }
    return bytes
  }

  /// An IDX file of labels.
  static func labels(_ values: [UInt8]) -> [UInt8] {
    [0, 0, 8, 1] + bigEndian(values.count) + values
  }

  private static func bigEndian(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}

/// The JSON object of a text.
func json(_ text: String) throws -> [String: Any] {
  let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
  return try #require(value as? [String: Any], "expected one JSON object, found \(text)")
}
