internal import HourglassAutoencoders
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassNetworks
internal import HourglassTensors

/// The parts of an imputer that predict cells.
struct CellPredictor: Sendable {
  /// The networks whose mean is taken.
  let members: [FittedAutoencoder]
  /// The rows of a window; `nil` for a table.
  let window: Int?
  let means: FieldMeans
  let regression: ChainedRegression?
  let neighbors: NearestRows?
  /// Trees over rows that the other parts filled; none for series.
  var trees: ColumnTrees?

  /// The predictions of each part for cells, `[rows, D]`.
  struct Predictions {
    var network: [Float]
    var regression: [Float]?
    var neighbors: NearestRows.Predictions?
    var interpolation: [Float]?
    var trees: [Float]?

    /// What is blended, in the order of `parts`.
    var blended: [[Float]] {
      [network] + [regression, neighbors?.weighted, interpolation, trees].compactMap { $0 }
    }
  }

  /// The name of the nearest rows among the parts.
  static let neighborsName = "nearest rows"

  /// The names of what is blended, in the order of the weights.
  var parts: [String] {
    var names = ["autoencoder"]
    if window != nil { return names + ["interpolation"] }
    if regression != nil { names.append("chained regression") }
    if neighbors != nil { names.append(Self.neighborsName) }
    if trees != nil { names.append("boosted trees") }
    return names
  }

  /// The weights where nothing is known of the parts.
  var fallbackWeights: [Double] {
    let count = Double(parts.count)
    return parts.map { _ in 1 / count }
  }

  /// Predicts the wanted cells, `[rows, F]`, of rows.
  ///
  /// - Parameters:
  ///   - wanted: The cells; where there are trees, which look at whole rows, all that are missing.
  ///   - groups: The rows of each series; `nil` for a table.
  func predictions(
    _ rows: EncodedTable,
    wanted: [Bool],
    groups: [Range<Int>]?,
    on engine: ComputeEngine
  ) async throws -> Predictions {
    let predictions = try await withoutTrees(rows, wanted: wanted, groups: groups, on: engine)
    return trees.map { adding($0, to: predictions, rows) } ?? predictions
  }

  /// The predictions with those of trees for all missing cells: over the rows as the other parts fill them,
  /// then over the rows as these and the trees do.
  func adding(
    _ trees: ColumnTrees,
    to predictions: Predictions,
    _ rows: EncodedTable
  ) -> Predictions {
    var predictions = predictions
    let missing = rows.missing
    for filling in trees.fillings {
      predictions.trees = trees.predictions(
        filled(rows, by: predictions.blended, filling),
        wanted: missing,
        layout: rows.layout,
        means: means
      )
    }
    return predictions
  }

  /// Rows whose missing cells have a blend of predictions, `[rows, D]`.
  private func filled(
    _ rows: EncodedTable,
    by predictions: [[Float]],
    _ blend: CellBlend
  ) -> [Float] {
    var values = blend.combined(predictions, of: rows, means: means)
    for row in 0..<rows.count {
      for (field, range) in rows.layout.ranges.enumerated() where rows.isPresent(row, field) {
        for place in range {
          values[row * rows.width + place] = rows.values[row * rows.width + place]
        }
      }
    }
    return values
  }

  /// Grows trees on rows.
  ///
  /// - Parameters:
  ///   - earlier: Trees that take part in filling the rows; none for the first.
  ///   - fillings: The weights of the trees; by the last of these the rows are filled.
  func treesGrown(
    on rows: EncodedTable,
    after earlier: ColumnTrees?,
    fillings: [CellBlend],
    plan: TreePlan,
    seed: UInt64,
    on engine: ComputeEngine
  ) async throws -> ColumnTrees? {
    let rows = rows.thinned(to: TreePlan.rowLimit)
    guard let filling = fillings.last else { return nil }
    var predictions = try await withoutTrees(rows, wanted: rows.missing, groups: nil, on: engine)
    if let earlier { predictions = adding(earlier, to: predictions, rows) }
    return try await ColumnTrees(
      learning: rows,
      filled: filled(rows, by: predictions.blended, filling),
      fillings: fillings,
      means: means,
      plan: plan,
      seed: seed,
      threads: engine.threads
    )
  }

  /// The predictions of all parts but trees.
  func withoutTrees(
    _ rows: EncodedTable,
    wanted: [Bool],
    groups: [Range<Int>]?,
    on engine: ComputeEngine
  ) async throws -> Predictions {
    var network = [Float](repeating: 0, count: rows.values.count)
    let windows = window.map {
      CellWindows(groups: groups ?? [0..<rows.count], window: $0, stride: max($0 / 4, 1))
    }
    let source = windows?.items(of: rows) ?? EncodedRows(rows)
    let share = 1 / Float(members.count)
    for member in members {
      let output = try await member.reconstruct(source, on: engine)
      let values =
        windows?.merged(output, rows: rows.count, channels: rows.width) ?? output.scalars
      for index in network.indices { network[index] += values[index] * share }
    }
    for start in stride(from: 0, to: network.count, by: max(rows.width, 1)) {
      for place in 0..<rows.width {
        // A number outside of what was seen is decoded as the nearest one that was.
        let value = network[start + place]
        network[start + place] = min(max(value, means.lows[place]), means.highs[place])
      }
    }
    return Predictions(
      network: network,
      regression: regression?.filled(rows),
      neighbors: try await neighbors?.predictions(
        rows,
        wanted: wanted,
        otherwise: means,
        on: engine
      ),
      interpolation: window == nil
        ? nil
        : LinearInterpolation.filled(rows, groups: groups ?? [0..<rows.count], means: means)
    )
  }
}
