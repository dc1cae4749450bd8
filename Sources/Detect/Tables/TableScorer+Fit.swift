internal import HourglassAutoencoders
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassEvaluation
internal import HourglassNetworks
internal import HourglassStatistics
internal import HourglassSystem
internal import HourglassTensors

/// The rows that the parts of a score are weighed and calibrated on.
struct ScoredPopulation: Sendable {
  /// The rows, in an order that is random.
  let items: EncodedRows
  /// For each row its place among the rows that are kept; -1 where it is not kept.
  let own: [Int]
  /// Whether the network was trained on each row.
  let isTrainedOn: [Bool]
}

extension TableScorer {
  /// What came of weighing and calibrating the parts.
  struct Fit: Sendable {
    /// The scorer with its weights and scales.
    var scorer: TableScorer
    /// The scores of the rows of the population, each measured without itself.
    var scores: [Double]
    /// What each part measures of these rows, `[rows][parts]`.
    var values: [[Double]]
    /// How well the score told synthetic anomalies from these rows, with the parts of the network and
    /// without them; `nil` where there are none to leave out.
    var area: Double
    var areaWithoutNetwork: Double?
  }

  /// The rows with anomalies made up that weigh the parts.
  private static let syntheticCount = 250
  /// The difference of areas that makes a part count e times as much.
  private static let areaUnit = 0.05
  /// The fewest rows that the network was not trained on for its parts to count.
  static let leastHeldOut = 30

  /// Weighs and calibrates the parts, without a labeled anomaly.
  ///
  /// Each row is measured without itself. A row with a third of its columns replaced by draws of these
  /// columns stands for an anomaly; a part counts by exp(area / 0.05), where the area is that under
  /// the ROC curve of telling such rows from the others, and the reconstruction error by at most 15 %.
  ///
  /// The network is surer of rows that it was trained on: its parts have one scale for these rows, which
  /// brings them on a level with the others here, and another one, of rows held out, for new rows.
  func fitted(
    to population: ScoredPopulation,
    seed: UInt64,
    isWeighed: Bool,
    on engine: ComputeEngine
  ) async throws -> Fit {
    let values = try await values(of: population.items, without: population.own, on: engine)
    let synthetic = Synthetic(population, encoding, count: Self.syntheticCount, seed: seed)
    let unusual = try await self.values(of: synthetic.items, without: synthetic.own, on: engine)
    var scorer = self
    let rows = 0..<population.items.count
    let heldOut = rows.filter { !population.isTrainedOn[$0] }
    var surprises = values
    var unusualSurprises = unusual
    for part in parts.indices {
      let scales = ScoreScale.Pair(
        parts[part].kind,
        values.map { $0[part] },
        isTrainedOn: population.isTrainedOn
      )
      let (scale, own) = (scales.ofNew, scales.ofTrained)
      for row in rows {
        let isOwn = population.isTrainedOn[row]
        surprises[row][part] = (isOwn ? own : scale).surprise(values[row][part])
      }
      for row in unusual.indices {
        let isOwn = synthetic.isTrainedOn[row]
        unusualSurprises[row][part] = (isOwn ? own : scale).surprise(unusual[row][part])
      }
      scorer.parts[part].scale = scale
      scorer.parts[part].area = Self.area(
        unusualSurprises.map { $0[part] },
        surprises.map { $0[part] }
      )
    }
    let best = scorer.parts.map(\.area).max() ?? 0.5
    // Of few rows the network has seen nearly all, and says little of new ones.
    let isCounted = scorer.parts.map { part in
      !part.kind.isOfNetwork || heldOut.count >= Self.leastHeldOut || parts.count == 1
    }
    let weights = scorer.parts.indices.map { part in
      let area = scorer.parts[part].area - best
      return isCounted[part] ? (isWeighed ? exp(area / Self.areaUnit) : 1) : 0
    }
    let total = weights.reduce(0, +)
    for part in parts.indices { scorer.parts[part].weight = weights[part] / total }
    if isWeighed {
      scorer.limitReconstruction()
      scorer.dropLightParts()
    }
    // As they are kept in a file.
    for part in parts.indices {
      scorer.parts[part].weight = Double(Float(scorer.parts[part].weight))
    }
    func sums(_ all: [[Double]], _ takes: (ScorePart) -> Bool) -> [Double] {
      all.map { row in
        zip(scorer.parts, row).reduce(0) { $0 + (takes($1.0) ? $1.0.weight * $1.1 : 0) }
      }
    }
    let scores = sums(surprises) { _ in true }
    let others: (ScorePart) -> Bool = { !$0.kind.isOfNetwork }
    return Fit(
      scorer: scorer,
      scores: scores,
      values: values,
      area: Self.area(sums(unusualSurprises) { _ in true }, scores),
      areaWithoutNetwork: parts.contains(where: others)
        ? Self.area(sums(unusualSurprises, others), sums(surprises, others)) : nil
    )
  }

