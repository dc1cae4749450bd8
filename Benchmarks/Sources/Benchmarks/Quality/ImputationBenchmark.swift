import Foundation
import Hourglass

/// Missing cells of any table of numbers.
///
/// Reference: Yoon, Jordon, van der Schaar, 2018, "GAIN: Missing Data Imputation using Generative
/// Adversarial Nets", arXiv:1806.02920, section 5, for cells that are deleted completely at random;
/// Muzellec, Josse, Boyer, Cuturi, 2020, "Missing Data Imputation using Optimal Transport",
/// arXiv:2002.03860, section 4, for the other mechanisms.
struct ImputationBenchmark: QualityBenchmark {
  /// Why cells are missing.
  enum Mechanism: String, Sendable, CaseIterable {
    /// Completely at random.
    case mcar
    /// By the values of columns that are never missing, which are three in ten.
    case mar
    /// By the values of the cells themselves: great ones are missing more often.
    case mnar
  }

  let name = "impute"
  var summary: String {
    let cells =
      switch mechanism {
      case .mcar: "completely at random"
      case .mar: "by a logistic function of three in ten columns, which stay complete"
      case .mnar: "by a logistic function of their own values"
      }
    let learned =
      isOutOfSample
      ? "The first 7 of 10 rows, with cells deleted too, are trained on, and the cells of the others "
        + "filled."
      : "All rows are trained on."
    return
      "Columns of numbers, without rows that lack a cell; of the cells \(Self.percent(rate)) are deleted "
      + "\(cells), with NumPy's generator, and the table is read as a user's file. \(learned) The error is the "
      + "root of the mean squared error over the deleted cells of the columns of more than 10 values, each "
      + "scaled to [0, 1]."
  }
  let figures = [
    BenchmarkResult.Figure("error", places: 4, moreIsBetter: false),
    BenchmarkResult.Figure("seconds", places: 0, moreIsBetter: false),
  ]
  var published: [BenchmarkResult.Method] {
    guard mechanism == .mcar, !isOutOfSample, rate == 0.2 else { return [] }
    let source = "scikit-learn 1.7 with 10 neighbors, 10 rounds, and 50 trees"
    switch (table, rowLimit) {
    case ("letter.csv", nil):
      return [
        BenchmarkResult.Method("missForest", source: source, [0.0654, 114]),
        BenchmarkResult.Method("kNN", source: source, [0.0770, 38]),
        BenchmarkResult.Method("MICE", source: source, [0.1130, 2]),
      ]
    case ("spam.csv", 4_000):
      return [
        BenchmarkResult.Method("missForest", source: source, [0.0486, 229]),
        BenchmarkResult.Method("MICE", source: source, [0.0545, nil]),
        BenchmarkResult.Method("kNN", source: source, [0.0555, nil]),
      ]
    default: return []
    }
  }
  var settings: [String: String] {
    [
      "rate": "\(rate)", "mechanism": mechanism.rawValue, "rows": rowLimit.map { "\($0)" } ?? "all",
      "outOfSample": "\(isOutOfSample)",
    ]
  }

  /// The share of the cells that are deleted, above 0 and below 1.
  let rate: Double
  /// Why they are.
  let mechanism: Mechanism
  /// The most rows to take.
  let rowLimit: Int?
  /// Whether the rows that are filled are others than those that are trained on.
  let isOutOfSample: Bool
  /// The name of the table, for the figures of others.
  private let table: String

  /// Makes the benchmark of a table, or of a folder of tables, at a path.
  init(
    table: String,
    rate: Double,
    mechanism: Mechanism,
    rowLimit: Int? = nil,
    isOutOfSample: Bool = false
  ) {
    self.table = table.split(separator: "/").last.map(String.init) ?? table
    self.rate = rate
    self.mechanism = mechanism
    self.rowLimit = rowLimit
    self.isOutOfSample = isOutOfSample
  }

  private static func percent(_ share: Double) -> String {
    let percent = (share * 1_000).rounded() / 10
    return percent == percent.rounded() ? "\(Int(percent))%" : "\(percent)%"
  }

  func measure(_ run: BenchmarkRun) async throws -> BenchmarkMeasurement {
    let paths = try run.paths(ending: ".csv", for: self, what: "a table (CSV)")
    var parts: [BenchmarkResult.Part] = []
    for path in paths {
      guard let numbers = try NumericColumns(path, limit: rowLimit) else {
        run.says(
          "\(path) is left out: it has fewer than two columns of numbers, none of more than 10 values, or "
            + "fewer than 20 complete rows"
        )
        continue
      }
      run.says("\(numbers.name): \(numbers.count) rows of \(numbers.width) columns")
      parts.append(try await measured(numbers, run))
    }
    guard !parts.isEmpty else {
      throw BenchmarkError.unsuited(
        run.data,
        for: name,
        expected: "tables with at least two columns of numbers and 20 complete rows",
        found: "none"
      )
    }
    let count = Double(parts.count)
    let means = (3..<7).map { place in
      parts.reduce(0.0) { $0 + ($1.values[place] ?? 0) } / count
    }
    return BenchmarkMeasurement(
      own: [means[0], parts.reduce(0) { $0 + ($1.values[2] ?? 0) }],
      baselines: zip(["nearest rows", "chained regression", "column means"], means.dropFirst()).map
      {
        BenchmarkResult.Method($0, [$1, nil])
      },
      partFigures: [
        BenchmarkResult.Figure("rows", places: 0, moreIsBetter: nil),
        BenchmarkResult.Figure("columns", places: 0, moreIsBetter: nil),
        BenchmarkResult.Figure("seconds", places: 1, moreIsBetter: false),
      ]
        + ["hourglass", "nearest rows", "regression", "means"].map {
          BenchmarkResult.Figure($0, places: 4, moreIsBetter: false)
        },
      parts: parts,
      paths: paths
    )
  }

  private func measured(
    _ numbers: NumericColumns,
    _ run: BenchmarkRun
  ) async throws -> BenchmarkResult.Part {
    let deleted = numbers.deleted(rate: rate, mechanism: mechanism, seed: run.seed)
    let boundary = isOutOfSample ? numbers.count * 7 / 10 : 0
    let trained = isOutOfSample ? 0..<boundary : 0..<numbers.count
    let filled = boundary..<numbers.count
    let folder = try ScratchFolder()
    try numbers.write(filled, without: deleted, to: folder.file("data.csv"))
    var request = TaskRequest(task: "impute", data: ["data.csv"])
    request.files = ["output": "filled.csv"]
    if isOutOfSample {
      try numbers.write(trained, without: deleted, to: folder.file("trained.csv"))
      request.files["learnFrom"] = "trained.csv"
    }
    let seconds = try await run.run(request, in: folder).workingSeconds
    let own = try numbers.scaled(Table(contentsOf: folder.file("filled.csv")))
    let baselines = ImputationBaselines(
      values: numbers.values,
      width: numbers.width,
      deleted: deleted,
      trained: trained,
      filled: filled
    )
    let guesses = [own, baselines.nearestRows(), baselines.chainedRegression(), baselines.means()]
    return BenchmarkResult.Part(
      name: numbers.name,
      values: [Double(numbers.count), Double(numbers.width), seconds]
        + guesses.map { numbers.error(of: $0, rows: filled, deleted: deleted) }
    )
  }
}
