internal import HourglassData
internal import HourglassEncodings
internal import HourglassEvaluation
internal import HourglassStatistics

/// How near several methods come to the deleted cells of a table, in the units of its columns.
struct ImputationScores {
  /// What a method fills deleted cells with, and how near that is.
  struct Method {
    let name: String
    let isBaseline: Bool
    /// The values of the rows, `[rows, D]`.
    let values: [Float]
    /// The squared errors of numbers, each on the scale from 0 to 1 of its column; of series summed over a
    /// gap, whose cells go together.
    var squares: [Double] = []
    /// Whether a category is right.
    var hits: [Bool] = []

    init(_ name: String, _ values: [Float], isBaseline: Bool = false) {
      self.name = name
      self.values = values
      self.isBaseline = isBaseline
    }
  }

  /// The name of the trivial baseline.
  static let meanName = "mean"

  private var methods: [Method]
  private let data: ImputationData
  private let isPerSeries: Bool
  private var numbers = 0
  private var categories = 0
  /// The rows of the tables by column: the number of deleted cells, and a score of each method.
  private var numberColumns: [Evaluation.Method] = []
  private var categoryColumns: [Evaluation.Method] = []
  /// Whether the deleted cells of each category are right, `[methods][cells]`, by the name of the column.
  private(set) var hitsByColumn: [String: [[Bool]]] = [:]

  /// - Parameters:
  ///   - scales: The scales of the series of all rows.
  ///   - rows: The rows of the table that the values are of.
  ///   - cells: The deleted cells, `[rows, F]`.
  init(
    _ methods: [Method],
    _ encoding: TableEncoding,
    of data: ImputationData,
    scales: RowScales?,
    rows: [Int],
    cells: [Bool]
  ) {
    self.methods = methods
    self.data = data
    isPerSeries = scales != nil
    let original = data.table.rows(rows)
    let scales = scales?.rows(rows)
    let filled = methods.map {
      encoding.decoded(values: $0.values, count: rows.count, scales: scales)
    }
    let fields = encoding.fields.count
    for (field, content) in encoding.fields.enumerated() {
      let places = rows.indices.filter { cells[$0 * fields + field] }
      let answers = filled.compactMap { $0[column: content.name] }
      guard let column = original[column: content.name], !places.isEmpty,
        answers.count == methods.count
      else { continue }
      if content.hasCoordinate, content.levels == nil {
        var isCircle = false
        if case .circle = content.content { isCircle = true }
        add(
          column,
          answers,
          places,
          ranges: SeriesRanges(of: content, in: data.table, series: scales?.series),
          scales: scales,
          isCircle: isCircle
        )
      } else {
        add(column, answers, places)
      }
    }
  }

  /// Adds a column of numbers; series of any length count alike, and those without a range not at all.
  private mutating func add(
    _ column: Table.Column,
    _ answers: [Table.Column],
    _ places: [Int],
    ranges: SeriesRanges,
    scales: RowScales?,
    isCircle: Bool
  ) {
    let places = places.filter { ranges.range($0) > 0 }
    guard !places.isEmpty else { return }
    numbers += places.count
    let weights = scales?.weights(places) ?? places.map { _ in 1 }
    var scores: [Double?] = [Double(places.count)]
    for method in methods.indices {
      var sum = 0.0
      var last: Int?
      for (place, weight) in zip(places, weights) {
        let difference = (answers[method].number(place) ?? 0) - (column.number(place) ?? 0)
        let miss = (isCircle ? withinHalfDay(difference) : difference) / ranges.range(place)
        let square = weight * miss * miss
        sum += square
        if data.groups != nil, last == place - 1 {
          methods[method].squares[methods[method].squares.count - 1] += square
        } else {
          methods[method].squares.append(square)
        }
        last = place
      }
      scores.append((sum / Double(places.count)).squareRoot())
    }
    numberColumns.append(Evaluation.Method(column.name, scores))
  }

  /// Adds a column of categories.
  private mutating func add(
    _ column: Table.Column,
    _ answers: [Table.Column],
    _ places: [Int]
  ) {
    categories += places.count
    var scores: [Double?] = [Double(places.count)]
    for method in methods.indices {
      let hits = places.map { answers[method].text($0) == column.text($0) }
      methods[method].hits += hits
      hitsByColumn[column.name, default: []].append(hits)
      scores.append(Double(hits.count { $0 }) / Double(places.count))
    }
    categoryColumns.append(Evaluation.Method(column.name, scores))
  }

