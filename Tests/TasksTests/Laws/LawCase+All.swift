import HourglassEngines
import HourglassNetworks
import HourglassSignatures
import HourglassTensors
import HourglassTestSupport

@testable import HourglassColorize
@testable import HourglassData
@testable import HourglassDenoise
@testable import HourglassDetect
@testable import HourglassEncodings
@testable import HourglassEvaluation
@testable import HourglassFeatures
@testable import HourglassGenerate
@testable import HourglassImpute
@testable import HourglassMatch
@testable import HourglassMedia
@testable import HourglassReduce
@testable import HourglassTasksCommon

extension LawCase {
  /// Every application with every kind of data that it learns from.
  static let all: [LawCase] =
    DataKind.allCases.flatMap { [reduce($0), features($0)] }
    + DataKind.allCases.map { reduce($0, preserves: .neighbors(count: 5)) }
    + [DataKind.table, .images, .sounds].map(match)
    + DataKind.allCases.map(denoise)
    + [DataKind.table, .images, .series].flatMap { [detect($0), generate($0)] }
    + [DataKind.table, .series].map(impute) + [
      detect(.table, learned: .mixed), imputeImages, colorize, reduceRowsOfNumbers,
      reduceManyImages,
    ]

  private static func made(_ kind: DataKind) throws -> Dataset {
    switch kind {
    case .table: LawData.table()
    case .images: try LawData.images()
    case .sounds: LawData.sounds()
    case .series: try LawData.series()
    }
  }

  private static func learning(_ epochs: Int) -> TrainingSettings {
    TrainingSettings(epochs: epochs, seed: 3)
  }

  private static func session() -> TrainingSession { TrainingSession(engine: smallEngine()) }

  private static let dense = Architecture.dense(hidden: [24], activation: .silu)
  private static let translating = Architecture.uNet(base: 4, depth: 1, activation: .relu)

  // MARK: Codes

  private static func reduce(
    _ kind: DataKind,
    preserves: DimensionReducer.Preservation = .values
  ) -> LawCase {
    let setting = preserves == .values ? "" : ", neighbors"
    let epochs = kind == .sounds ? 200 : preserves == .values ? 12 : 60
    // A map of so few images reconstructs new ones worse than their mean, and its report says so: it is
    // evaluated by the neighbors that it keeps.
    let reconstructs = setting.isEmpty || kind != .images
    return LawCase(
      application: "reduce",
      setting: setting,
      kind: kind,
      data: { try made(kind) }
    ) { data in
      let fitted = try await DimensionReducer(
        learning: learning(epochs),
        preserves: preserves
      )
      .fit(data, session: session())
      return FittedUnderLaw(
        fitted,
        errors: { fitted, _ in
          reconstructs ? errors(fitted.evaluation) : distrust(fitted.evaluation)
        }
      ) {
        try await $0.codes(of: $1, on: smallEngine()).scalars
      }
    }
  }

  private static let reduceRowsOfNumbers = reduceNumbers(of: .table, epochs: 30) {
    try Dataset(table(curvedRows(220)))
  }

  private static let reduceManyImages = reduceNumbers(of: .images, epochs: 10) {
    try LawData.images(220)
  }

  /// Complete data, evaluated on items that were not there in training.
  private static func reduceNumbers(
    of kind: DataKind,
    epochs: Int,
    data: @escaping @Sendable () throws -> Dataset
  ) -> LawCase {
    LawCase(application: "reduce", setting: ", complete", kind: kind, data: data) { data in
      let fitted = try await DimensionReducer(learning: learning(epochs))
        .fit(data, session: session())
      return FittedUnderLaw(
        fitted,
        errors: { try await errors($0.evaluate($1, on: smallEngine())) }
      ) {
        try await $0.codes(of: $1, on: smallEngine()).scalars
      }
    }
  }

  private static func features(_ kind: DataKind) -> LawCase {
    LawCase(application: "features", kind: kind, data: { try made(kind) }) { data in
      let fitted = try await FeatureExtractor(
        dimensions: 3,
        learning: learning(kind == .sounds ? 200 : 12)
      )
      .fit(data, session: session())
      return FittedUnderLaw(fitted, errors: { fitted, _ in errors(fitted.evaluation) }) {
        try await $0.features(of: $1, on: smallEngine()).scalars
      }
    }
  }

