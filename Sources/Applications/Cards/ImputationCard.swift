internal import HourglassDatasets

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Missing cells of any table of numbers.
///
/// Reference: Yoon, Jordon, van der Schaar, 2018, "GAIN: Missing Data Imputation using Generative
/// Adversarial Nets", arXiv:1806.02920, section 5, for cells that are deleted completely at random;
/// Muzellec, Josse, Boyer, Cuturi, 2020, "Missing Data Imputation using Optimal Transport",
/// arXiv:2002.03860, section 4, for the other mechanisms.
package struct ImputationCard: QualityBenchmark {
  /// Why cells are missing.
  package enum Mechanism: String, Sendable, CaseIterable {
    /// Completely at random.
    case mcar
    /// By the values of columns that are never missing, which are three in ten.
    case mar
    /// By the values of the cells themselves: great ones are missing more often.
    case mnar
  }

  package let name = "impute"
  package var summary: String {
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
    return "Columns of numbers, without rows that lack a cell, each scaled to [0, 1]; of the cells "
      + "\(Self.percent(rate)) are deleted \(cells), with NumPy's generator. \(learned) The error is "
      + "the root of the mean squared error over the deleted cells."
  }
  package let figures = [
    CardResult.Figure("error", places: 4, moreIsBetter: false),
    CardResult.Figure("seconds", places: 0, moreIsBetter: false),
  ]
  package var published: [CardResult.Method] {
    guard mechanism == .mcar, !isOutOfSample, rate == 0.2 else { return [] }
    let source = "scikit-learn 1.7 with 10 neighbors, 10 rounds, and 50 trees"
    switch (table, rowLimit) {
    case ("letter.csv", nil):
      return [
        CardResult.Method("missForest", source: source, [0.0654, 114]),
        CardResult.Method("kNN", source: source, [0.0770, 38]),
        CardResult.Method("MICE", source: source, [0.1130, 2]),
      ]
    case ("spam.csv", 4_000):
      return [
        CardResult.Method("missForest", source: source, [0.0486, 229]),
        CardResult.Method("MICE", source: source, [0.0545, nil]),
        CardResult.Method("kNN", source: source, [0.0555, nil]),
      ]
    default: return []
    }
  }
  package var settings: [String: String] {
    [
      "rate": "\(rate)", "mechanism": mechanism.rawValue, "rows": rowLimit.map { "\($0)" } ?? "all",
      "outOfSample": "\(isOutOfSample)",
    ]
  }

  /// The share of the cells that are deleted, above 0 and below 1.
  package let rate: Double
  /// Why they are.
  package let mechanism: Mechanism
  /// The most rows to take.
  package let rowLimit: Int?
  /// Whether the rows that are filled are others than those that are trained on.
  package let isOutOfSample: Bool
  /// The name of the table, for the figures of others.
  private let table: String

  package init(
    table: String,
    rate: Double = 0.2,
    mechanism: Mechanism = .mcar,
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

  package func measure(_ run: CardRun) async throws -> CardMeasurement {
    let paths = try run.paths(ending: ".csv", for: self, what: "a table (CSV)")
    var parts: [CardResult.Part] = []
    for path in paths {
      guard let numbers = try ScaledNumbers(path, limit: rowLimit) else {
        run.says(
          "\(path) is left out: it has fewer than two columns of numbers or 20 complete rows"
        )
        continue
      }
      run.says("\(numbers.name): \(numbers.count) rows of \(numbers.width) columns")
      parts.append(try await measured(numbers, run))
    }
    guard !parts.isEmpty else {
      throw TaskError.unsuitedKind(
        name: run.data,
        job: "measure \(name) on",
        expected: "tables with at least two columns of numbers and 20 complete rows",
        found: "none"
      )
    }
    let count = Double(parts.count)
    let means = (3..<7).map { place in
      parts.reduce(0.0) { $0 + ($1.values[place] ?? 0) } / count
    }
    return CardMeasurement(
      own: [means[0], parts.reduce(0) { $0 + ($1.values[2] ?? 0) }],
      baselines: zip(["nearest rows", "chained regression", "column means"], means.dropFirst()).map
      {
        CardResult.Method($0, [$1, nil])
      },
      partFigures: [
        CardResult.Figure("rows", places: 0, moreIsBetter: nil),
        CardResult.Figure("columns", places: 0, moreIsBetter: nil),
        CardResult.Figure("seconds", places: 1, moreIsBetter: false),
      ]
        + ["hourglass", "nearest rows", "regression", "means"].map {
          CardResult.Figure($0, places: 4, moreIsBetter: false)
        },
      parts: parts,
      paths: paths
    )
  }

  private func measured(_ numbers: ScaledNumbers, _ run: CardRun) async throws -> CardResult.Part {
    let deleted = numbers.deleted(rate: rate, mechanism: mechanism, seed: run.seed)
    let boundary = isOutOfSample ? numbers.count * 7 / 10 : 0
    let learned = isOutOfSample ? Array(0..<boundary) : Array(0..<numbers.count)
    let filled = Array(boundary..<numbers.count)
    let imputer = Imputer(
      learning: TrainingSettings(seconds: run.seconds, earlyStopping: nil, seed: run.seed)
    )
    let all = numbers.table(without: deleted)
    let (result, seconds) = try await run.timed {
      let fitted = try await imputer.fit(all.rows(learned), session: run.session)
      return try await fitted.filled(all.rows(filled), on: run.engine)
    }
    var errors = [numbers.error(of: result, rows: filled, deleted: deleted)]
    errors += try baselineErrors(numbers, all, learned, filled, deleted)
    return CardResult.Part(
      name: numbers.name,
      values: [Double(numbers.count), Double(numbers.width), seconds] + errors
    )
  }

  /// The errors of nearest rows, chained regression and column means on the same cells.
  private func baselineErrors(
    _ numbers: ScaledNumbers,
    _ all: Table,
    _ learned: [Int],
    _ filled: [Int],
    _ deleted: [Bool]
  ) throws -> [Double?] {
    let encoding = try TableEncoding(
      learning: all,
      rows: learned,
      scaling: .standard,
      datesHaveParts: false
    )
    // A column of which all cells were deleted is none of the encoding, and the baselines have no say.
    guard encoding.fields.map(\.name) == all.columns.map(\.name) else { return [nil, nil, nil] }
    let rows = CellRows(try encoding.encoded(all), layout: encoding.layout)
    let (known, asked) = (rows.rows(learned), rows.rows(filled))
    let means = FieldMeans(known)
    var guesses: [[Float]] = []
    guesses.append(
      try NearestRows(known).predictions(asked, wanted: asked.missing, otherwise: means).weighted
    )
    let chained = try ChainedRegression(learning: known, means: means)
    guesses.append(chained?.filled(asked) ?? means.filled(asked.count))
    guesses.append(means.filled(asked.count))
    return guesses.map { values in
      let table = encoding.decoded(
        values: values,
        count: asked.count,
        like: all.rows(filled)
      )
      return numbers.error(of: table, rows: filled, deleted: deleted)
    }
  }
}

/// The columns of numbers of a table without rows that lack a cell, each from 0 to 1.
private struct ScaledNumbers {
  let name: String
  let count: Int
  let width: Int
  /// The numbers, `[count, width]`.
  let values: [Double]

  init?(_ path: String, limit: Int?) throws {
    let table = try Table(contentsOf: path)
    let columns = table.columns.filter { column in
      !column.kind.isDate
        && (0..<column.count).allSatisfy { column.isMissing($0) || column.number($0) != nil }
    }
    let rows = (0..<table.rowCount).filter { row in !columns.contains { $0.isMissing(row) } }
      .prefix(limit ?? .max)
    var scaled: [[Double]] = []
    for column in columns {
      let numbers = rows.map { column.number($0) ?? 0 }
      guard let low = numbers.min(), let high = numbers.max(), high > low else { continue }
      scaled.append(numbers.map { ($0 - low) / (high - low) })
    }
    guard scaled.count >= 2, rows.count >= 20 else { return nil }
    name = table.name
    count = rows.count
    width = scaled.count
    values = (0..<rows.count).flatMap { row in scaled.map { $0[row] } }
  }

  /// Which cells are deleted, `[count, width]`.
  func deleted(rate: Double, mechanism: ImputationCard.Mechanism, seed: UInt64) -> [Bool] {
    var generator = NumPyGenerator(seed: seed)
    let draws = values.map { _ in generator.nextUniform() }
    guard mechanism != .mcar else { return draws.map { $0 < rate } }
    // Three in ten columns are complete where cells are missing by the values of these.
    let known = mechanism == .mar ? max(width * 3 / 10, 1) : 0
    let columns = (0..<width).map { column in standardized(column) }
    let weights = (0..<width).map { _ in (0..<known).map { _ in 2 * generator.nextUniform() - 1 } }
    var result = [Bool](repeating: false, count: values.count)
    for column in known..<width {
      let sums = (0..<count).map { row in
        mechanism == .mnar
          ? columns[column][row]
          : (0..<known).reduce(0.0) { $0 + weights[column][$1] * columns[$1][row] }
      }
      let share = min(rate * Double(width) / Double(width - known), 0.95)
      let constant = Self.constant(sums, share: share)
      for row in 0..<count {
        let probability = 1 / (1 + exp(-(sums[row] + constant)))
        result[row * width + column] = draws[row * width + column] < probability
      }
    }
    return result
  }

  private func standardized(_ column: Int) -> [Double] {
    let numbers = (0..<count).map { values[$0 * width + column] }
    let mean = numbers.reduce(0, +) / Double(count)
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
    return numbers.map { ($0 - mean) / variance.squareRoot() }
  }

  /// What is to be added so that the mean of the logistic function is a share, by halving.
  private static func constant(_ sums: [Double], share: Double) -> Double {
    var (low, high) = (-50.0, 50.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      let mean = sums.reduce(0) { $0 + 1 / (1 + exp(-($1 + middle))) } / Double(sums.count)
      if mean < share { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// The table without the deleted cells.
  func table(without deleted: [Bool]) -> Table {
    Table(
      name: name,
      columns: (0..<width).map { column in
        let places = (0..<count).map { $0 * width + column }
        return Table.Column(
          name: "c\(column)",
          kind: .number,
          cells: .numbers(
            places.map { deleted[$0] ? 0 : values[$0] },
            missing: places.map { deleted[$0] }
          )
        )
      }
    )
  }

  /// The root of the mean squared error over the deleted cells of some rows, which `filled` holds.
  func error(of filled: Table, rows: [Int], deleted: [Bool]) -> Double? {
    var (sum, cells) = (0.0, 0)
    for column in 0..<width {
      for (place, row) in rows.enumerated() where deleted[row * width + column] {
        guard let value = filled.columns[column].number(place) else { return nil }
        let difference = value - values[row * width + column]
        sum += difference * difference
        cells += 1
      }
    }
    return cells == 0 ? nil : (sum / Double(cells)).squareRoot()
  }
}
