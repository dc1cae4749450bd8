internal import HourglassAutoencoders
public import HourglassData
internal import HourglassEncodings
public import HourglassEngines
internal import HourglassGraphs
internal import HourglassNetworks
internal import HourglassStatistics
public import HourglassTasksCommon
internal import HourglassTensors

/// What is to be predicted from features, for each item; `nil` where it is not known.
public enum ProbeTarget: Hashable, Sendable {
  /// A class by its place among names.
  case classes([Int?], names: [String])
  /// A number.
  case numbers([Double?])

  /// Takes the cells of a column: categories and booleans are classes, all else numbers.
  public init(_ column: Table.Column) {
    if case .codes(let codes, let levels) = column.cells {
      self = .classes(codes.map { $0 < 0 ? nil : Int($0) }, names: levels)
    } else {
      self = .numbers((0..<column.count).map { column.number($0) })
    }
  }

  fileprivate var known: [Int] {
    switch self {
    case .classes(let classes, _): classes.indices.filter { classes[$0] != nil }
    case .numbers(let numbers): numbers.indices.filter { numbers[$0]?.isFinite == true }
    }
  }
}

/// Compares what simple supervised models make of features, of the raw values and of principal
/// components, by cross-validation.
///
/// The interval of a mean over folds counts that training parts overlap: its variance is that over the
/// folds times 1/5 + 1/4. Reference: Nadeau, Bengio, 2003, "Inference for the Generalization Error",
/// doi:10.1023/A:1024068626366, equation 14.
public struct FeatureProbe: Sendable {
  /// The most items that are used, drawn by the seed.
  public static let itemLimit = 3_000
  private static let folds = 5
  private static let neighbors = 10
  /// The 97.5% quantile of Student's distribution with four degrees of freedom.
  private static let quantile = 2.776_445

  /// What is predicted, in words.
  public let name: String
  /// What is predicted.
  public let target: ProbeTarget
  /// From it come the folds.
  public let seed: UInt64

  /// Takes a target; it must have as many elements as the data have items.
  public init(name: String, target: ProbeTarget, seed: UInt64 = 0) {
    self.name = name
    self.target = target
    self.seed = seed
  }

  /// Trains and evaluates the models.
  ///
  /// - Parameters:
  ///   - extractor: It makes the features.
  ///   - data: The items of the target.
  ///   - inputs: What the models are given; features alone take less time.
  /// - Throws: `tooFewToProbe` where fewer than 50 targets are known or they do not differ.
  public func report(
    of extractor: FittedFeatureExtractor,
    on data: Dataset,
    inputs: [ProbeReport.Input] = ProbeReport.Input.allCases,
    engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> ProbeReport {
    do {
      return try await measured(extractor, data, inputs, engine)
    } catch {
      throw HourglassError(error)
    }
  }

  private func measured(
    _ extractor: FittedFeatureExtractor,
    _ data: Dataset,
    _ kinds: [ProbeReport.Input],
    _ engine: ComputeEngine
  ) async throws -> ProbeReport {
    var chosen = target.known
    Permutation.shuffle(&chosen, seed: seed, purpose: Self.purpose, number: 0)
    chosen = chosen.prefix(Self.itemLimit).sorted()
    let items = try RawItems(data, for: extractor.encoding)
    let rows = try EncodedRows(items, encoding: extractor.encoding)
    let isOfSounds = extractor.kind == .sounds
    let used = isOfSounds ? rows : rows.selecting(chosen)
    let filled = FilledValues(used)
    func values(_ kind: ProbeReport.Input) async throws -> Tensor {
      switch kind {
      case .features: return try await extractor.encoder.encode(used, on: engine)
      case .raw: return filled.tensor
      case .principalComponents:
        let count = extractor.dimensions
        return try await PrincipalComponents(of: filled, count: count, on: engine)
          .codes(of: filled.tensor)
      }
    }
    let folding = try Folding(target, chosen, name: name, seed: seed, folds: Self.folds)
    var scores: [ProbeReport.Score] = []
    for input in kinds {
      let tensor = try await values(input)
      let whole = PaddedRows(isOfSounds ? items.codesOfWholes(tensor) : tensor)
      let rows = isOfSounds ? whole.rows(chosen) : whole
      for model in ProbeReport.Model.allCases {
        var values: [Double] = []
        for fold in 0..<Self.folds {
          try Task.checkCancellation()
          values.append(folding.score(model, rows, fold, neighbors: Self.neighbors))
          await Task.yield()
        }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance =
          values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
        scores.append(
          ProbeReport.Score(
            input: input,
            model: model,
            mean: mean,
            halfWidth: Self.quantile * (variance * (1.0 / 5 + 1.0 / 4)).squareRoot()
          )
        )
      }
    }
    var names: [String] = []
    if case .classes(_, let all) = target { names = all }
    return ProbeReport(
      target: name,
      classes: names,
      itemCount: chosen.count,
      dimensions: extractor.dimensions,
      valueCount: extractor.valueCount,
      trivial: folding.trivial,
      folds: Self.folds,
      scores: scores
    )
  }

  static let purpose: UInt32 = 0x7072_6f62
}

/// The parts of cross-validation, each class spread over all of them.
private struct Folding {
  private let classes: [Int]
  private let numbers: [Double]
  private let classCount: Int
  private let parts: [(training: [Int], test: [Int])]

