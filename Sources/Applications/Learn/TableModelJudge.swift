internal import HourglassAutoencoders
internal import HourglassDatasets
internal import HourglassEngines
internal import HourglassTensors

/// Makes the applications of a shared network, and measures each job on the same held-out rows.
struct TableModelJudge: Sendable {
  let table: Table
  let split: RowSplit
  let latent: Int
  let learning: LearningSettings
  let session: LearningSession

  /// The applications around a shared network.
  func views(_ shared: SharedTable) async throws -> TableViews {
    var imputer = Imputer(members: 1)
    imputer.learning.seed = learning.seed
    return try await views(
      imputer,
      Synthesizer(latent: latent, codes: .mixture, learning: learning),
      in: part(shared)
    )
  }

  /// Models of one job each, learnt from the same rows, as everybody gets them.
  private func alone() async throws -> TableViews {
    var imputer = Imputer()
    imputer.learning.seed = learning.seed
    imputer.learning.seconds = learning.seconds
    return try await views(imputer, Synthesizer(learning: learning), in: part(nil))
  }

  private func views(
    _ imputer: Imputer,
    _ synthesizer: Synthesizer,
    in session: LearningSession
  ) async throws -> TableViews {
    let data = Dataset.table(table)
    let reducer = DimensionReducer(dimensions: latent, learning: learning)
    let reduced = try await ReductionJob(reducer, data, session).fitted()
    let matcher = Matcher(dimensions: latent, learning: learning)
    let detector = AnomalyDetector(learning: learning)
    return TableViews(
      reducer: reduced,
      extractor: try FittedFeatureExtractor(
        FeatureExtractor(dimensions: latent, learning: learning),
        reduced
      ),
      matcher: try await MatchJob(matcher, data, session).fitted(),
      denoiser: try await denoiser(in: session),
      detector: try await DetectionJob(detector, .table(table), session).fitted(),
      synthesizer: try await SynthesisJob(synthesizer, data, session).fitted(),
      imputer: try await ImputationJob(imputer, ImputationData(table), session).fitted()
    )
  }

  /// A denoiser, where the table has numbers.
  private func denoiser(in session: LearningSession) async throws -> FittedDenoiser? {
    let hasNumbers = table.columns.contains { column in
      if case .numbers = column.cells { column.kind != .identifier } else { false }
    }
    guard hasNumbers else { return nil }
    do {
      return try await TableDenoisingJob(Denoiser(learning: learning), table, session).fitted()
    } catch ApplicationError.invalidSetting { return nil }
  }

  /// A session of one job, without a checkpoint of its own.
  private func part(_ shared: SharedTable?) -> LearningSession {
    var part = session
    part.checkpoint = nil
    part.store = nil
    part.resumes = false
    part.parts = split
    part.shared = shared
    return part
  }

  // MARK: The report

  /// Measures every job.
  func report(
    _ views: TableViews,
    comparing rivals: TableLearner.Rivals
  ) async throws -> TableModelReport {
    var lines = try await lines(views, withSimple: rivals != .none)
    if rivals == .all {
      let alone = try await alone()
      let others = try await self.lines(alone, withSimple: false)
      for place in lines.indices {
        let line = lines[place]
        lines[place].alone =
          others.first { $0.job == line.job && $0.measure == line.measure }?.shared
      }
    }
    return TableModelReport(
      dataName: table.name,
      rows: split.reportRows,
      rowCount: split.report.count,
      latent: latent,
      activeUnits: 0,
      lines: lines,
      notes: []
    )
  }

  private func lines(
    _ views: TableViews,
    withSimple: Bool
  ) async throws -> [TableModelReport.Line] {
    var lines: [TableModelReport.Line] = []
    func add(
      _ job: String,
      _ measure: String,
      _ own: Double?,
      moreIsBetter: Bool,
      _ simple: [(String, Double?)]
    ) {
      guard let own else { return }
      let known = simple.compactMap { name, value in value.map { (name, $0) } }
      let best =
        moreIsBetter ? known.max { $0.1 < $1.1 } : known.min { $0.1 < $1.1 }
      lines.append(
        TableModelReport.Line(
          job: job,
          measure: measure,
          moreIsBetter: moreIsBetter,
          shared: own,
          simple: withSimple ? best?.1 : nil,
          simpleName: withSimple ? best?.0 : nil,
          alone: nil
        )
      )
    }
    if let report = views.reducer.report {
      add(
        "reduce, features",
        "error per value",
        report.autoencoder.errorPerValue,
        moreIsBetter: false,
        [
          ("PCA of the same size", report.principalComponents?.errorPerValue),
          ("column means", report.columnMeans?.errorPerValue),
        ]
      )
    }
    if let report = views.matcher.report {
      add(
        "match",
        "distorted copies found",
        report.signatures,
        moreIsBetter: true,
        [
          ("PCA of the same size", report.principalComponents),
          ("the values themselves", report.rawValues),
        ]
      )
    }
    if let report = views.denoiser?.report {
      add(
        "denoise",
        "error of numbers",
        report.denoised.error,
        moreIsBetter: false,
        ([report.noisy] + report.classical).map { ($0.method, $0.error) }
      )
    }
    if let methods = try await detection(views.detector) {
      add(
        "detect",
        "AUROC, mixed-up rows",
        methods.first?.areaUnderROC,
        moreIsBetter: true,
        methods.dropFirst().map { ($0.name, $0.areaUnderROC) }
      )
    }
    if let tables = views.synthesizer.report?.tables {
      add("generate", "column shapes", tables.generated.columnShapes, moreIsBetter: true, [])
      add(
        "generate",
        "pair trends",
        tables.generated.pairTrends,
        moreIsBetter: true,
        [("independent columns", tables.independent?.pairTrends)]
      )
    }
    if let report = views.imputer.report {
      let others = report.overall.dropFirst().filter {
        $0.method != ImputationReport.networkName
      }
      add(
        "impute",
        "error from 0 to 1",
        report.own?.error,
        moreIsBetter: false,
        others.map { ($0.method, $0.error) }
      )
      add(
        "impute",
        "categories right",
        report.own?.accuracy,
        moreIsBetter: true,
        others.map { ($0.method, $0.accuracy) }
      )
    }
    return lines
  }

  /// How well held-out rows are told from rows whose cells come each from another of them, by the
  /// detector and by simpler ones; `nil` where there are too few.
  private func detection(
    _ detector: FittedAnomalyDetector
  ) async throws -> [LabelledReport.Method]? {
    let real = table.rows(Array(split.report.prefix(2_000)))
    let both = Table(joining: [real, real.mixedUp(seed: learning.seed)], name: table.name)
    let data = Dataset.table(both)
    let findings = try await detector.findings(in: data, on: session.engine)
    let labels = (0..<both.rowCount).map { $0 >= real.rowCount }
    return try await detector.evaluate(findings, of: data, labels: labels, on: session.engine)?
      .methods
  }
}

extension Tensor {
  /// The columns of `[rows, columns]` that vary by more than 0.01.
  ///
  /// Reference: Burda, Grosse, Salakhutdinov, 2015, arXiv:1509.00519, section 5.1.
  var activeUnits: Int {
    let (rows, columns) = (shape[0], shape[1])
    return (0..<columns).count { column in
      let values = (0..<rows).map { Double(scalars[$0 * columns + column]) }
      let mean = values.reduce(0, +) / Double(max(rows, 1))
      return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } > 0.01 * Double(max(rows, 1))
    }
  }
}
