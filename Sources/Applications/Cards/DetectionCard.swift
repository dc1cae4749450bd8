internal import HourglassDatasets

/// Anomalies among labeled tables: the sets of ADBench, or any folder of `.npz` files with the arrays
/// `X`, `[rows, columns]`, and `y`, 1 for an anomaly.
///
/// Reference: Han, Hu, Huang, Jiang, Zhao, 2022, "ADBench: Anomaly Detection Benchmark",
/// arXiv:2206.09426; for the setting `clean` Livernoche, Jain, Hezaveh, Ravanbakhsh, 2024, "On Diffusion
/// Modeling for Anomaly Detection", arXiv:2305.18593.
package struct DetectionCard: QualityBenchmark {
  /// What is trained on.
  package enum Setting: String, Sendable {
    /// Half of the normal rows; the others, and all anomalies, are scored.
    case clean
    /// All rows, and all are scored.
    case mixed
  }

  /// What is trained on.
  package let setting: Setting

  private static let rowLimit = 20_000
  private static let falseAlarmRate = 0.01

  package init(_ setting: Setting) { self.setting = setting }

  package var name: String { "adbench-\(setting.rawValue)" }

  package var summary: String {
    let split =
      switch setting {
      case .clean:
        "Half of the normal rows of each set are trained on; the other half and all anomalies are "
          + "scored."
      case .mixed: "All rows of each set are trained on and scored; the labels only evaluate."
      }
    return split + " Rows are shuffled with NumPy's generator of seed 0, and at most 20,000 taken."
  }

  package var figures: [CardResult.Figure] {
    let figures = [
      CardResult.Figure("AUROC", places: 4, moreIsBetter: true),
      CardResult.Figure("average precision", places: 4, moreIsBetter: true),
    ]
    guard setting == .clean else { return figures }
    return figures + [CardResult.Figure("false alarms at 1%", places: 4, moreIsBetter: nil)]
  }

  package var published: [CardResult.Method] {
    let source = "the 29 sets of ADBench with up to 20,000 rows and its defaults, PyOD 3.6.7"
    switch setting {
    case .clean:
      return [
        ("kNN", 0.8373, 0.6594), ("LOF", 0.8217, 0.6396), ("PyOD AutoEncoder", 0.8069, 0.6216),
        ("PyOD VAE", 0.7904, 0.5866), ("IForest", 0.7738, 0.5375), ("PCA", 0.7291, 0.5289),
        ("ECOD", 0.7093, 0.4851),
      ].map { CardResult.Method($0.0, source: source, [$0.1, $0.2, nil]) }
    case .mixed:
      return [
        ("IForest", 0.7437, 0.4171), ("kNN", 0.7426, 0.3603), ("PyOD AutoEncoder", 0.7313, 0.3266),
        ("PyOD VAE", 0.7137, 0.3578), ("ECOD", 0.7103, 0.3730), ("PCA", 0.7004, 0.3799),
        ("LOF", 0.6690, 0.2739),
      ].map { CardResult.Method($0.0, source: source, [$0.1, $0.2]) }
    }
  }

  package func measure(_ run: CardRun) async throws -> CardMeasurement {
    let paths = try run.paths(ending: ".npz", for: self, what: ".npz files with X and y")
    var parts: [CardResult.Part] = []
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
        CardResult.Part(
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
    return CardMeasurement(
      own: means(own) + rate,
      baselines: names.map { name in
        CardResult.Method(name, means(baselines[name] ?? []) + (setting == .clean ? [nil] : []))
      },
      partFigures: ["learned", "scored", "columns"].map {
        CardResult.Figure($0, places: 0, moreIsBetter: nil)
      } + (["AUROC"] + names).map { CardResult.Figure($0, places: 3, moreIsBetter: true) }
        + [CardResult.Figure("average precision", places: 3, moreIsBetter: true)],
      parts: parts,
      paths: paths
    )
  }

  private func report(
    _ path: String,
    _ run: CardRun
  ) async throws -> (name: String, learned: Int, columns: Int, report: LabeledReport) {
    var options = DatasetOptions()
    options.labelsName = "y"
    guard case .table(let all) = try Dataset.load(contentsOf: path, options: options),
      case .codes(let codes, let levels)? = all[column: "y"]?.cells
    else {
      throw TaskError.unsuitedKind(
        name: path,
        job: "measure \(name) on",
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
      throw TaskError.unsuitedKind(
        name: path,
        job: "measure \(self.name) on",
        expected: "rows of both labels",
        found: "\(labels.count { $0 }) anomalies and \(normal.count) normal rows"
      )
    }
    let detector = AnomalyDetector(
      falseAlarmRate: Self.falseAlarmRate,
      learned: setting == .mixed ? .mixed : .normal,
      learning: run.learning
    )
    let fitted = try await detector.fit(.table(table.rows(learned)), session: run.session)
    let test = Dataset.table(table.rows(scored))
    let findings = try await fitted.findings(in: test, on: run.engine)
    let report = try await fitted.evaluate(
      findings,
      of: test,
      labels: scored.map { labels[$0] },
      on: run.engine
    )
    guard let report else { preconditionFailure("there are rows of both labels") }
    return (name, learned.count, table.columns.count, report)
  }
}
