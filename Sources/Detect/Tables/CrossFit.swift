internal import HourglassAutoencoders
internal import HourglassEncodings
internal import HourglassTasksCommon

/// The scores that the rows of a table have as new rows: each from parts that were fitted without it.
///
/// A row that is measured without itself is still among those that the columns were scaled, made uncorrelated and
/// encoded by, and that decide which values are usual; it never has a level that was not seen. With few rows a new
/// one is farther from them all than such a row: of 30 rows a rate of 5 % gave 19 % false alarms. The rows are
/// therefore cut into ten folds, and each fold is scored by what is fitted on the nine others, as new rows are: the
/// encoding, the spaces, the tails, and the scales. The weights of the parts are those of all rows. The
/// network is not trained again: its parts have scales of their own for the rows that it was trained on.
///
/// Reference: Vovk, 2015, "Cross-conformal predictors", doi:10.1007/s10472-013-9368-4, section 2.
struct CrossFit {
  /// The number of folds.
  private static let foldCount = 10
  /// The most rows that are scored so: of more each one is too little to matter, and they take long.
  static let mostRows = 2_000

  let items: RawItems
  /// The rows of the population, in an order that is random.
  let rows: [Int]
  /// The rows that the encoding is fitted to.
  let encoded: Set<Int>
  let population: ScoredPopulation
  let fit: TableScorer.Fit

  /// The scores, in the order of the rows.
  func scores(on engine: ComputeEngine) async throws -> [Double] {
    let parts = fit.scorer.parts
    let folds = Self.folds(of: population.own.map { $0 >= 0 })
    var scores = [Double](repeating: 0, count: rows.count)
    for fold in 0..<min(Self.foldCount, rows.count) {
      try Task.checkCancellation()
      let inFold = rows.indices.filter { folds[$0] == fold }
      let others = rows.indices.filter { folds[$0] != fold }
      let measured = try await values(of: inFold, others: others, on: engine)
      let isTrainedOn = others.map { population.isTrainedOn[$0] }
      for (place, part) in parts.enumerated() {
        let scales: ScoreScale.Pair
        let new: [Double]
        if let found = measured?[part.kind] {
          scales = ScoreScale.Pair(part.kind, found.others, isTrainedOn: isTrainedOn)
          new = found.new
        } else {
          let some = asManyTrained(others, fold: fold)
          scales = ScoreScale.Pair(
            part.kind,
            some.map { fit.values[$0][place] },
            isTrainedOn: some.map { population.isTrainedOn[$0] }
          )
          new = inFold.map { fit.values[$0][place] }
        }
        for (row, value) in zip(inFold, new) {
          let scale = population.isTrainedOn[row] ? scales.ofTrained : scales.ofNew
          scores[row] += part.weight * scale.surprise(value)
        }
      }
    }
    return scores
  }

  /// The fold of each row: each fold has as many of the rows that are kept, and of the others, as any other fold has.
  ///
  /// - Parameter isKept: Whether the model keeps each row.
  static func folds(of isKept: [Bool]) -> [Int] {
    var (kept, others) = (0, isKept.count(where: \.self))
    return isKept.map { isKept in
      let place = isKept ? kept : others
      if isKept { kept += 1 } else { others += 1 }
      return place % foldCount
    }
  }

  /// Of some rows those that are kept to score a fold: as many as the model keeps, where there are so many.
  ///
  /// The rows that the model keeps come first, and others make up for those in the fold.
  private func references(among others: [Int]) -> [Int] {
    let count = population.own.count { $0 >= 0 }
    let kept = others.filter { population.own[$0] >= 0 }
    return kept + others.filter { population.own[$0] < 0 }.prefix(max(count - kept.count, 0))
  }

  /// All rows that the network was not trained on, and about as many of those that it was trained on.
  ///
  /// Of the scales of a part of the network, that of new rows comes from the rows it was not trained on alone. The
  /// other scale is measured on as few rows, so that both are equally uncertain.
  private func asManyTrained(_ rows: [Int], fold: Int) -> [Int] {
    let trained = rows.filter { population.isTrainedOn[$0] }
    let others = rows.filter { !population.isTrainedOn[$0] }
    guard !others.isEmpty, trained.count > others.count else { return rows }
    let step = trained.count / others.count
    return others + stride(from: fold % step, to: trained.count, by: step).map { trained[$0] }
  }

  /// What the parts but those of the network measure of the rows of a fold and of the others, each without itself;
  /// `nil` where the others are all alike, or none of them is encoded.
  private func values(
    of inFold: [Int],
    others: [Int],
    on engine: ComputeEngine
  ) async throws -> [ScorePart.Kind: (new: [Double], others: [Double])]? {
    let kept = references(among: others)
    guard !kept.isEmpty else { return nil }
    let known = others.map { rows[$0] }
    let training = known.filter { encoded.contains($0) }
    guard
      case .table(let encoding)? = try? ItemEncoding(detectingIn: items, training: training)
    else { return nil }
    let all = try EncodedRows(items, encoding: .table(encoding))
    let places = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
    let references = all.selecting(kept.map { rows[$0] })
    let scorer = TableScorer(
      encoding,
      network: fit.scorer.network,
      fieldErrors: [],
      references: EncodedTable(references),
      codes: nil,
      kinds: fit.scorer.parts.map(\.kind).filter { !$0.isOfNetwork }
    )
    let new = try await scorer.values(
      of: all.selecting(inFold.map { rows[$0] }),
      without: inFold.map { _ in -1 },
      on: engine
    )
    let own = try await scorer.values(
      of: all.selecting(known),
      without: others.map { places[$0] ?? -1 },
      on: engine
    )
    var values: [ScorePart.Kind: (new: [Double], others: [Double])] = [:]
    for (place, part) in scorer.parts.enumerated() {
      values[part.kind] = (new.map { $0[place] }, own.map { $0[place] })
    }
    return values
  }
}
