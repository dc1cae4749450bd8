import Hourglass

/// Anomalies among labeled tables: the sets of ADBench, or any folder of `.npz` files with the arrays
/// `X`, `[rows, columns]`, and `y`, 1 for an anomaly.
///
/// Reference: Han, Hu, Huang, Jiang, Zhao, 2022, "ADBench: Anomaly Detection Benchmark",
/// arXiv:2206.09426; for the setting `clean` Livernoche, Jain, Hezaveh, Ravanbakhsh, 2024, "On Diffusion
/// Modeling for Anomaly Detection", arXiv:2305.18593.
struct DetectionBenchmark: QualityBenchmark {
  /// What is trained on.
  enum Setting: String, Sendable {
    /// Half of the normal rows; the others, and all anomalies, are scored.
    case clean
    /// All rows, and all are scored.
    case mixed
  }

  /// What is trained on.
  let setting: Setting

  private static let rowLimit = 20_000

  var name: String { "adbench-\(setting.rawValue)" }

  var summary: String {
    let split =
      switch setting {
      case .clean:
        "Half of the normal rows of each set are trained on; the other half and all anomalies are "
          + "scored."
      case .mixed: "All rows of each set are trained on and scored; the labels only evaluate."
      }
    return split + " Rows are shuffled with NumPy's generator of seed 0, and at most 20,000 taken."
  }

  var figures: [BenchmarkResult.Figure] {
    let figures = [
      BenchmarkResult.Figure("AUROC", places: 4, moreIsBetter: true),
      BenchmarkResult.Figure("average precision", places: 4, moreIsBetter: true),
    ]
    guard setting == .clean else { return figures }
    return figures + [BenchmarkResult.Figure("false alarms at 1%", places: 4, moreIsBetter: nil)]
  }

  var published: [BenchmarkResult.Method] {
    let source = "the 29 sets of ADBench with up to 20,000 rows and its defaults, PyOD 3.6.7"
    switch setting {
    case .clean:
      return [
        ("kNN", 0.8373, 0.6594), ("LOF", 0.8217, 0.6396), ("PyOD AutoEncoder", 0.8069, 0.6216),
        ("PyOD VAE", 0.7904, 0.5866), ("IForest", 0.7738, 0.5375), ("PCA", 0.7291, 0.5289),
        ("ECOD", 0.7093, 0.4851),
      ].map { BenchmarkResult.Method($0.0, source: source, [$0.1, $0.2, nil]) }
    case .mixed:
      return [
        ("IForest", 0.7437, 0.4171), ("kNN", 0.7426, 0.3603), ("PyOD AutoEncoder", 0.7313, 0.3266),
        ("PyOD VAE", 0.7137, 0.3578), ("ECOD", 0.7103, 0.3730), ("PCA", 0.7004, 0.3799),
        ("LOF", 0.6690, 0.2739),
      ].map { BenchmarkResult.Method($0.0, source: source, [$0.1, $0.2]) }
    }
  }

