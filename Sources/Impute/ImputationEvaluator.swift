internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassGraphs
internal import HourglassNetworks
internal import HourglassTensors

/// Chooses which observed cells are deleted before learning, and evaluates how they are filled.
struct ImputationEvaluator: Sendable {
  let data: ImputationData
  let encoding: TableEncoding
  /// All observed cells.
  let rows: CellRows
  /// The deleted ones, `[rows, F]`.
  let deleted: [Bool]

  private static let rowLimit = 4_000

  /// Deletes a tenth of the observed cells, in at most 4,000 rows and then a fifth of these; of
  /// series, gaps as long as those that they have.
  init(_ data: ImputationData, encoding: TableEncoding, rows: CellRows, seed: UInt64) {
    self.data = data
    self.encoding = encoding
    self.rows = rows
    var generator = SeededGenerator.named("deleted cells", seed: seed)
    let fields = rows.fieldCount
    var deleted = [Bool](repeating: false, count: rows.count * fields)
    if let groups = data.groups {
      let length = Self.gapLength(rows, groups: groups)
      for group in groups {
        for channel in 0..<fields {
          let count = max(group.count / (10 * length), group.count >= 20 ? 1 : 0)
          for _ in 0..<count {
            let draw = Double(generator.nextUniform()) * Double(max(group.count - length, 1))
            let start = group.lowerBound + Int(draw)
            for row in start..<min(start + length, group.upperBound) {
              deleted[row * fields + channel] = rows.isPresent(row, channel)
            }
          }
        }
      }
    } else if rows.count >= 10 {
      var order = Array(0..<rows.count)
      order.shuffle(using: &generator)
      let isLarge = rows.count > 2 * Self.rowLimit
      let rate: Float = isLarge ? 0.2 : 0.1
      for row in isLarge ? Array(order.prefix(Self.rowLimit)) : order {
        for field in 0..<fields {
          let isDrawn = generator.nextUniform() < rate
          deleted[row * fields + field] = isDrawn && rows.isPresent(row, field)
        }
      }
    }
    self.deleted = deleted
  }

  /// The cells that are left.
  var left: CellRows { rows.hiding(deleted) }

  /// The mean length of the gaps of series; a few rows where they have none.
  private static func gapLength(_ rows: CellRows, groups: [Range<Int>]) -> Int {
    var (gaps, cells) = (0, 0)
    for group in groups {
      for channel in 0..<rows.fieldCount {
        var isInGap = false
        for row in group {
          let isMissing = !rows.isPresent(row, channel)
          if isMissing { cells += 1 }
          if isMissing, !isInGap { gaps += 1 }
          isInGap = isMissing
        }
      }
    }
    return gaps == 0 ? 5 : min(max(cells / gaps, 1), 200)
  }

  /// What evaluating gives: the weights, how sure the result is, and the report.
  struct Judgment {
    var blend: CellBlend
    var uncertainty: CellUncertainty
    var report: ImputationReport
  }

  /// Evaluators the parts of an imputer that trained on what was left.
  func evaluator(_ predictor: CellPredictor, on engine: ComputeEngine) async throws -> Judgment {
    let fields = rows.fieldCount
    // Series are filled along their whole length; of a table, only rows with deleted cells matter.
    let evaluated =
      data.groups != nil
      ? Array(0..<rows.count)
      : (0..<rows.count).filter { row in (0..<fields).contains { deleted[row * fields + $0] } }
    let truth = rows.rows(evaluated)
    let cells = evaluated.flatMap { deleted[$0 * fields..<($0 + 1) * fields] }
    let predictions = try await predictor.predictions(
      left.rows(evaluated),
      wanted: cells,
      groups: data.groups,
      on: engine
    )
    let candidates = predictions.blended
    let means = predictor.means
    func blend(_ cells: [Bool]) -> CellBlend {
      CellBlend(
        candidates,
        of: truth,
        cells: cells,
        means: means,
        fallback: predictor.fallbackWeights
      )
    }
    // Each half is filled with the weights of the other, so that the report is of cells that chose
    // nothing.
    let blocks = data.groups == nil ? 1 : 64
    let isEven = cells.indices.map { ($0 / fields / blocks) % 2 == 0 }
    let halves = [true, false].map { half in
      let other = blend(cells.indices.map { cells[$0] && isEven[$0] != half })
      let values = other.combined(candidates, layout: rows.layout, means: means)
      return (values, other.spreads(candidates, of: values, layout: rows.layout))
    }
    var (own, spreads) = halves[0]
    for row in 0..<truth.count where !isEven[row * fields] {
      for place in row * rows.width..<(row + 1) * rows.width { own[place] = halves[1].0[place] }
      for place in row * fields..<(row + 1) * fields { spreads[place] = halves[1].1[place] }
    }
    var methods: [(name: String, values: [Float])] = [
      ("hourglass", own), ("column mean", means.filled(truth.count)),
    ]
    if let interpolation = predictions.interpolation {
      methods.append(("linear interpolation", interpolation))
    }
    if let neighbors = predictions.neighbors {
      methods.append(("5 nearest rows", neighbors.plain))
    }
    if let regression = predictions.regression {
      methods.append(("chained regression", regression))
    }
    methods.append((ImputationReport.networkName, predictions.network))
    let final = blend(cells)
    var report = ImputationReport(
      dataName: data.name,
      rowCount: rows.count,
      cellCount: cells.count { $0 },
      overall: [],
      columns: [],
      weights: weights(final, predictor.parts),
      notes: notes
    )
    score(methods, truth: truth, rows: evaluated, cells: cells, into: &report)
    // The intervals of each half, too, are learned on the other half.
    let evaluations = [true, false].map { half in
      CellUncertainty(
        own,
        spreads: spreads,
        truth: truth,
        cells: cells.indices.map { cells[$0] && isEven[$0] != half }
      )
    }
    report.intervals = IntervalCheck(
      encoding,
      of: data.table,
      truth: truth,
      values: own,
      spreads: spreads
    ).report(cells: cells) { evaluations[isEven[$0 * fields] ? 0 : 1] }
    return Judgment(
      blend: final,
      uncertainty: CellUncertainty(own, spreads: spreads, truth: truth, cells: cells),
      report: report
    )
  }

