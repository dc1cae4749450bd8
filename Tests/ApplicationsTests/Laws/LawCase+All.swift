import HourglassEngines
import HourglassNetworks
import HourglassSignatures
import HourglassTensors

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
    + [DataKind.table, .series].map(impute) + [imputeImages, colorize]

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
        errors: { fitted, _ in reconstructs ? errors(fitted.report) : distrust(fitted.report) }
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
      return FittedUnderLaw(fitted, errors: { fitted, _ in errors(fitted.report) }) {
        try await $0.features(of: $1, on: smallEngine()).scalars
      }
    }
  }

  /// How much codes are not to be trusted as a map, beside codes at random.
  private static func distrust(_ report: ReductionReport?) -> (Double, Double)? {
    report?.neighbors.map { (1 - $0.autoencoder.trustworthiness, 0.5) }
  }

  private static func errors(_ report: ReductionReport?) -> (Double, Double)? {
    report.map { ($0.autoencoder.errorPerRow, $0.columnMeans?.errorPerRow ?? 0) }
  }

  private static func match(_ kind: DataKind) -> LawCase {
    LawCase(application: "match", kind: kind, data: { try made(kind) }) { data in
      let fitted = try await Matcher(dimensions: 4, learning: learning(6))
        .fit(data, session: session())
      return FittedUnderLaw(
        fitted,
        errors: { fitted, data in
          let report = try await fitted.evaluate(data, on: smallEngine())
          return (1 - report.signatures, 1 - 1.2 / Double(report.itemCount))
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
        errors: { fitted, _ in fitted.report.map { ($0.denoised.error, $0.noisy.error) } }
      ) { fitted, data in
        switch data {
        case .table(let table): return try await fitted.denoised(table, on: smallEngine()).lawValues
        case .series(let set): return try await fitted.denoised(set, on: smallEngine()).lawValues
        case .images(let set):
          var values: [Float] = []
          for index in 0..<set.count {
            values += try await fitted.denoised(set.image(index), on: smallEngine()).planes()
              .flatMap(\.self)
          }
          return values
        case .largeTable, .largeSeries: return []
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

  private static func detect(_ kind: DataKind) -> LawCase {
    LawCase(application: "detect", kind: kind, data: { try made(kind) }) { data in
      let detector = AnomalyDetector(
        falseAlarmRate: 0.05,
        architecture: dense,
        learning: learning(12)
      )
      let fitted = try await detector.fit(data, session: session())
      return FittedUnderLaw(
        fitted,
        errors: { fitted, data in
          let own = try await fitted.findings(in: data, on: smallEngine()).scores
          let strange = try await fitted.findings(in: damaged(data), on: smallEngine()).scores
          let area = RankMetrics.areaUnderROC(
            scores: own + strange,
            positives: own.map { _ in false } + strange.map { _ in true }
          )
          return area.map { (1 - $0, 0.3) }
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
          let report = try await fitted.evaluate(data, on: smallEngine())
          if let tables = report.tables {
            return (1 - tables.generated.pairTrends, 1 - (tables.independent?.pairTrends ?? 1))
          }
          return report.bound.map { (-$0.evidenceLowerBound, -($0.independentPixels ?? .infinity)) }
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
          guard let own = fitted.report?.own?.error,
            let trivial = fitted.report?.columnMeans?.error
          else { return nil }
          return (own, trivial)
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
      errors: { fitted, _ in fitted.report.map { ($0.own.error, $0.mean?.error ?? 0) } }
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
      errors: { fitted, _ in
        fitted.report.map { ($0.colored.abChannelError, $0.mean?.abChannelError ?? 0) }
      }
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
