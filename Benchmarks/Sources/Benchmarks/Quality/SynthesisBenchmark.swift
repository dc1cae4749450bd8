import Hourglass
import HourglassBenchmarkSupport

/// Generated rows of a table, by how they are distributed.
///
/// Reference: the quality report of SDMetrics, see `SimilarityScores`.
struct SynthesisBenchmark: QualityBenchmark {
  let name = "synthesize"
  let summary =
    "As many rows are generated as the table has, from a model trained on all of them. Column shapes "
    + "and pair trends are those of SDMetrics against the rows trained on, 1 is best."
  let figures = [
    BenchmarkResult.Figure("column shapes", places: 4, moreIsBetter: true),
    BenchmarkResult.Figure("pair trends", places: 4, moreIsBetter: true),
    BenchmarkResult.Figure("seconds of training", places: 0, moreIsBetter: nil),
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
    let folder = try ScratchFolder()
    var request = TaskRequest(task: "generate")
    request.files = ["learnFrom": absolute(run.data), "output": "generated.csv"]
    request.options = ["count": learned.rowCount]
    let seconds = try await run.run(request, in: folder).trainingSeconds
    // A value may be too rare to be taken for one of a category: the columns are what they are in the data.
    var options = DatasetOptions()
    for column in learned.columns where ![.identifier, .constant].contains(column.kind) {
      options.columnKinds[column.name] = column.kind
      if column.kind == .ordinal, case .codes(_, let levels) = column.cells {
        options.ordinalLevels[column.name] = levels
      }
    }
    let generated = try Table(
      contentsOf: folder.file("generated.csv"),
      options: options.table
    )
    func values(_ rows: Table) throws -> [Double?] {
      let likeness = try SimilarityScores(of: rows, to: learned)
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