  private func weights(_ blend: CellBlend, _ parts: [String]) -> [ImputationReport.Weight] {
    parts.enumerated().map { index, part in
      let sum = blend.weights.reduce(0) { $0 + $1[index] }
      return ImputationReport.Weight(part: part, weight: sum / Double(max(blend.weights.count, 1)))
    }
  }

  /// The errors of methods in the units of the columns, as they would be written.
  private func score(
    _ methods: [(name: String, values: [Float])],
    truth: CellRows,
    rows evaluated: [Int],
    cells: [Bool],
    into report: inout ImputationReport
  ) {
    let original = data.table.rows(evaluated)
    let fields = encoding.fields.count
    let filled = methods.map { encoding.decoded(values: $0.values, count: evaluated.count) }
    var squares = [Double](repeating: 0, count: methods.count)
    var hits = squares
    var (numbers, categories) = (0, 0)
    for (field, content) in encoding.fields.enumerated() {
      guard let column = original[column: content.name],
        let whole = data.table[column: content.name]
      else { continue }
      let places = evaluated.indices.filter { cells[$0 * fields + field] }
      if places.isEmpty { continue }
      var scores: [Double] = []
      let isNumber = if case .number = content.content { content.levels == nil } else { false }
      if isNumber {
        let known = (0..<whole.count).compactMap { whole.number($0) }
        let range = max((known.max() ?? 1) - (known.min() ?? 0), .leastNormalMagnitude)
        numbers += places.count
        for method in methods.indices {
          guard let answer = filled[method][column: content.name] else { continue }
          let sum = places.reduce(0.0) { sum, place in
            let miss = ((answer.number(place) ?? 0) - (column.number(place) ?? 0)) / range
            return sum + miss * miss
          }
          squares[method] += sum
          scores.append((sum / Double(places.count)).squareRoot())
        }
      } else {
        categories += places.count
        for method in methods.indices {
          guard let answer = filled[method][column: content.name] else { continue }
          let right = places.count { answer.text($0) == column.text($0) }
          hits[method] += Double(right)
          scores.append(Double(right) / Double(places.count))
        }
      }
      report.columns.append(
        ImputationReport.Column(
          name: content.name,
          cells: places.count,
          isNumber: isNumber,
          scores: scores
        )
      )
    }
    report.overall = methods.indices.map { method in
      ImputationReport.Score(
        method: methods[method].name,
        error: numbers > 0 ? (squares[method] / Double(numbers)).squareRoot() : nil,
        accuracy: categories > 0 ? hits[method] / Double(categories) : nil
      )
    }
  }

  private var notes: [String] {
    let kept = Set(encoding.ignoredColumns)
    let unfilled = data.table.columns.filter {
      kept.contains($0.name) && $0.missingCount > 0 && $0.kind != .constant
    }
    var notes: [String] = []
    if !unfilled.isEmpty {
      let names = unfilled.prefix(4).map(\.name).joined(separator: ", ")
      notes.append(
        "Missing cells of columns that nothing can be learned of stay missing: \(names)."
      )
    }
    return notes
  }
}