  /// The most that the reconstruction error counts.
  private static let mostReconstruction = 0.15

  /// Limits what the reconstruction error counts: the network is trained to see cells that were hidden or
  /// moved, so that made-up anomalies flatter it.
  private mutating func limitReconstruction() {
    guard parts.count > 1, let place = parts.firstIndex(where: { $0.kind == .reconstruction }),
      parts[place].weight > Self.mostReconstruction
    else { return }
    let factor = (1 - Self.mostReconstruction) / (1 - parts[place].weight)
    for part in parts.indices { parts[part].weight *= factor }
    parts[place].weight = Self.mostReconstruction
  }

  /// The least weight of a part that is measured: what counts less is not worth its time.
  private static let leastWeight = 0.005

  /// Gives the parts that hardly count no weight, but for the tails, which alone say that a cell is missing.
  private mutating func dropLightParts() {
    for part in parts.indices
    where parts[part].kind != .tails && parts[part].weight < Self.leastWeight {
      parts[part].weight = 0
    }
    let total = parts.reduce(0) { $0 + $1.weight }
    for part in parts.indices { parts[part].weight /= total }
  }

  private static func area(_ unusual: [Double], _ usual: [Double]) -> Double {
    RankMetrics.areaUnderROC(
      scores: unusual + usual,
      positives: unusual.map { _ in true } + usual.map { _ in false }
    ) ?? 0.5
  }

  /// What each part measures of items, `[items][parts]`.
  func values(
    of items: EncodedRows,
    without own: [Int],
    on engine: ComputeEngine
  ) async throws -> [[Double]] {
    var values = Array(
      repeating: [Double](repeating: 0, count: parts.count),
      count: items.count
    )
    try await measure(items, without: own, on: engine) { item, part, value, _ in
      values[item][part] = value
    }
    return values
  }
}

extension ScoreScale {
  /// The scale of a part for new rows, and for rows that the network was trained on.
  struct Pair: Sendable {
    let ofNew: ScoreScale
    let ofTrained: ScoreScale

    /// Measures what a part gives of rows, each without itself.
    init(_ kind: ScorePart.Kind, _ values: [Double], isTrainedOn: [Bool]) {
      let trained = zip(values, isTrainedOn).filter(\.1).map(\.0)
      let others = zip(values, isTrainedOn).filter { !$0.1 }.map(\.0)
      let isSplit =
        kind.isOfNetwork && min(trained.count, others.count) >= TableScorer.leastHeldOut
      ofNew = ScoreScale(isSplit ? others : values)
      ofTrained = isSplit ? ScoreScale(trained) : ofNew
    }
  }
}

/// Rows with some of their columns drawn anew.
private struct Synthetic {
  let items: EncodedRows
  let own: [Int]
  let isTrainedOn: [Bool]

  init(_ population: ScoredPopulation, _ encoding: TableEncoding, count: Int, seed: UInt64) {
    var generator = SeededGenerator.named("synthetic anomalies", seed: seed)
    func draw(_ count: Int) -> Int { min(Int(generator.nextUniform() * Float(count)), count - 1) }
    let layout = encoding.layout
    let (width, fieldCount, ranges) = (layout.width, layout.count, layout.ranges)
    let known = EncodedTable(population.items)
    var placesOf: [String: [Int]] = [:]
    for (place, field) in encoding.fields.filter({ $0.width > 0 }).enumerated() {
      placesOf[field.column, default: []].append(place)
    }
    let columns = encoding.columns.map { placesOf[$0] ?? [] }
    let changed = max(Int((Double(columns.count) / 3).rounded()), 1)
    let bases = (0..<count).map { _ in draw(known.count) }
    let some = known.rows(bases)
    var (values, observed) = (some.values, some.observed)
    for row in 0..<count {
      var order = Array(columns.indices)
      for place in 0..<changed {
        order.swapAt(place, place + draw(order.count - place))
        let other = draw(known.count)
        for field in columns[order[place]] {
          for value in ranges[field] {
            values[row * width + value] = known.values[other * width + value]
          }
          observed[row * fieldCount + field] = known.observed[other * fieldCount + field]
        }
      }
    }
    own = bases.map { population.own[$0] }
    isTrainedOn = bases.map { population.isTrainedOn[$0] }
    items = EncodedRows(
      EncodedTable(layout: layout, count: count, values: values, observed: observed)
    )
  }
}