  init(
    _ target: ProbeTarget,
    _ chosen: [Int],
    name: String,
    seed: UInt64,
    folds: Int
  ) throws(TaskError) {
    var order = Array(chosen.indices)
    Permutation.shuffle(&order, seed: seed, purpose: FeatureProbe.purpose, number: 1)
    switch target {
    case .classes(let all, let names):
      let classes = chosen.map { all[$0] ?? 0 }
      self.classes = classes
      numbers = []
      classCount = names.count
      // Stable: items of a class stay in their shuffled order.
      order = order.enumerated().sorted { (classes[$0.1], $0.0) < (classes[$1.1], $1.0) }.map(\.1)
    case .numbers(let all):
      classes = []
      numbers = chosen.map { all[$0] ?? 0 }
      classCount = 0
    }
    let differs = Set(classes).count > 1 || Set(numbers).count > 1
    guard chosen.count >= 50, differs else {
      throw .tooFewToProbe(name: name, known: chosen.count)
    }
    parts = (0..<folds).map { [order] fold in
      (
        order.enumerated().filter { $0.0 % folds != fold }.map(\.1),
        order.enumerated().filter { $0.0 % folds == fold }.map(\.1)
      )
    }
  }

  /// The share of the most frequent class; 0 for numbers.
  var trivial: Double {
    guard classCount > 0 else { return 0 }
    var counts = [Int](repeating: 0, count: classCount)
    for name in classes { counts[name] += 1 }
    return Double(counts.max() ?? 0) / Double(classes.count)
  }

  /// The accuracy, or R², of a model on the test part of a fold.
  func score(
    _ model: ProbeReport.Model,
    _ rows: PaddedRows,
    _ fold: Int,
    neighbors: Int
  ) -> Double {
    let (training, test) = parts[fold]
    let (known, new) = (rows.rows(training), rows.rows(test))
    if classCount > 0 {
      let truth = training.map { classes[$0] }
      let found: [Int]
      switch model {
      case .linear:
        found = SoftmaxRegression(known, classes: truth, classCount: classCount).classes(of: new)
      case .nearestNeighbors:
        found = NearestNeighbors(known, count: neighbors).classes(of: new, from: truth)
      }
      let right = zip(test, found).count { classes[$0] == $1 }
      return Double(right) / Double(max(test.count, 1))
    }
    let truth = training.map { numbers[$0] }
    let found: [Double]
    switch model {
    case .linear: found = RidgeRegression(known, numbers: truth).numbers(of: new)
    case .nearestNeighbors:
      found = NearestNeighbors(known, count: neighbors).numbers(of: new, from: truth)
    }
    let mean = test.reduce(0.0) { $0 + numbers[$1] } / Double(max(test.count, 1))
    var (left, whole) = (0.0, 0.0)
    for (item, value) in zip(test, found) {
      left += (numbers[item] - value) * (numbers[item] - value)
      whole += (numbers[item] - mean) * (numbers[item] - mean)
    }
    return whole > 0 ? 1 - left / whole : 0
  }
}

extension BatchSource {
  /// All items as rows, `[count, values]`.
  fileprivate var tensor: Tensor {
    let width = itemShape.elementCount
    var values = [Float](repeating: 0, count: count * width)
    let indices = Array(0..<count)
    var place = values.mutableSpan
    copyItems(indices.span, into: &place)
    return Tensor(values, shape: [count, width])
  }
}

extension PrincipalComponents {
  /// The coordinates of rows along the directions, `[rows, count]`.
  fileprivate func codes(of rows: Tensor) -> Tensor {
    let width = rows.shape[1]
    var codes: [Float] = []
    codes.reserveCapacity(rows.shape[0] * count)
    for row in 0..<rows.shape[0] {
      for component in 0..<count {
        var sum = 0.0
        for column in 0..<width {
          let value = Double(rows.scalars[row * width + column]) - means[column]
          sum += value * components[component * width + column]
        }
        codes.append(Float(sum))
      }
    }
    return Tensor(codes, shape: [rows.shape[0], count])
  }
}