  /// 1 - trustworthiness of the latent vectors, relative to that of random ones.
  private static func distrust(_ evaluation: Evaluation?) -> (Double, Double)? {
    evaluation?["trustworthiness"].map { (1 - $0, 0.5) }
  }

  private static func errors(_ evaluation: Evaluation?) -> (Double, Double)? {
    evaluation.map { ($0["MSE"] ?? .nan, $0["mean", "MSE"] ?? 0) }
  }

  /// The metric of a model and of a baseline, where both were measured.
  private static func errors(
    _ evaluation: Evaluation?,
    _ metric: String,
    against baseline: String
  ) -> (Double, Double)? {
    guard let own = evaluation?[metric], let trivial = evaluation?[baseline, metric] else {
      return nil
    }
    return (own, trivial)
  }

  private static func match(_ kind: DataKind) -> LawCase {
    LawCase(application: "match", kind: kind, data: { try made(kind) }) { data in
      let fitted = try await Matcher(dimensions: 4, learning: learning(6))
        .fit(data, session: session())
      return FittedUnderLaw(
        fitted,
        errors: { fitted, data in
          let report = try await fitted.evaluate(data, on: smallEngine())
          // By chance, one copy in as many as there are items is found.
          return (1 - (report["recall@1"] ?? 0), 1 - 1.5 / Double(report.itemCount))
        }
      ) { fitted, data in
        try await fitted.items(of: data, on: smallEngine()).flatMap {
          $0.signatures.flatMap(\.self)
        }
      }
    }
  }

  // MARK: Items

  private static func denoise(_ kind: DataKind) -> LawCase {
    LawCase(application: "denoise", kind: kind, data: { try made(kind) }) { data in
      let denoiser = Denoiser(
        noise: .gaussian(standardDeviation: kind == .images ? 0.2 : 0.5),
        architecture: kind == .images || kind == .sounds ? translating : nil,
        learning: learning(kind == .images ? 3 : kind == .sounds ? 8 : 30)
      )
      let fitted = try await denoiser.fit(data, session: session())
      return FittedUnderLaw(
        fitted,
        errors: { fitted, _ in errors(fitted.evaluation, "RMSE", against: "noisy") }
      ) { fitted, data in
        switch data {
        case .table(let table):
          return try await fitted.denoised(table.sample, on: smallEngine()).lawValues
        case .series(let set):
          return try await fitted.denoised(set.sample, on: smallEngine()).lawValues
        case .images(let set):
          var values: [Float] = []
          for index in 0..<set.count {
            values += try await fitted.denoised(set.image(index), on: smallEngine()).planes()
              .flatMap(\.self)
          }
          return values
        case .sounds(let set):
          var values: [Float] = []
          for index in 0..<set.count {
            values += try await fitted.denoised(set.sound(index), on: smallEngine()).channels
              .flatMap(\.self)
          }
          return values
        }
      }
    }
  }

  private static func detect(
    _ kind: DataKind,
    learned: AnomalyDetector.LearnedItems = .normal
  ) -> LawCase {
    LawCase(
      application: "detect",
      setting: learned == .normal ? "" : ", contaminated",
      kind: kind,
      data: { try made(kind) }
    ) { data in
      let detector = AnomalyDetector(
        falseAlarmRate: 0.05,
        learned: learned,
        architecture: dense,
        learning: learning(12)
      )
      let fitted = try await detector.fit(data, session: session())
      return FittedUnderLaw(
        fitted,
        errors: { fitted, data in
          let own = try await fitted.findings(in: data, on: smallEngine()).scores
          let anomalous = try await fitted.findings(in: damaged(data), on: smallEngine()).scores
          let area = RankMetrics.areaUnderROC(
            scores: own + anomalous,
            positives: own.map { _ in false } + anomalous.map { _ in true }
          )
          // Far neighbors, which do not let anomalies hide each other, see single cells less.
          return area.map { (1 - $0, learned == .mixed && kind == .table ? 0.4 : 0.3) }
        }
      ) { fitted, data in
        let findings = try await fitted.findings(in: data, on: smallEngine())
        return findings.flatMap { [Float($0.score), Float($0.pValue)] }
      }
    }
  }

