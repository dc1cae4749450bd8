import Foundation
import Testing

/// What a run of the program came to.
struct Outcome {
  /// The exit code, or 128 and the number of the signal that ended it, as a shell has it.
  var code: Int32
  var output: String
  var errors: String
}

/// The built program.
enum Program {
  /// The file, which the build puts beside the tests.
  static let path: String = {
    let tests = Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])
    var folder = tests.deletingLastPathComponent()
    for _ in 0..<4 {
      let candidate = folder.appendingPathComponent("hourglass").path
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: candidate, isDirectory: &isFolder),
        !isFolder.boolValue
      {
        return candidate
      }
      folder = folder.deletingLastPathComponent()
    }
    return ProcessInfo.processInfo.environment["HOURGLASS_PROGRAM"] ?? "hourglass"
  }()

  /// Runs the program to its end.
  @discardableResult
  static func run(
    _ arguments: String...,
    in folder: Folder,
    closingInput: Bool = false
  ) throws -> Outcome {
    try Running(arguments, in: folder, closingInput: closingInput).wait()
  }

  /// Runs the program to its end, with arguments that were put together.
  @discardableResult
  static func run(_ arguments: [String], in folder: Folder) throws -> Outcome {
    try Running(arguments, in: folder).wait()
  }
}

/// A program that runs.
struct Running {
  private let child: pid_t
  private let folder: Folder
  private let name: String

  /// Starts a program; its output goes to files, so that it never waits for a reader.
  ///
  /// - Parameter memory: The bytes of addresses that it may have.
  init(
    _ arguments: [String],
    in folder: Folder,
    program: String = Program.path,
    closingInput: Bool = false,
    memory: Int? = nil
  ) throws {
    self.folder = folder
    name = "run-\(UUID().uuidString)"
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, 1, folder.path("\(name).out"), flags, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, folder.path("\(name).err"), flags, 0o600)
    // The runner of the tests may ignore signals, and children inherit that.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGINT, SIGTERM, SIGPIPE] { sigaddset(&signals, signal) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    // The shell enters the folder and becomes the program, so that the process is the program's.
    let limit = memory.map { "ulimit -v \($0 >> 10) && " } ?? ""
    let script = limit + "cd \"$0\" && exec \"$@\"" + (closingInput ? " <&-" : "")
    let command: [String] = ["sh", "-c", script, folder.url.path, program] + arguments
    var words = command.map { strdup($0) } + [nil]
    let settings: [String] = ["PATH=/usr/bin:/bin", "LANG=C.UTF-8"]
    var environment = settings.map { strdup($0) } + [nil]
    defer { for text in words + environment { free(text) } }
    var child: pid_t = 0
    let status = posix_spawn(&child, "/bin/sh", &actions, &attributes, &words, &environment)
    try #require(status == 0, "cannot start \(program): \(String(cString: strerror(status)))")
    self.child = child
  }

  /// The number of its process.
  var identifier: Int32 { child }

  /// Sends a signal.
  func send(_ signal: Int32) { _ = kill(child, signal) }

  /// What it has written on standard error so far.
  var errors: String { folder.text("\(name).err") }

  /// Waits for the end; a program that does not end in time, within a minute as a rule, is killed.
  func wait(seconds: Double = 60) throws -> Outcome {
    var status: Int32 = 0
    let end = Date() + seconds
    while waitpid(child, &status, WNOHANG) == 0 {
      if Date() > end { send(SIGKILL) }
      usleep(2_000)
    }
    let signal = status & 0x7f
    return Outcome(
      code: signal == 0 ? status >> 8 & 0xff : 128 + signal,
      output: folder.text("\(name).out"),
      errors: errors
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

  func write(_ bytes: [UInt8], to name: String, making folder: String) throws {
    try FileManager.default.createDirectory(atPath: path(folder), withIntermediateDirectories: true)
    try write(bytes, to: name)
  }

  func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

  func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: url.appendingPathComponent(name))
  }

  func text(_ name: String) -> String {
    (try? bytes(name)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  /// The names of the files, without those of the output of runs.
  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: url.path)
      .filter { !$0.hasPrefix("run-") }.sorted()
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

  /// An IDX file of square images, gray or in planes of colors, each with a bright spot somewhere.
  static func images(count: Int, side: Int, channels: Int = 1) -> [UInt8] {
    let planes = channels == 1 ? [] : bigEndian(channels)
    var bytes = [0, 0, 8, UInt8(channels == 1 ? 3 : 4)] + bigEndian(count) + planes
    bytes += bigEndian(side) + bigEndian(side)
    for index in 0..<count * channels {
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

/// The numbers of the first table of an evaluation in JSON, by method and metric.
func methods(of evaluation: Any?) throws -> [String: [String: Double]] {
  let tables = (evaluation as? [String: Any])?["tables"] as? [[String: Any]]
  let rows = try #require(tables?.first?["methods"] as? [[String: Any]])
  return Dictionary(
    uniqueKeysWithValues: try rows.map { row in
      (try #require(row["name"] as? String), row["values"] as? [String: Double] ?? [:])
    }
  )
}
