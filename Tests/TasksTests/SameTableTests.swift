import Foundation
import HourglassData
import HourglassDenoise
import HourglassDetect
import HourglassEngines
import HourglassFeatures
import HourglassImpute
import HourglassReduce
import HourglassTasksCommon
import HourglassTensors
import HourglassTestSupport
import Testing

/// One table in several formats, and read in several ways, has the same results.
@Suite final class SameTableTests {
  private let folder: URL
  private let engine = smallEngine()
  /// Rows of numbers with a number, a whole number, two values and a few gaps.
  private let rows: [[Double]]

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("hourglass-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var generator = SeededGenerator(seed: 8)
    rows = (0..<9_000).map { row in
      let x = Double(generator.nextNormal())
      return [
        (x * 64).rounded() / 64, (3 * x).rounded(), row % 97 == 5 ? .nan : row % 3 == 0 ? 1 : 0,
        (Double(generator.nextNormal()) + x).rounded() / 4,
      ]
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  private func text(_ rows: [[Double]], separator: String) -> String {
    let names = (1...4).map { "column \($0)" }.joined(separator: separator)
    return names + "\n"
      + rows.map { row in
        row.map { $0.isNaN ? "" : "\($0)" }.joined(separator: separator) + "\n"
      }.joined()
  }

  private func write(_ rows: [[Double]], to name: String) throws -> String {
    let path = path(name)
    let separator = name.hasSuffix(".tsv") ? "\t" : ","
    try Data(text(rows, separator: separator).utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  /// An array of double precision.
  private func array(_ rows: [[Double]], to name: String) throws -> String {
    var header = "{'descr': '<f8', 'fortran_order': False, 'shape': (\(rows.count), 4), }"
    header += String(repeating: " ", count: (64 - (header.count + 11) % 64) % 64) + "\n"
    var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    bytes += [UInt8(header.count & 255), UInt8(header.count >> 8)] + Array(header.utf8)
    for row in rows {
      for value in row {
        bytes += (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
      }
    }
    let path = path(name)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  private var learning: TrainingSettings { TrainingSettings(epochs: 1, seed: 5) }

  @Test func formatsHaveTheSameScores() async throws {
    let some = Array(rows.prefix(400))
    let paths = try [
      write(some, to: "a.csv"), write(some, to: "a.tsv"), array(some, to: "a.npy"),
    ]
    var scores: [[Double]] = []
    for path in paths {
      let data = try Dataset.load(contentsOf: path)
      guard case .table(let table) = data else { continue }
      #expect(
        table.schema.columns.map(\.kind) == [.number, .integer, .boolean, .number],
        "\(path)"
      )
      let fitted = try await AnomalyDetector(learning: learning)
        .fit(data, session: TrainingSession(engine: engine))
      scores.append(try await fitted.findings(in: data, on: engine).scores)
    }
    #expect(scores.count == 3 && scores[0] == scores[1] && scores[0] == scores[2])
  }

  @Test func tablesInFilesHaveTheResultsOfThoseInMemory() async throws {
    let memory = try Dataset.load(contentsOf: write(rows, to: "b.csv"))
    var options = DatasetOptions()
    options.inMemorySize = 1
    let files = try [
      Dataset.load(contentsOf: path("b.csv"), options: options),
      Dataset.load(contentsOf: array(rows, to: "b.npy"), options: options),
    ]
    #expect(files.allSatisfy { !$0.isInMemory })
    let session = TrainingSession(engine: engine)
    let some = memory.prefix(300)
    let detector = try await AnomalyDetector(learning: learning).fit(some, session: session)
    let reducer = try await DimensionReducer(dimensions: 2, learning: learning)
      .fit(some, session: session)
    let extractor = try await FeatureExtractor(dimensions: 3, learning: learning)
      .fit(some, session: session)
    let imputer = try await Imputer(members: 1, learning: learning).fit(some, session: session)
    let denoiser = try await Denoiser(learning: learning).fit(some, session: session)
    func results(_ data: Dataset) async throws -> (numbers: [[Float]], tables: [[String?]]) {
      let findings = try await detector.findings(in: data, on: engine)
      var tables: [[String?]] = [[], []]
      func add(_ table: Table, to place: Int) {
        for column in table.columns {
          tables[place] += (0..<table.rowCount).map { column.number($0).map { "\($0)" } }
        }
      }
      try await imputer.filled(data, on: engine) { add($1, to: 0) }
      try await denoiser.denoised(data, on: engine) { add($1, to: 1) }
      let codes = try await reducer.codes(of: data, on: engine)
      let features = try await extractor.features(of: data, on: engine)
      #expect(codes.shape == [9_000, 2] && features.shape == [9_000, 3])
      return (
        [findings.scores.map { Float($0) }, findings.parts, codes.scalars, features.scalars], tables
      )
    }
    let expected = try await results(memory)
    for file in files {
      let found = try await results(file)
      #expect(found.numbers == expected.numbers && found.tables == expected.tables)
    }
  }
}
