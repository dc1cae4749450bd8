internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassEvaluation
internal import HourglassGraphs
internal import HourglassNetworks
internal import HourglassSystem
internal import HourglassTensors

/// Chooses which observed cells are deleted before training, and evaluates how they are filled.
struct ImputationEvaluator: Sendable {
  let data: ImputationData
  let encoding: TableEncoding
  /// All observed cells.
  let rows: EncodedTable
  /// The deleted ones, `[rows, F]`.
  let deleted: [Bool]

  private static let rowLimit = 4_000

  /// Deletes a tenth of the observed cells, in at most 4,000 rows and then a fifth of these; of
  /// series, gaps as long as those that they have.
  init(_ data: ImputationData, encoding: TableEncoding, rows: EncodedTable, seed: UInt64) {
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
          let isDrawn = generator.nextUniform() < rate && !encoding.fields[field].isText
          deleted[row * fields + field] = isDrawn && rows.isPresent(row, field)
        }
      }
    }
    self.deleted = deleted
  }

  /// The cells that are left.
  var left: EncodedTable { rows.hiding(deleted) }

  /// The mean length of the gaps of series; a few rows where they have none.
  private static func gapLength(_ rows: EncodedTable, groups: [Range<Int>]) -> Int {
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

  /// What evaluating gives: the weights, how sure the result is, and the evaluation.
  struct Outcome {
    var blend: CellBlend
    /// The trees that were evaluated.
    var trees: ColumnTrees?
    var uncertainty: CellUncertainty
    var evaluation: Evaluation
    /// The columns whose missing cells should stay missing.
    var remarks: RemarkColumns
  }

  /// Evaluates the parts of an imputer that were trained on what was left.
  ///
  /// - Parameters:
  ///   - passes: How often trees are grown, each time on rows that the former ones helped to fill.
  ///   - grow: Makes trees after earlier ones, with the weights by which rows are filled; none where there are
  ///     to be no trees.
  func evaluate(
    _ predictor: CellPredictor,
    on engine: ComputeEngine,
    passes: Int = 1,
    growing grow: ((ColumnTrees?, [CellBlend]) async throws -> ColumnTrees?)?
  ) async throws -> Outcome {
    let fields = rows.fieldCount
    // Series are filled along their whole length; of a table, only rows with deleted cells matter.
    let evaluated =
      data.groups != nil
      ? Array(0..<rows.count)
      : (0..<rows.count).filter { row in (0..<fields).contains { deleted[row * fields + $0] } }
    let truth = rows.rows(evaluated)
    let cells = evaluated.flatMap { deleted[$0 * fields..<($0 + 1) * fields] }
    let given = left.rows(evaluated)
    let means = predictor.means
    var predictor = predictor
    var predictions = try await predictor.predictions(
      given,
      wanted: grow == nil ? cells : given.missing,
      groups: data.groups,
      on: engine
    )
    func blend(_ cells: [Bool]) -> CellBlend {
      CellBlend(
        predictions.blended,
        of: truth,
        given: given,
        cells: cells,
        means: means,
        distinguishes: data.groups == nil,
        fallback: predictor.fallbackWeights
      )
      .preferringParts(predictions.blended, of: truth, cells: cells, means: means)
    }
    for _ in 0..<(grow == nil ? 0 : passes) {
      let fillings = (predictor.trees?.fillings ?? []) + [blend(cells)]
      guard let trees = try await grow?(predictor.trees, fillings) else { break }
      predictions.trees = nil
      predictions = predictor.adding(trees, to: predictions, given)
      predictor.trees = trees
    }
    let candidates = predictions.blended
    // Each half is filled with the weights of the other, so that no cell is evaluated with
    // weights that it chose; only the rows that trees look at are filled with weights of all.
    let blocks = data.groups == nil ? 1 : 64
    let isEven = cells.indices.map { ($0 / fields / blocks) % 2 == 0 }
    let halves = [true, false].map { half in
      let other = blend(cells.indices.map { cells[$0] && isEven[$0] != half })
      let values = other.combined(candidates, of: given, means: means)
      return (values, other.spreads(candidates, of: values, given))
    }
    var (own, spreads) = halves[0]
    for row in 0..<truth.count where !isEven[row * fields] {
      for place in row * rows.width..<(row + 1) * rows.width { own[place] = halves[1].0[place] }
      for place in row * fields..<(row + 1) * fields { spreads[place] = halves[1].1[place] }
    }
    var methods = [
      ImputationScores.Method("hourglass", own),
      ImputationScores.Method(
        ImputationScores.meanName,
        means.filled(truth.count),
        isBaseline: true
      ),
    ]
    for (name, values) in [
      ("linear interpolation", predictions.interpolation),
      ("5 nearest neighbors", predictions.neighbors?.plain),
      ("chained regression", predictions.regression),
    ] {
      guard let values else { continue }
      methods.append(ImputationScores.Method(name, values, isBaseline: true))
    }
    methods.append(ImputationScores.Method("network alone", predictions.network))
    if let trees = predictions.trees {
      methods.append(ImputationScores.Method("trees alone", trees))
    }
    let final = blend(cells)
    let scores = ImputationScores(
      methods,
      encoding,
      of: data,
      scales: rows.scales,
      rows: evaluated,
      cells: cells
    )
    // The intervals of each half, too, are fitted on the other half.
    let evaluations = [true, false].map { half in
      CellUncertainty(
        own,
        spreads: spreads,
        truth: truth,
        cells: cells.indices.map { cells[$0] && isEven[$0] != half }
      )
    }
    let intervals = IntervalCheck(
      encoding,
      of: data.table,
      truth: truth,
      values: own,
      spreads: spreads
    ).table(cells: cells) { evaluations[isEven[$0 * fields] ? 0 : 1] }
    let remarks = RemarkColumns(data.table, encoding, scores, methods: methods.map(\.name))
    return Outcome(
      blend: final,
      trees: predictor.trees,
      uncertainty: CellUncertainty(own, spreads: spreads, truth: truth, cells: cells),
      evaluation: scores.evaluation(
        intervals: intervals,
        notes: [weights(final, predictor.parts)].compactMap(\.self),
        warnings: warnings
      ),
      remarks: remarks
    )
  }

  /// The weights of the parts of the result, averaged over the columns; they need not add up to 1.
  private func weights(_ blend: CellBlend, _ parts: [String]) -> String? {
    guard !parts.isEmpty else { return nil }
    let means = parts.enumerated().map { index, part in
      let sum = blend.weights.reduce(0) { $0 + $1[index] }
      let mean = sum / Double(max(blend.weights.count, 1))
      return "\(part) \(NumberText.fixed(mean, places: 2))"
    }
    return "Weights, averaged over the columns: \(means.joined(separator: ", "))."
  }

  private var warnings: [String] {
    let kept = Set(
      encoding.ignoredColumns + encoding.fields.filter(\.isText).map(\.name)
    )
    let unfilled = data.table.columns.filter {
      kept.contains($0.name) && $0.missingCount > 0 && $0.kind != .constant
    }
    if unfilled.isEmpty { return [] }
    let names = unfilled.prefix(4).map(\.name).joined(separator: ", ")
    return ["missing cells of columns that cannot be imputed stay missing: \(names)"]
  }
}
