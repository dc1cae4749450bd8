import Foundation

/// What was measured of one network; the names are those of the JSON.
struct TrainingFigures: Codable {
  var workload: String
  var mode: String
  var batch: Int
  var millisecondsPerStep: Double
  var samplesPerSecond: Double
  var gigaflopsPerSecond: Double
  /// The allocations of a step outside of oneDNN; nil where they cannot be counted.
  @OrNull var allocationsPerStep: Double?
  @OrNull var libraryAllocationsPerStep: Double?
  @OrNull var peakMemory: Double?
  var arena: Double
  var threads: Int
  /// The time of the layers' own primitives in a step, and its part of the whole step.
  var primitiveMilliseconds: Double
  var primitiveShare: Double

  enum CodingKeys: String, CodingKey {
    case workload, mode, batch, threads
    case millisecondsPerStep = "ms_per_step"
    case samplesPerSecond = "samples_per_s"
    case gigaflopsPerSecond = "gflops_per_s"
    case allocationsPerStep = "allocations_per_step"
    case libraryAllocationsPerStep = "library_allocations_per_step"
    case peakMemory = "peak_rss_mib"
    case arena = "arena_mib"
    case primitiveMilliseconds = "primitives_ms_per_step"
    case primitiveShare = "primitives_share"
  }

  private static let widths = [21, 8, 5, 7, 9, 7, 11, 8, 8, 7]

  /// The titles of the columns of `row`.
  static let titles = aligned([
    "workload", "mode", "batch", "ms/step", "samples/s", "GFLOP/s", "allocations", "(oneDNN)",
    "peak MiB", "threads",
  ])

  /// The figures as a line of a table.
  var row: String {
    let count = { (value: Double?) in value?.significant(3) ?? "-" }
    return Self.aligned([
      workload, mode, "\(batch)", millisecondsPerStep.significant(4),
      Int(samplesPerSecond).grouped, gigaflopsPerSecond.fixed(1),
      count(allocationsPerStep), count(libraryAllocationsPerStep),
      peakMemory?.fixed(1) ?? "-", "\(threads)",
    ])
  }

  private static func aligned(_ cells: [String]) -> String {
    zip(cells, widths).enumerated().map { index, cell in
      index < 2 ? cell.0.padded(to: cell.1) : cell.0.leading(to: cell.1)
    }.joined(separator: "  ")
  }
}

extension TrainingFigures {
  /// Reads figures that another process printed.
  init(json: String) throws {
    self = try JSONDecoder().decode(TrainingFigures.self, from: Data(json.utf8))
  }
}
