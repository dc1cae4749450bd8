package import HourglassTasksCommon

/// What is to be predicted from features, for each item; `nil` where it is not known.
package enum ProbeTarget: Hashable, Sendable {
  /// A class by its place among names.
  case classes([Int?], names: [String])
  /// A number.
  case numbers([Double?])

  /// Takes the cells of a column: categories and booleans are classes, all else numbers.
  package init(_ column: Table.Column) {
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

/// Compares what simple supervised models make of features, of the raw values, of principal components and
/// of as many random features, by cross-validation, with all labels and with a few.
///
/// Random features are max(0, W x + b) of raw values x, of mean 0 and deviation 1 each, with normal W and b:
/// they tell what width alone gives (Rahimi, Recht, 2008, "Weighted Sums of Random Kitchen Sinks", NeurIPS 21).
///
/// The interval of a mean over folds counts that training parts overlap: its variance is that over the
/// folds times 1/5 + 1/4. Reference: Nadeau, Bengio, 2003, "Inference for the Generalization Error",
/// doi:10.1023/A:1024068626366, equation 14.
package struct FeatureProbe: Sendable {
  /// The most items that are used, drawn by the seed.
  package static let itemLimit = 3_000
  private static let folds = 5
  private static let neighbors = 10
  /// The 97.5% quantile of Student's distribution with four degrees of freedom.
  private static let quantile = 2.776_445

  /// What is predicted, in words.
  package let name: String
  /// What is predicted.
  package let target: ProbeTarget
  /// From it come the folds.
  package let seed: UInt64

  /// Takes a target; it must have as many elements as the data have items.
  package init(name: String, target: ProbeTarget, seed: UInt64 = 0) {
    self.name = name
    self.target = target
    self.seed = seed
  }

  /// Trains and evaluates the models: a table of what they are given by models, with intervals.
  ///
  /// The values are the accuracy of classes, or R² of numbers. The verdict compares the linear model on features
  /// with the same on the better baseline, by the differences in the folds.
  ///
  /// - Parameters:
  ///   - extractor: It makes the features.
  ///   - data: The items of the target.
  ///   - comparesWithBaselines: Whether the models also predict from the raw values, from as many principal
  ///     components and from as many random features.
  /// - Throws: `tooFewToProbe` where fewer than 50 targets are known or they do not differ.
  package func evaluate(
    _ extractor: FittedFeatureExtractor,
    on data: Dataset,
    comparesWithBaselines: Bool = true,
    engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Evaluation {
    try await HourglassError.wrapping {
      try await measured(extractor, data, comparesWithBaselines, engine)
    }
  }

  private func measured(
    _ extractor: FittedFeatureExtractor,
    _ data: Dataset,
    _ comparesWithBaselines: Bool,
    _ engine: ComputeEngine
  ) async throws -> Evaluation {
    var chosen = target.known
    Permutation.shuffle(&chosen, seed: seed, purpose: Self.purpose, number: 0)
    chosen = chosen.prefix(Self.itemLimit).sorted()
    let items = try RawItems(data, for: extractor.encoding)
    let rows = try EncodedRows(items, encoding: extractor.encoding)
    let isOfSounds = extractor.kind == .sounds
    let used = isOfSounds ? rows : rows.selecting(chosen)
    let dimensions = NumberText.grouped(extractor.dimensions)
    var inputs = [("\(dimensions) features", try await extractor.encoder.encode(used, on: engine))]
    if comparesWithBaselines {
      let filled = FilledValues(used)
      let values = filled.tensor
      inputs.append(("\(NumberText.grouped(extractor.valueCount)) raw values", values))
      let principal = try await PrincipalComponents(
        of: filled,
        count: extractor.dimensions,
        on: engine
      )
      inputs.append(
        ("PCA, \(NumberText.grouped(principal.count)) dimensions", principal.codes(of: values))
      )
      let random = RandomFeatures(of: values, count: extractor.dimensions, seed: seed)
      inputs.append(("\(dimensions) random features", random.features(of: values)))
    }
    let folding = try Folding(target, chosen, name: name, seed: seed, folds: Self.folds)
    var methods: [Evaluation.Method] = []
    var linear: [[Double]] = []
    for (place, input) in inputs.enumerated() {
      let rows = isOfSounds ? items.codesOfWholes(input.1).rows(chosen) : input.1
      var method = Evaluation.Method(input.0, isBaseline: place > 0, [])
      for model in folding.models {
        var values: [Double] = []
        for fold in 0..<Self.folds {
          try Task.checkCancellation()
          let neighbors = Self.neighbors
          values.append(
            try await folding.score(model, rows, fold, neighbors: neighbors, on: engine)
          )
          await Task.yield()
        }
        let (mean, interval) = Self.interval(of: values)
        method.values.append(mean.isNaN ? nil : mean)
        // An accuracy is a part of 1.
        method.intervals.append(folding.classCount > 0 ? interval?.clamped(to: 0...1) : interval)
        if model == .linear { linear.append(values) }
      }
      methods.append(method)
    }
    return evaluation(methods, linear, folding, itemCount: chosen.count)
  }

  /// The mean over folds with its interval, which numbers that are too large do not have.
  private static func interval(of values: [Double]) -> (Double, ClosedRange<Double>?) {
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
    let half = quantile * (variance * (1.0 / 5 + 1.0 / 4)).squareRoot()
    return (mean, half.isFinite ? (mean - half)...(mean + half) : nil)
  }

  private func evaluation(
    _ methods: [Evaluation.Method],
    _ linear: [[Double]],
    _ folding: Folding,
    itemCount: Int
  ) -> Evaluation {
    let isOfClasses = folding.classCount > 0
    let measure = isOfClasses ? "accuracy" : "R²"
    let format = Evaluation.Metric.Format.fixed(3)
    let regression = isOfClasses ? "softmax regression" : "ridge regression"
    let metrics = folding.models.map { model in
      let name =
        switch model {
        case .linear: regression
        case .linearOfFew: "\(regression), \(Folding.few) labels"
        case .nearestNeighbors: "10 nearest neighbors"
        }
      return Evaluation.Metric(name, better: .higher, format: format)
    }
    var (methods, verdict) = (methods, Verdict?.none)
    let means = linear.map { $0.reduce(0, +) }
    if let best = means.indices.dropFirst().max(by: { means[$0] < means[$1] }) {
      let trivial = isOfClasses ? Self.mostFrequent : "mean"
      methods.append(
        Evaluation.Method(trivial, isBaseline: true, metrics.map { _ in folding.trivial })
      )
      let (mean, interval) = Self.interval(of: zip(linear[0], linear[best]).map { $0 - $1 })
      verdict = interval.map {
        Verdict(
          "\(measure) of \(metrics[0].name)",
          methods[best].name,
          advantage: mean,
          interval: $0,
          format: format,
          isRelative: false
        )
      }
    }
    let count = NumberText.grouped(itemCount)
    let classes = isOfClasses ? " (\(folding.classCount) classes)" : ""
    return Evaluation(
      title: "\(measure) of \(name)\(classes): \(count) items, \(Self.folds)-fold cross-validation",
      split: .given,
      itemCount: itemCount,
      tables: [Evaluation.Table(metrics: metrics, methods: methods)],
      verdict: verdict,
      notes: [
        "In brackets: 95 % intervals. Features are trained without \(name), on the items of all folds."
      ]
    )
  }

  /// The name of the baseline that takes the most frequent class for all.
  package static let mostFrequent = "most frequent class"

  static let purpose: UInt32 = 0x7072_6f62
}

/// A model that predicts.
private enum ProbeModel {
  /// Softmax regression for classes, ridge regression for numbers, with a penalty that is chosen on training
  /// rows.
  case linear
  /// The same, fitted to a few rows whose labels are known.
  case linearOfFew
  /// The ten nearest neighbors.
  case nearestNeighbors
}

/// The parts of cross-validation, each class spread over all of them.
private struct Folding {
  private let classes: [Int]
  private let numbers: [Double]
  let classCount: Int
  private let seed: UInt64
  /// The rounds of a model that only chooses a penalty.
  private static let rounds = 40
  private let parts: [(training: [Int], test: [Int])]

  init(
    _ target: ProbeTarget,
    _ chosen: [Int],
    name: String,
    seed: UInt64,
    folds: Int
  ) throws(TaskError) {
    self.seed = seed
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

  /// The few labels.
  static let few = 100

  /// What predicts: with a few labels where there are clearly more.
  var models: [ProbeModel] {
    parts.allSatisfy { $0.training.count >= 2 * Self.few }
      ? [.linear, .linearOfFew, .nearestNeighbors] : [.linear, .nearestNeighbors]
  }

  /// The share of the most frequent class; 0 for numbers.
  var trivial: Double {
    guard classCount > 0 else { return 0 }
    var counts = [Int](repeating: 0, count: classCount)
    for name in classes { counts[name] += 1 }
    return Double(counts.max() ?? 0) / Double(classes.count)
  }

  /// The accuracy, or R², of a model on the test part of a fold.
  ///
  /// - Parameter rows: `[items, values]`.
  func score(
    _ model: ProbeModel,
    _ rows: Tensor,
    _ fold: Int,
    neighbors: Int,
    on engine: ComputeEngine
  ) async throws -> Double {
    var (training, test) = parts[fold]
    if model == .linearOfFew {
      Permutation.shuffle(
        &training,
        seed: seed,
        purpose: FeatureProbe.purpose,
        number: 2 + UInt64(fold)
      )
      training = Array(training.prefix(Self.few))
    }
    // Of few rows each tenth counts.
    let tenths = model == .linearOfFew ? 10 : 1
    let (known, new) = (rows.rows(training), rows.rows(test))
    if classCount > 0 {
      let truth = training.map { classes[$0] }
      let found: [Int]
      switch model {
      case .linear, .linearOfFew:
        let rows = PaddedRows(known)
        let penalty = SoftmaxRegression.penalty(
          for: rows,
          classes: truth,
          classCount: classCount,
          rounds: Self.rounds,
          folds: tenths
        )
        found = SoftmaxRegression(rows, classes: truth, classCount: classCount, penalty: penalty)
          .classes(of: PaddedRows(new))
      case .nearestNeighbors:
        found = try await nearest(neighbors, of: known, to: new, engine) { near in
          Self.mostFrequent(near.map { truth[$0] })
        }
      }
      let right = zip(test, found).count { classes[$0] == $1 }
      return Double(right) / Double(max(test.count, 1))
    }
    let truth = training.map { numbers[$0] }
    let found: [Double]
    switch model {
    case .linear, .linearOfFew:
      let rows = PaddedRows(known)
      let penalty = RidgeRegression.penalty(
        for: rows,
        numbers: truth,
        rounds: Self.rounds,
        folds: tenths
      )
      found = RidgeRegression(rows, numbers: truth, penalty: penalty).numbers(of: PaddedRows(new))
    case .nearestNeighbors:
      found = try await nearest(neighbors, of: known, to: new, engine) { near in
        near.reduce(0.0) { $0 + truth[$1] } / Double(max(near.count, 1))
      }
    }
    let mean = test.reduce(0.0) { $0 + numbers[$1] } / Double(max(test.count, 1))
    var (left, whole) = (0.0, 0.0)
    for (item, value) in zip(test, found) {
      left += (numbers[item] - value) * (numbers[item] - value)
      whole += (numbers[item] - mean) * (numbers[item] - mean)
    }
    return whole > 0 ? 1 - left / whole : 0
  }

  /// What becomes of the nearest known rows of each new one, the nearest first.
  private func nearest<Result>(
    _ count: Int,
    of known: Tensor,
    to new: Tensor,
    _ engine: ComputeEngine,
    _ result: ([Int]) -> Result
  ) async throws -> [Result] {
    let search = NearestNeighbors(TensorSource(known))
    let found = try await search.nearest(to: TensorSource(new), count: count, on: engine)
    return (0..<new.shape[0]).map { result(found.of($0).map(\.row)) }
  }

  /// The most frequent of the classes of the nearest rows; among equals that of the nearest.
  private static func mostFrequent(_ found: [Int]) -> Int {
    var votes: [Int: Int] = [:]
    for name in found { votes[name, default: 0] += 1 }
    let most = votes.values.max() ?? 0
    return found.first { votes[$0] == most } ?? 0
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

extension Tensor {
  /// Some rows in the order of their numbers.
  fileprivate func rows(_ numbers: [Int]) -> Tensor {
    let width = shape[1]
    return Tensor(
      numbers.flatMap { scalars[$0 * width..<($0 + 1) * width] },
      shape: [numbers.count, width]
    )
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
