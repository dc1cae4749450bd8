import Foundation
import HourglassBenchmarkSupport

/// A fixed public protocol: how data are split, what is trained on, and by what the result is evaluated.
///
/// It runs requests as the command does, with the options that a user gets by default, and says which ones
/// differ.
protocol QualityBenchmark: Sendable {
  /// The name in the command line.
  var name: String { get }
  /// What is done, in a sentence or two.
  var summary: String { get }
  /// What is measured of each method.
  var figures: [BenchmarkResult.Figure] { get }
  /// Figures of others by the same protocol, with their source.
  var published: [BenchmarkResult.Method] { get }
  /// What else the protocol sets, by its name.
  var settings: [String: String] { get }

  /// Measures.
  func measure(_ run: BenchmarkRun) async throws -> BenchmarkMeasurement
}

extension QualityBenchmark {
  var settings: [String: String] { [:] }
}

/// What a benchmark measured.
struct BenchmarkMeasurement: Sendable {
  /// This program's figures.
  var own: [Double?]
  /// Those of simpler methods in the same run.
  var baselines: [BenchmarkResult.Method] = []
  /// What is measured of each data set.
  var partFigures: [BenchmarkResult.Figure] = []
  /// The data sets.
  var parts: [BenchmarkResult.Part] = []
  /// The paths of all files that were read.
  var paths: [String]
}

/// One run of a benchmark.
struct BenchmarkRun: Sendable {
  /// The folder or file of the data.
  let data: String
  /// The most epochs of each training; `nil` takes as many as a user gets.
  let epochs: Int?
  /// The most minutes of each training; `nil` takes as many as a user gets.
  let minutes: Double?
  /// Where all random numbers come from.
  let seed: UInt64
  /// The threads to compute with; `nil` takes all cores.
  let threads: Int?
  /// A word in the names of the data sets to take; `nil` takes all of them.
  let only: String?
  /// The options that differ from those that a user gets.
  let options = OptionLog()
  /// Hears what is being done.
  let says: @Sendable (String) -> Void

  /// Runs a benchmark.
  ///
  /// - Throws: What is wrong with the data or the options.
  func result(of benchmark: any QualityBenchmark) async throws -> BenchmarkResult {
    let clock = ContinuousClock()
    let start = clock.now
    let measured = try await benchmark.measure(self)
    let seconds = (clock.now - start).inSeconds
    let files = try files(measured.paths)
    let list = files.map { "\($0.digest)  \($0.name)\n" }.joined()
    return BenchmarkResult(
      benchmark: benchmark.name,
      summary: benchmark.summary,
      figures: benchmark.figures,
      methods: [BenchmarkResult.Method("hourglass", measured.own)] + measured.baselines
        + (only == nil ? benchmark.published : []),
      partFigures: measured.partFigures,
      parts: measured.parts,
      files: files,
      dataDigest: SHA256.hexadecimal(Array(list.utf8)),
      seed: seed,
      settings: benchmark.settings,
      options: options.lines,
      threads: threads ?? ProcessInfo.processInfo.activeProcessorCount,
      version: MeasuredProgram.version,
      seconds: seconds
    )
  }

  private func files(_ paths: [String]) throws -> [BenchmarkResult.File] {
    let folder = data.last == "/" ? data : data + "/"
    return try Set(paths).sorted().map { path in
      let name =
        path.hasPrefix(folder)
        ? String(path.dropFirst(folder.count)) : path.split(separator: "/").last.map(String.init)
      return BenchmarkResult.File(name: name ?? path, digest: try SHA256.hexadecimal(ofFile: path))
    }
  }

  /// The files of the folder that end in a suffix, in the order of their names, as far as they are to
  /// be taken.
  ///
  /// - Throws: Where there is none.
  func paths(ending suffix: String, for benchmark: some QualityBenchmark, what: String) throws
    -> [String]
  {
    var found: [String] = []
    if data.hasSuffix(suffix) {
      found = [data]
    } else if let names = try? FileManager.default.subpathsOfDirectory(atPath: data) {
      found = names.filter {
        $0.hasSuffix(suffix) && !$0.split(separator: "/").contains { $0.hasPrefix(".") }
      }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { data + "/" + $0 }
    }
    let chosen = found.filter { path in only.map { path.contains($0) } ?? true }
    guard chosen.isEmpty else { return chosen }
    throw BenchmarkError.unsuited(
      data,
      for: benchmark.name,
      expected: only.map { "\(what) with \($0) in its name" } ?? what,
      found: found.isEmpty ? "no file that ends in \(suffix)" : "none of \(found.count) files"
    )
  }

  /// The first of some files of the folder that is there.
  ///
  /// - Throws: Where none is.
  func path(_ names: [String], for benchmark: some QualityBenchmark) throws -> String {
    let paths = names.map { data + "/" + $0 }
    if let path = paths.first(where: { FileManager.default.fileExists(atPath: $0) }) { return path }
    throw BenchmarkError.unsuited(
      data,
      for: benchmark.name,
      expected: "the file \(names[0])" + (names.count > 1 ? ", or \(names[1])" : ""),
      found: "no such file in the folder"
    )
  }
}
