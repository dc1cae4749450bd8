internal import HourglassEncodings
internal import HourglassNetworks
internal import HourglassStatistics
internal import HourglassSystem
internal import HourglassTensors

/// Predicts each column by boosted trees over the others, whose missing cells are filled before by the other
/// parts of an imputer.
///
/// A number is the mean of its column and the sum of trees; of a category the trees give the probabilities
/// of its levels. Columns without trees, such as times of day, stay as they were filled before.
///
/// Reference: Stekhoven, Bühlmann, 2012, "MissForest: non-parametric missing value imputation for mixed-type
/// data", doi:10.1093/bioinformatics/btr597, with gradient boosting in place of random forests.
struct ColumnTrees: Hashable, Sendable {
  /// The trees of each field, over the values of a row; none where there are none.
  let ensembles: [TreeEnsemble?]
  /// The weights by which the cells that trees look at are filled: first those of the other parts, then, where
  /// there are further ones, those of the other parts and the trees together.
  let fillings: [CellBlend]

  init(ensembles: [TreeEnsemble?], fillings: [CellBlend]) {
    self.ensembles = ensembles
    self.fillings = fillings
  }

  /// Grows trees.
  ///
  /// - Parameters:
  ///   - rows: The rows with the cells that are known.
  ///   - filled: The same rows without missing cells, `[rows, D]`.
  ///   - fillings: The weights by which rows are filled.
  ///   - threads: The number of columns at a time; the result does not depend on it.
  /// - Returns: `nil` where no column has enough known cells.
  /// - Throws: `TreeGrowth.Failure`, `CancellationError`.
  init?(
    learning rows: EncodedTable,
    filled: [Float],
    fillings: [CellBlend],
    means: FieldMeans,
    plan: TreePlan,
    seed: UInt64,
    threads: Int
  ) async throws {
    let (layout, ranges) = (rows.layout, rows.layout.ranges)
    let correlations = ColumnCorrelations(filled, count: rows.count, width: rows.width)
    let wanted = layout.fields.indices.filter { plan.rounds(of: layout.fields[$0]) != nil }
    @Sendable func grown(_ field: Int) throws -> TreeEnsemble? {
      let range = ranges[field]
      let known = (0..<rows.count).filter { rows.isPresent($0, field) }
      guard known.count >= TreePlan.fewestRows else { return nil }
      let inputs = correlations.strongest(for: range, limit: plan.inputLimit)
      var values: [Float] = []
      values.reserveCapacity(known.count * inputs.count)
      for row in known { for place in inputs { values.append(filled[row * rows.width + place]) } }
      let target: TreeGrowth.Target
      if case .category(let levels) = layout.fields[field] {
        let classes = known.map { row in
          range.firstIndex { rows.values[row * rows.width + $0] > 0.5 }.map {
            $0 - range.lowerBound
          } ?? 0
        }
        target = .classes(classes, count: levels)
      } else {
        let place = range.lowerBound
        target = .numbers(known.map { rows.values[$0 * rows.width + place] - means.means[place] })
      }
      var generator = SeededGenerator.named("trees of field \(field)", seed: seed)
      let growth = plan.growth(
        of: layout.fields[field],
        seed: UInt32(truncatingIfNeeded: generator.next())
      )
      return try growth?.ensemble(values, width: inputs.count, target: target)?.renamed(inputs)
    }
    var ensembles = [TreeEnsemble?](repeating: nil, count: layout.count)
    try await withThrowingTaskGroup(of: (Int, TreeEnsemble?).self) { group in
      var next = 0
      while next < min(threads, wanted.count) {
        let field = wanted[next]
        group.addTask { (field, try grown(field)) }
        next += 1
      }
      while let (field, ensemble) = try await group.next() {
        try Task.checkCancellation()
        ensembles[field] = ensemble
        guard next < wanted.count else { continue }
        let field = wanted[next]
        group.addTask { (field, try grown(field)) }
        next += 1
      }
    }
    guard ensembles.contains(where: { $0 != nil }) else { return nil }
    self.init(ensembles: ensembles, fillings: fillings)
  }

  /// Whether there may be trees of a field: of a number, and of a category of 2 levels or more.
  static func isPredicted(_ field: FeatureSchema.Field) -> Bool {
    switch field {
    case .number: true
    case .category(let levels): levels >= 2
    case .vector: false
    }
  }

  /// What trees predict for the wanted cells, `[rows, F]`, of rows without missing cells, `[rows, D]`; the
  /// other values stay what they are filled with.
  func predictions(
    _ filled: [Float],
    wanted: [Bool],
    layout: FeatureSchema,
    means: FieldMeans
  ) -> [Float] {
    let (width, fields) = (layout.width, layout.count)
    var result = filled
    for (field, range) in layout.ranges.enumerated() {
      guard let ensemble = ensembles[field] else { continue }
      let zeros = [Float](repeating: 0, count: ensemble.outputCount)
      var outputs = zeros
      for row in 0..<filled.count / max(width, 1) where wanted[row * fields + field] {
        for index in outputs.indices { outputs[index] = 0 }
        ensemble.add(filled, from: row * width, to: &outputs)
        let start = row * width
        if case .category = layout.fields[field] {
          for (place, share) in zip(range, Self.probabilities(outputs)) {
            result[start + place] = share
          }
        } else {
          let place = range.lowerBound
          let value = means.means[place] + outputs[0]
          result[start + place] = min(max(value, means.lows[place]), means.highs[place])
        }
      }
    }
    return result
  }

  /// The probabilities of levels: of two by the logistic function of one output, else by the softmax.
  static func probabilities(_ outputs: [Float]) -> [Float] {
    // A file may have leaves whose sum is infinite.
    let logits = (outputs.count == 1 ? [0, outputs[0]] : outputs).map { min(max($0, -1e30), 1e30) }
    let most = logits.max() ?? 0
    let weights = logits.map { Float(exp(Double($0 - most))) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }
}
