internal import HourglassAutoencoders
internal import HourglassDatasets
internal import HourglassEngines
internal import HourglassModelFiles
internal import HourglassNetworks
internal import HourglassTensors

/// One run of learning a model for all jobs, with everything chosen before it begins.
struct TableModelJob: Sendable {
  private let learner: TableLearner
  private let table: Table
  private let split: RowSplit
  private let encoding: TableEncoding
  private let columns: [CellGroups]
  private let autoencoder: Autoencoder
  private let run: LearningRun

  init(_ learner: TableLearner, _ data: Dataset, _ session: LearningSession) throws {
    try learner.validate()
    guard case .table(let table) = data.learnable else {
      throw ApplicationError.unsuitedKind(
        name: data.name,
        job: "learn a model for all jobs from",
        expected: "a table",
        found: data.kind.phrase
      )
    }
    self.learner = learner
    self.table = table
    split = RowSplit(shared: table.rowCount, seed: learner.learning.seed)
    encoding = try TableEncoding(learning: table, rows: split.training, datesHaveParts: false)
    let fields = try SynthesisFields(learning: .table(table), rows: split.training)
    guard case .table(let columns) = fields else { preconditionFailure("a table has columns") }
    self.columns = columns
    autoencoder = Autoencoder(
      learner,
      encoding: encoding,
      columns: columns,
      learningCount: split.training.count
    )
    run = try LearningRun(
      application: FittedTableModel.application,
      configuration: learner,
      fields: TableModelParts(encoding: encoding, columns: columns, views: [:]),
      architecture: autoencoder,
      data: (data.name, data.fingerprint),
      itemCount: split.training.count,
      trainer: learner.learning.trainer(
        for: .table,
        learningCount: split.training.count,
        validation: split.validation,
        steps: AutomaticChoices.synthesisSteps(for: .table)
      ),
      session: session
    )
  }

  /// What a checkpoint says of itself.
  var header: ModelHeader { run.header }

  /// Learns, measures what each job needs beside the network, judges, and makes the model.
  func fitted(comparing rivals: TableLearner.Rivals) async throws -> FittedTableModel {
    let source = try TwiceToldRows(
      table,
      rows: split.seen,
      encoding: encoding,
      columns: columns
    )
    let (whole, record) = try await run.network(
      autoencoder,
      on: source,
      itemShape: source.itemShape
    )
    let shared = try SharedTable(encoding: encoding, columns: columns, whole: whole)
    let judge = TableModelJudge(
      table: table,
      split: split,
      latent: shared.whole.autoencoder.latent,
      learning: learner.learning,
      session: run.session
    )
    let views = try await judge.views(shared)
    var report = try await judge.report(views, comparing: rivals)
    let codes = try await shared.rows.encode(
      TableRows(try encoding.encoded(table), rows: split.report),
      on: run.session.engine
    )
    report.activeUnits = codes.activeUnits
    report.notes += [LearningHealth.budget(record)].compactMap { $0 }
    if report.activeUnits < max(report.latent / 4, 1) {
      report.notes.append(
        "Most numbers of a code say nothing of a row: a smaller --beta keeps more of them in use."
      )
    }
    let metrics = Dictionary(
      report.lines.map { ("\($0.job), \($0.measure)", $0.shared) },
      uniquingKeysWith: { first, _ in first }
    )
    return try FittedTableModel(
      configuration: learner,
      header: try run.modelHeader(
        record,
        metrics: metrics,
        report: report,
        stateTensors: FittedTableModel.stateNames(views)
      ),
      report: report,
      checkpoint: run.session.checkpoint,
      shared: shared,
      views: views
    )
  }
}