  func measure(_ run: BenchmarkRun) async throws -> BenchmarkMeasurement {
    let paths = try run.paths(ending: ".npz", for: self, what: ".npz files with X and y")
    var parts: [BenchmarkResult.Part] = []
    var alarms = (count: 0.0, normal: 0.0)
    var baselines: [String: [(Double, Double)]] = [:]
    var own: [(Double, Double)] = []
    for path in paths {
      let evaluated = try await report(path, run)
      let scores = evaluated.report.methods.map { ($0.areaUnderROC, $0.averagePrecision) }
      own.append(scores[0])
      for (method, score) in zip(evaluated.report.methods, scores).dropFirst() {
        baselines[method.name, default: []].append(score)
      }
      let normal = Double(evaluated.report.count - evaluated.report.positives)
      alarms.count += evaluated.report.falseAlarms * normal
      alarms.normal += normal
      parts.append(
        BenchmarkResult.Part(
          name: evaluated.name,
          values: [
            Double(evaluated.learned), Double(evaluated.report.count), Double(evaluated.columns),
          ] + scores.map(\.0) + [scores[0].1]
        )
      )
    }
    func means(_ scores: [(Double, Double)]) -> [Double] {
      let count = Double(max(scores.count, 1))
      return [
        scores.reduce(0) { $0 + $1.0 } / count, scores.reduce(0) { $0 + $1.1 } / count,
      ]
    }
    let names = baselines.keys.sorted()
    let rate: [Double?] = setting == .clean ? [alarms.count / max(alarms.normal, 1)] : []
    return BenchmarkMeasurement(
      own: means(own) + rate,
      baselines: names.map { name in
        BenchmarkResult.Method(
          name,
          means(baselines[name] ?? []) + (setting == .clean ? [nil] : [])
        )
      },
      partFigures: ["learned", "scored", "columns"].map {
        BenchmarkResult.Figure($0, places: 0, moreIsBetter: nil)
      } + (["AUROC"] + names).map { BenchmarkResult.Figure($0, places: 3, moreIsBetter: true) }
        + [BenchmarkResult.Figure("average precision", places: 3, moreIsBetter: true)],
      parts: parts,
      paths: paths,
      options: OptionDifferences.lines(
        of: detector(run.learning),
        from: detector(TrainingSettings())
      )
    )
  }

  /// The detector of the command: without `--learn-from` it learns from rows that may hold anomalies.
  private func detector(_ learning: TrainingSettings) -> AnomalyDetector {
    AnomalyDetector(learned: setting == .mixed ? .mixed : .normal, learning: learning)
  }

  /// What one set gave.
  private struct Evaluated {
    let name: String
    let learned: Int
    let columns: Int
    let report: LabeledReport
  }

  private func report(
    _ path: String,
    _ run: BenchmarkRun
  ) async throws -> Evaluated {
    var options = DatasetOptions()
    options.labelsName = "y"
    guard case .table(let all) = try Dataset.load(contentsOf: path, options: options),
      case .codes(let codes, let levels)? = all[column: "y"]?.cells
    else {
      throw BenchmarkError.unsuited(
        path,
        for: self.name,
        expected: "X of rows and columns, and y with 0 or 1 for each row",
        found: "other arrays"
      )
    }
    var generator = NumPyGenerator(seed: 0)
    let order = Array(generator.permutation(all.rowCount).prefix(Self.rowLimit))
    let table = all.removing(["y"]).rows(order)
    let labels = order.map { codes[$0] >= 0 && levels[Int(codes[$0])] == "1" }
    let name = String(table.name.dropLast(4))
    run.says("\(name): \(table.rowCount) rows of \(table.columns.count) columns")
    let normal = labels.indices.filter { !labels[$0] }
    let learned = setting == .clean ? Array(normal.prefix(normal.count / 2)) : Array(labels.indices)
    let isLearned = Set(learned)
    let scored = setting == .clean ? labels.indices.filter { !isLearned.contains($0) } : learned
    guard !learned.isEmpty, scored.contains(where: { labels[$0] }),
      scored.contains(where: { !labels[$0] })
    else {
      throw BenchmarkError.unsuited(
        path,
        for: self.name,
        expected: "rows of both labels",
        found: "\(labels.count { $0 }) anomalies and \(normal.count) normal rows"
      )
    }
    let fitted = try await detector(run.learning).fit(
      .table(table.rows(learned)),
      session: run.session
    )
    let test = Dataset.table(table.rows(scored))
    let findings = try await fitted.findings(in: test, on: run.engine)
    let report = try await fitted.evaluate(
      findings,
      of: test,
      labels: scored.map { labels[$0] },
      on: run.engine
    )
    guard let report else {
      throw BenchmarkError("the scores of \(name) were not evaluated by its labels.")
    }
    return Evaluated(
      name: name,
      learned: learned.count,
      columns: table.columns.count,
      report: report
    )
  }
}
