import ArgumentParser
import Foundation

/// Why a benchmark gives no figures, in one sentence.
struct BenchmarkError: Error, Hashable, CustomStringConvertible {
  /// What was being done, what was expected and found, and what to do.
  let description: String

  /// Makes an error from its sentence.
  init(_ description: String) { self.description = description }

  /// Data that a benchmark cannot be measured on.
  static func unsuited(
    _ path: String,
    for benchmark: String,
    expected: String,
    found: String
  ) -> BenchmarkError {
    BenchmarkError("cannot measure \(benchmark) on \(path): expected \(expected), found \(found).")
  }
}

/// Throws where the value of an option is out of its range.
func requireOption(_ isRight: Bool, _ option: String, _ expected: String) throws {
  if !isRight { throw ValidationError("\(option) must be \(expected)") }
}

/// Writes a line that is no result on standard error.
func note(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }

/// The most memory that this process ever had.
enum PeakMemory {
  /// The peak of the resident set in MiB; `nil` where the system does not say, as outside of Linux.
  static var mebibytes: Double? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kilobytes = line.split(whereSeparator: { !$0.isNumber }).first.flatMap({ Double($0) })
    else { return nil }
    return kilobytes / 1024
  }

  /// A peak for people.
  static func text(_ mebibytes: Double?) -> String {
    "\(mebibytes?.fixed(0) ?? "unknown") MiB of memory at the most"
  }
}

/// A folder for files of a measurement, which goes with it.
final class ScratchFolder: Sendable {
  /// Where it is.
  let path: String

  /// Makes a folder in another one, or in that for temporary files.
  init(in parent: String? = nil) throws {
    let parent = parent.map { URL(fileURLWithPath: $0) } ?? FileManager.default.temporaryDirectory
    path = parent.appendingPathComponent("hourglass-benchmark-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in it.
  func file(_ name: String) -> String { path + "/" + name }
}

/// A file that is written piece by piece.
struct WrittenFile {
  private let handle: FileHandle

  /// Makes the file, or empties it.
  init(_ path: String) throws {
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let handle = FileHandle(forWritingAtPath: path)
    else { throw BenchmarkError("cannot write \(path).") }
    self.handle = handle
  }

  /// Appends bytes.
  func write(_ bytes: [UInt8]) throws { try handle.write(contentsOf: Data(bytes)) }

  /// Ends the file.
  func close() throws { try handle.close() }
}
