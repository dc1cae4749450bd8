import Hourglass
import HourglassBenchmarkSupport

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
    var alarms = (count: 0, normal: 0)
    var baselines: [String: [(Double, Double)]] = [:]
    var own: [(Double, Double)] = []
    for path in paths {
      let set = try await evaluated(path, run)
      own.append((set.area, set.precision))
      for method in set.baselines {
        guard let area = method.values[0], let precision = method.values[1] else { continue }
        baselines[method.name, default: []].append((area, precision))
      }
      alarms.count += set.falseAlarms
      alarms.normal += set.normal
      parts.append(
        BenchmarkResult.Part(
          name: set.name,
          values: [Double(set.learned), Double(set.scored), Double(set.columns)]
            + [set.area, set.precision] + set.baselines.map { $0.values[0] }
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
    let rate: [Double?] =
      setting == .clean ? [Double(alarms.count) / Double(max(alarms.normal, 1))] : []
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
      }
        + (["AUROC", "average precision"] + names).map {
          BenchmarkResult.Figure($0, places: 3, moreIsBetter: true)
        },
      parts: parts,
      paths: paths
    )
  }

  /// What one set gave.
  private struct Evaluated {
    let name: String
    let learned: Int
    let scored: Int
    let columns: Int
    let area: Double
    let precision: Double
    /// The normal rows that were scored, and those of them that were taken for anomalies.
    let normal: Int
    let falseAlarms: Int
    /// The baselines in the order of their names, with AUROC and average precision.
    let baselines: [BenchmarkResult.Method]
  }

  /// The column of labels in the files that are scored.
  private static let labelsName = "anomaly"

  private func evaluated(_ path: String, _ run: BenchmarkRun) async throws -> Evaluated {
    var options = DatasetOptions()
    options.labelsName = "y"
    guard case .table(let rows) = try Dataset.load(contentsOf: path, options: options),
      case let all = rows.sample, case .codes(let codes, let levels)? = all[column: "y"]?.cells
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
    let marks = scored.map { labels[$0] }
    guard !learned.isEmpty, marks.contains(true), marks.contains(false) else {
      throw BenchmarkError.unsuited(
        path,
        for: self.name,
        expected: "rows of both labels",
        found: "\(labels.count { $0 }) anomalies and \(normal.count) normal rows"
      )
    }
    let folder = try ScratchFolder()
    let truth = Table.Column(
      name: Self.labelsName,
      kind: .integer,
      cells: .numbers(marks.map { $0 ? 1 : 0 }, missing: []),
      decimals: 0
    )
    try table.rows(scored).adding(truth).write(to: folder.file("data.csv"))
    var request = TaskRequest(task: "detect", data: ["data.csv"])
    request.files = ["output": "scores.csv"]
    request.options = ["labels": Self.labelsName]
    if setting == .clean {
      try table.rows(learned).write(to: folder.file("normal.csv"))
      request.files["learnFrom"] = "normal.csv"
    }
    let outcome = try await run.run(request, in: folder)
    let result = try Table(contentsOf: folder.file("scores.csv"))
    let scores = try result.numbers("score")
    let alarms = try result.numbers("is_anomaly")
    guard scores.count == marks.count,
      let area = RankingScores.areaUnderROC(scores, positives: marks),
      let precision = RankingScores.averagePrecision(scores, positives: marks)
    else {
      throw BenchmarkError(
        "\(name) should have a score for each of \(marks.count) rows, found \(scores.count)."
      )
    }
    return Evaluated(
      name: name,
      learned: learned.count,
      scored: marks.count,
      columns: table.columns.count,
      area: area,
      precision: precision,
      normal: marks.count { !$0 },
      falseAlarms: zip(alarms, marks).count { $0 == 1 && !$1 },
      baselines: try outcome.baselines(["AUROC", "average precision"])
        .sorted { $0.name < $1.name }
    )
  }
}
