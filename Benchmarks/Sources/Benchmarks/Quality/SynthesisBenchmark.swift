import Hourglass

/// Generated rows of a table, by how they are distributed.
///
/// Reference: the quality report of SDMetrics, see `TableSimilarity`.
struct SynthesisBenchmark: QualityBenchmark {
  let name = "synthesize"
  let summary =
    "As many rows are generated as the table has, from a model trained on all of them. Column shapes "
    + "and pair trends are those of SDMetrics against the rows trained on, 1 is best."
  let figures = [
    BenchmarkResult.Figure("column shapes", places: 4, moreIsBetter: true),
    BenchmarkResult.Figure("pair trends", places: 4, moreIsBetter: true),
    BenchmarkResult.Figure("seconds of learning", places: 0, moreIsBetter: nil),
  ]
  var published: [BenchmarkResult.Method] {
    guard isAdult else { return [] }
    return [
      BenchmarkResult.Method(
        "TVAE",
        source: "SDMetrics, by the papers",
        [0.858, 0.859]
      ),
      BenchmarkResult.Method(
        "TabDDPM",
        source: "Kotelnikov et al., 2022, and Zhang et al., 2023, arXiv:2310.09656",
        [0.983, 0.970]
      ),
      BenchmarkResult.Method("TabSyn", source: "Zhang et al., 2023", [0.994, 0.985]),
    ].map { BenchmarkResult.Method($0.name, source: $0.source, $0.values + [nil]) }
  }

  private let isAdult: Bool

  /// Makes the benchmark of a table at a path.
  init(table: String) { isAdult = table.hasSuffix("adult-train.csv") }

  func measure(_ run: BenchmarkRun) async throws -> BenchmarkMeasurement {
    let learned = try Table(contentsOf: run.data)
    guard learned.columns.count > 1 else {
      throw BenchmarkError.unsuited(
        run.data,
        for: name,
        expected: "at least two columns",
        found: "\(learned.columns.count)"
      )
    }
    let synthesizer = Synthesizer(learning: run.learning)
    let (fitted, seconds) = try await run.timed {
      try await synthesizer.fit(.table(learned), session: run.session)
    }
    run.says("generating \(learned.rowCount) rows")
    let made = try await fitted.generated(learned.rowCount, seed: run.seed, on: run.engine)
    guard case .table(let generated) = made else {
      throw BenchmarkError("no table was generated from \(learned.name).")
    }
    func values(_ rows: Table) throws -> [Double?] {
      let likeness = try TableSimilarity(of: rows, to: learned)
      return [likeness.columnShapes, likeness.pairTrends]
    }
    return BenchmarkMeasurement(
      own: try values(generated) + [seconds],
      baselines: [
        BenchmarkResult.Method(
          "columns on their own",
          try values(shuffled(learned, run.seed)) + [nil]
        )
      ],
      paths: [run.data],
      options: OptionDifferences.lines(of: synthesizer, from: Synthesizer())
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