  /// Items whose parts no longer go together.
  private static func damaged(_ data: Dataset) throws -> Dataset {
    if let table = data.lawTable {
      let column = table.columns.last { $0.kind == .number } ?? table.columns[0]
      let order = (0..<column.count).map { ($0 * 7 + 5) % column.count }
      return try data.with(table.replacing(column.rows(order)))
    }
    guard case .images(let set) = data else { return data }
    var values: [Float] = []
    for index in 0..<set.count {
      let own = try set.image(index).planes()[0]
      let other = try set.image((index + 5) % set.count).planes()[0]
      values += own.prefix(own.count / 2) + other.suffix(own.count - own.count / 2)
    }
    let images = Tensor(values, shape: [set.count, 1, 8, 8])
    return .images(ImageSet(try NumericDataset(name: set.name, images: images)))
  }

  private static func generate(_ kind: DataKind) -> LawCase {
    LawCase(
      application: "generate",
      kind: kind,
      isForEachItem: false,
      data: { try made(kind) }
    ) { data in
      let synthesizer = Synthesizer(
        latent: 4,
        architecture: dense,
        learning: learning(kind == .images ? 400 : 60)
      )
      let fitted = try await synthesizer.fit(data, session: session())
      return FittedUnderLaw(
        fitted,
        errors: { fitted, data in
          let evaluation = try await fitted.evaluate(data, on: smallEngine())
          if kind == .images {
            return errors(evaluation, "ELBO", against: "independent pixels").map { (-$0, -$1) }
          }
          let baseline = kind == .series ? "independent steps" : "independent columns"
          return errors(evaluation, "pair trends", against: baseline).map { (1 - $0, 1 - $1) }
        }
      ) { fitted, _ in
        let made = try await fitted.generated(9, seed: 1, on: smallEngine())
        if let table = made.lawTable { return table.lawValues }
        guard case .images(let set) = made else { return [] }
        return try (0..<set.count).flatMap { try set.image($0).planes().flatMap(\.self) }
      }
    }
  }

  private static func impute(_ kind: DataKind) -> LawCase {
    LawCase(application: "impute", kind: kind, data: { try made(kind) }) { data in
      let imputer = Imputer(architecture: dense, latent: 8, members: 2, learning: learning(30))
      let fitted = try await imputer.fit(data, session: session())
      return FittedUnderLaw(
        fitted,
        errors: { fitted, _ in
          errors(fitted.evaluation, "RMSE", against: "mean")
        }
      ) { fitted, data in
        try await fitted.filled(data, on: smallEngine()).lawValues
      }
    }
  }

  private static let imputeImages = LawCase(
    application: "impute",
    kind: .images,
    data: { try made(.images) }
  ) { data in
    let imputer = ImageImputer(architecture: translating, learning: learning(6))
    guard case .images(let images) = data else { throw CancellationError() }
    let fitted = try await imputer.fit(images, session: session())
    return FittedUnderLaw(
      fitted,
      errors: { fitted, _ in errors(fitted.evaluation, "RMSE", against: "mean color") }
    ) { fitted, data in
      guard case .images(let set) = data else { return [] }
      let mask = PixelMask(width: 8, height: 8, missing: (0..<64).map { $0 % 7 < 2 })
      var values: [Float] = []
      for index in 0..<set.count {
        let filled = try await fitted.filled(set.image(index), mask: mask, on: smallEngine())
        values += filled.planes().flatMap(\.self)
      }
      return values
    }
  }

  private static let colorize = LawCase(
    application: "colorize",
    kind: .images,
    data: { try LawData.colorImages() }
  ) { data in
    let colorizer = Colorizer(
      architecture: translating,
      learning: TrainingSettings(epochs: 12, learningRate: 0.005, seed: 3)
    )
    guard case .images(let images) = data else { throw CancellationError() }
    let fitted = try await colorizer.fit(images, session: session())
    return FittedUnderLaw(
      fitted,
      errors: { fitted, _ in errors(fitted.evaluation, "ab error", against: "mean color") }
    ) { fitted, data in
      guard case .images(let set) = data else { return [] }
      var values: [Float] = []
      for index in 0..<set.count {
        values += try await fitted.colored(set.image(index), on: smallEngine()).planes()
          .flatMap(\.self)
      }
      return values
    }
  }
}
