internal import HourglassDatasets

/// Generated rows of a table, by how they are distributed and by what can be learnt from them.
///
/// Reference: for shapes and trends the quality report of SDMetrics, see `TableSimilarity`; for the rest
/// Kotelnikov, Baranchuk, Rubachev, Babenko, 2022, "TabDDPM: Modelling Tabular Data with Diffusion
/// Models", arXiv:2209.15421, section 4.
package struct SynthesisCard: ProtocolCard {
  package let name = "synthesize"
  package var summary: String {
    "As many rows are generated as the table has, from a model learned from all of them. Column shapes "
      + "and pair trends are those of SDMetrics against the rows learned from, 1 is best. Boosted trees "
      + "learn the column \(target) from generated rows, and are judged on "
      + (testPath == nil ? "a fifth of the table that nothing is learned from." : "the test rows.")
  }
  package let figures = [
    CardResult.Figure("column shapes", places: 4, moreIsBetter: true),
    CardResult.Figure("pair trends", places: 4, moreIsBetter: true),
    CardResult.Figure("F1 (macro)", places: 4, moreIsBetter: true),
    CardResult.Figure("AUROC", places: 4, moreIsBetter: true),
    CardResult.Figure("seconds of learning", places: 0, moreIsBetter: nil),
  ]
  package var published: [CardResult.Method] {
    guard isAdult else { return [] }
    return [
      CardResult.Method(
        "TVAE",
        source: "SDMetrics and CatBoost, by the papers",
        [0.858, 0.859, 0.781]
      ),
      CardResult.Method(
        "TabDDPM",
        source: "Kotelnikov et al., 2022, and Zhang et al., 2023, arXiv:2310.09656",
        [0.983, 0.970, 0.795]
      ),
      CardResult.Method("TabSyn", source: "Zhang et al., 2023", [0.994, 0.985, nil]),
    ].map { CardResult.Method($0.name, source: $0.source, $0.values + [nil, nil]) }
  }
  package var settings: [String: String] { ["target": target] }

  /// The column that is learnt from generated rows.
  package let target: String
  /// A table of rows to judge on.
  package let testPath: String?
  private let isAdult: Bool

  package init(table: String, target: String, testPath: String? = nil) {
    self.target = target
    self.testPath = testPath
    isAdult = table.hasSuffix("adult-train.csv") && target == "income"
  }

  package func measure(_ run: CardRun) async throws -> CardMeasurement {
    let all = try Table(contentsOf: run.data)
    _ = try all.required(target)
    guard all.columns.count > 1 else {
      throw ApplicationError.unsuitedKind(
        name: run.data,
        job: "measure \(name) on",
        expected: "other columns than \(target)",
        found: "none"
      )
    }
    var (learned, test) = (all, all)
    if let testPath {
      test = try Table(contentsOf: testPath)
      _ = try test.required(target)
    } else {
      var generator = NumPyGenerator(seed: run.seed)
      let order = generator.permutation(all.rowCount)
      test = all.rows(Array(order.prefix(all.rowCount / 5)))
      learned = all.rows(Array(order.dropFirst(all.rowCount / 5)))
    }
    let classes = try TwoClasses(learned, target: target, card: name)
    let synthesizer = Synthesizer(
      learning: LearningSettings(seconds: run.seconds ?? 300, seed: run.seed)
    )
    let (fitted, seconds) = try await run.timed {
      try await synthesizer.fit(.table(learned), session: run.session)
    }
    run.says("generating \(learned.rowCount) rows and learning from them")
    let made = try await fitted.generated(learned.rowCount, seed: run.seed, on: run.engine)
    guard case .table(let generated) = made else { preconditionFailure("tables give tables") }
    func values(_ rows: Table) throws -> [Double?] {
      let likeness = try TableSimilarity(of: rows, to: learned)
      return [likeness.columnShapes, likeness.pairTrends]
        + (try classes.scores(from: rows, on: test))
    }
    let real = try classes.scores(from: learned, on: test)
    return CardMeasurement(
      own: try values(generated) + [seconds],
      rivals: [
        CardResult.Method("columns on their own", try values(shuffled(learned, run.seed)) + [nil]),
        CardResult.Method("the real rows", [nil, nil] + real + [nil]),
      ],
      paths: [run.data] + (testPath.map { [$0] } ?? [])
    )
  }

  /// The table with each column in an order of its own.
  private func shuffled(_ table: Table, _ seed: UInt64) -> Table {
    var generator = NumPyGenerator(seed: seed)
    return Table(
      name: table.name,
      columns: table.columns.map { $0.rows(generator.permutation(table.rowCount)) }
    )
  }
}

/// The two classes of a column, and how well one is told.
struct TwoClasses {
  let target: String
  /// The value of the rarer class.
  let rarer: String

  init(_ table: Table, target: String, card: String) throws {
    self.target = target
    let column = try table.required(target)
    var counts: [String: Int] = [:]
    for row in 0..<column.count {
      if let text = column.text(row) { counts[Self.trimmed(text), default: 0] += 1 }
    }
    let names = counts.keys.sorted { (counts[$0] ?? 0, $0) < (counts[$1] ?? 0, $1) }
    guard names.count == 2 else {
      throw ApplicationError.unsuitedKind(
        name: "\(target) of \(table.name)",
        job: "measure \(card) with",
        expected: "a column of two values",
        found: "\(names.count)"
      )
    }
    rarer = names[0]
  }

  /// The test rows of Adult end their classes with a full stop.
  private static func trimmed(_ text: String) -> String {
    text.hasSuffix(".") ? String(text.dropLast()) : text
  }

  private func marks(_ table: Table) throws -> [Bool] {
    let column = try table.required(target)
    return (0..<column.count).map { row in column.text(row).map(Self.trimmed) == rarer }
  }

  /// The mean of F1 of both classes at a probability of one half, as the papers have it, and the area
  /// under the ROC curve.
  func scores(from rows: Table, on test: Table) throws -> [Double?] {
    let trees = try BoostedTrees(rows.removing([target]), isPositive: try marks(rows))
    let (chances, truth) = (try trees.probabilities(of: test), try marks(test))
    func score(_ isCalled: (Double) -> Bool, _ isTrue: Bool) -> Double {
      let hits = zip(chances, truth).count { isCalled($0) && $1 == isTrue }
      let called = chances.count { isCalled($0) }
      let all = truth.count { $0 == isTrue }
      return 2 * Double(hits) / Double(max(called + all, 1))
    }
    return [
      (score({ $0 >= 0.5 }, true) + score({ $0 < 0.5 }, false)) / 2,
      RankMetrics.areaUnderROC(scores: chances, positives: truth),
    ]
  }
}
