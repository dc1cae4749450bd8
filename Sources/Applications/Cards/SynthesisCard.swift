internal import HourglassDatasets

/// Generated rows of a table, by how they are distributed.
///
/// Reference: the quality report of SDMetrics, see `TableSimilarity`.
package struct SynthesisCard: QualityBenchmark {
  package let name = "synthesize"
  package let summary =
    "As many rows are generated as the table has, from a model trained on all of them. Column shapes "
    + "and pair trends are those of SDMetrics against the rows trained on, 1 is best."
  package let figures = [
    CardResult.Figure("column shapes", places: 4, moreIsBetter: true),
    CardResult.Figure("pair trends", places: 4, moreIsBetter: true),
    CardResult.Figure("seconds of learning", places: 0, moreIsBetter: nil),
  ]
  package var published: [CardResult.Method] {
    guard isAdult else { return [] }
    return [
      CardResult.Method(
        "TVAE",
        source: "SDMetrics, by the papers",
        [0.858, 0.859]
      ),
      CardResult.Method(
        "TabDDPM",
        source: "Kotelnikov et al., 2022, and Zhang et al., 2023, arXiv:2310.09656",
        [0.983, 0.970]
      ),
      CardResult.Method("TabSyn", source: "Zhang et al., 2023", [0.994, 0.985]),
    ].map { CardResult.Method($0.name, source: $0.source, $0.values + [nil]) }
  }

  private let isAdult: Bool

  /// Makes the card of a table at a path.
  package init(table: String) { isAdult = table.hasSuffix("adult-train.csv") }

  package func measure(_ run: CardRun) async throws -> CardMeasurement {
    let learned = try Table(contentsOf: run.data)
    guard learned.columns.count > 1 else {
      throw TaskError.unsuitedKind(
        name: run.data,
        job: "measure \(name) on",
        expected: "at least two columns",
        found: "\(learned.columns.count)"
      )
    }
    let synthesizer = Synthesizer(
      learning: TrainingSettings(seconds: run.seconds ?? 300, seed: run.seed)
    )
    let (fitted, seconds) = try await run.timed {
      try await synthesizer.fit(.table(learned), session: run.session)
    }
    run.says("generating \(learned.rowCount) rows")
    let made = try await fitted.generated(learned.rowCount, seed: run.seed, on: run.engine)
    guard case .table(let generated) = made else { preconditionFailure("tables give tables") }
    func values(_ rows: Table) throws -> [Double?] {
      let likeness = try TableSimilarity(of: rows, to: learned)
      return [likeness.columnShapes, likeness.pairTrends]
    }
    return CardMeasurement(
      own: try values(generated) + [seconds],
      baselines: [
        CardResult.Method("columns on their own", try values(shuffled(learned, run.seed)) + [nil])
      ],
      paths: [run.data]
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