  /// The evaluation of all columns.
  func evaluation(
    intervals: Evaluation.Table?,
    notes: [String],
    warnings: [String]
  ) -> Evaluation {
    let count = numbers + categories
    var metrics: [Evaluation.Metric] = []
    if numbers > 0 { metrics.append(Self.error("RMSE")) }
    if categories > 0 { metrics.append(Self.accuracy("accuracy")) }
    let rows = methods.map { method in
      let error = (method.squares.reduce(0, +) / Double(max(numbers, 1))).squareRoot()
      let accuracy = Double(method.hits.count { $0 }) / Double(max(categories, 1))
      return Evaluation.Method(
        method.name,
        isBaseline: method.isBaseline,
        (numbers > 0 ? [error] : []) + (categories > 0 ? [accuracy] : [])
      )
    }
    func byColumn(
      _ title: String,
      _ columns: [Evaluation.Method],
      _ metric: (String) -> Evaluation.Metric
    ) -> Evaluation.Table {
      Evaluation.Table(
        title,
        metrics: [Evaluation.Metric("cells", better: .neither, format: .fixed(0))]
          + methods.map { metric($0.name) },
        methods: columns
      )
    }
    let tables = [
      Evaluation.Table(metrics: metrics, methods: rows),
      byColumn("RMSE by column", numberColumns, Self.error),
      byColumn("Accuracy by column", categoryColumns, Self.accuracy), intervals,
    ].compactMap(\.self)
    let scale = isPerSeries ? "of a column in its series, and series count alike" : "of a column"
    let range = numbers > 0 ? ["RMSE is on a scale from 0 to 1 over the range \(scale)."] : []
    let both =
      numbers > 0 && categories > 0
      ? [
        "The relative error is that of numbers (squared) and of categories (wrong), each over that of the mean."
      ]
      : []
    return Evaluation(
      title: EvaluationSplit.heldOut.title(count, ("cell", "cells"), of: data.name),
      split: .heldOut,
      itemCount: count,
      tables: tables.filter { !$0.methods.isEmpty && !$0.metrics.isEmpty },
      verdict: verdict,
      notes: range + both + notes,
      warnings: warnings
    )
  }

  /// By the numbers, by the categories, or by both where there are both.
  private var verdict: Verdict? {
    let baselines = methods.filter(\.isBaseline)
    if numbers > 0, categories > 0 {
      return Verdict.ofLosses(
        "relative error",
        model: relativeErrors(methods[0]),
        baselines: baselines.map { ($0.name, relativeErrors($0)) },
        split: .heldOut,
        items: "cells"
      )
    }
    if numbers > 0 {
      return Verdict.ofLosses(
        "RMSE",
        model: methods[0].squares,
        baselines: baselines.map { ($0.name, $0.squares) },
        split: .heldOut,
        root: true,
        items: data.groups == nil ? "cells" : "gaps"
      )
    }
    return Verdict.ofProportions(
      "accuracy",
      model: methods[0].hits,
      baselines: baselines.map { ($0.name, $0.hits) },
      split: .heldOut,
      items: "cells"
    )
  }

  /// The squared errors of numbers and the wrong categories, each relative to those of the mean, so that
  /// cells of both kinds count alike.
  private func relativeErrors(_ method: Method) -> [Double] {
    let trivial = methods.first { $0.name == Self.meanName } ?? method
    let square = trivial.squares.reduce(0, +) / Double(max(numbers, 1))
    let wrong = Double(trivial.hits.count { !$0 }) / Double(max(categories, 1))
    return method.squares.map { square > 0 ? $0 / square : $0 }
      + method.hits.map { $0 ? 0 : wrong > 0 ? 1 / wrong : 1 }
  }

  private static func error(_ name: String) -> Evaluation.Metric {
    Evaluation.Metric(name, better: .lower, format: .fixed(4))
  }

  private static func accuracy(_ name: String) -> Evaluation.Metric {
    Evaluation.Metric(name, better: .higher, format: .percent(1))
  }
}
