package import HourglassTasksCommon

/// The search for the smallest number of dimensions that keeps enough of the items.
///
///     let (reduced, curve) = try await DimensionReducer()
///       .fit(data, finding: DimensionSearch(keeping: 0.95))
///     print(reduced.dimensions, curve.sizes)
///
/// Sizes are doubled until one keeps enough, and halved between the last two from there. Each is trained
/// for a quarter of the usual time, from the weights of the next smaller one, to which it adds dimensions
/// that begin at the next principal components; the size that is found is then trained in full.
package struct DimensionSearch: Hashable, Sendable, Codable {
  /// What is to be kept of items.
  package enum Measure: String, Hashable, Sendable, Codable, CaseIterable {
    /// Their variance: 1 less the squared error, divided by that of the column means.
    case variance
    /// Their neighbors: the share of the nearest items that are among the nearest by their latent vectors.
    case neighbors
  }

  /// What is to be kept.
  package var measure: Measure
  /// How much of it, above 0 and below 1.
  package var share: Double
  /// The largest number of dimensions to try, at least 1.
  package var largest: Int

  /// Makes a search.
  package init(keeping share: Double = 0.95, of measure: Measure = .variance, largest: Int = 256) {
    self.measure = measure
    self.share = share
    self.largest = largest
  }

  /// The part of the usual time that each size is trained for.
  static let effort = 0.25

  func validate() throws(TaskError) {
    try requireSetting(share > 0 && share < 1, "the share to keep", "above 0 and below 1", share)
    try requireSetting((1...4096).contains(largest), "the largest size", "1 to 4096", largest)
  }
}

/// How much latent vectors keep of items by the number of their dimensions.
package struct DimensionCurve: Hashable, Sendable, Codable {
  /// One number of dimensions.
  package struct Size: Hashable, Sendable, Codable {
    /// The number of dimensions.
    package var dimensions: Int
    /// What the autoencoder keeps, on items held out.
    package var autoencoder: Double
    /// What as many principal components keep.
    package var principalComponents: Double
    /// The mean squared error of the autoencoder on items held out, where it is measured.
    package var autoencoderMSE: Double?
    /// That of as many principal components.
    package var principalComponentsMSE: Double?
  }

  /// What was looked for.
  package var search: DimensionSearch
  /// The sizes that were tried, the smallest first.
  package var sizes: [Size] = []
  /// The smallest size that keeps enough; `nil` where none that was tried does.
  package var enough: Int?

  /// The smallest size at which principal components keep enough, among those that were tried.
  package var enoughOfPrincipalComponents: Int? {
    sizes.first { $0.principalComponents >= search.share }?.dimensions
  }

  mutating func add(_ size: Size) {
    sizes.append(size)
    sizes.sort { $0.dimensions < $1.dimensions }
  }
}

extension DimensionReducer {
  /// Finds how few dimensions are enough, and trains with these.
  ///
  /// Where even the largest size that was tried does not keep enough, that one is trained.
  /// Nothing but the last training leaves a checkpoint.
  ///
  /// - Parameters:
  ///   - data: What is trained on.
  ///   - search: What is to be kept. Its largest size is cut down to the values of an item, and to the
  ///     most that can preserve neighbors.
  ///   - session: Where the last training takes place.
  ///   - progress: Called with each size when it has been measured.
  /// - Throws: As `fit`; `application` where neighbors are to be kept of fewer than 6 items.
  package func fit(
    _ data: Dataset,
    finding search: DimensionSearch,
    session: TrainingSession = TrainingSession(),
    progress: @Sendable (DimensionCurve.Size) -> Void = { _ in }
  ) async throws(HourglassError) -> (FittedDimensionReducer, DimensionCurve) {
    try await HourglassError.wrapping(checkpoint: session.checkpoint) {
      try search.validate()
      var finder = DimensionFinder(self, data, search, session)
      return try await finder.fitted(progress)
    }
  }
}

/// One search.
private struct DimensionFinder {
  private let reducer: DimensionReducer
  private let data: Dataset
  private let session: TrainingSession
  private var curve: DimensionCurve
  /// The models of the sizes that were tried.
  private var models: [Int: FittedDimensionReducer] = [:]

  init(
    _ reducer: DimensionReducer,
    _ data: Dataset,
    _ search: DimensionSearch,
    _ session: TrainingSession
  ) {
    self.reducer = reducer
    self.data = data
    self.session = session
    curve = DimensionCurve(search: search)
  }

  mutating func fitted(
    _ progress: @Sendable (DimensionCurve.Size) -> Void
  ) async throws -> (FittedDimensionReducer, DimensionCurve) {
    var (below, size) = (0, 1)
    var largest = curve.search.largest
    var isEnough = false
    while true {
      isEnough = try await keepsEnough(size, progress)
      if let width = models[size]?.valueCount { largest = min(largest, max(width, 1)) }
      if case .neighbors = reducer.preserves {
        largest = min(largest, NeighborContrast.latentLimit)
      }
      if isEnough || size >= largest { break }
      below = size
      size = min(2 * size, largest)
    }
    // From here on `size` keeps enough and `below` does not.
    while isEnough, size - below > 1 {
      let middle = (below + size) / 2
      if try await keepsEnough(middle, progress) { size = middle } else { below = middle }
    }
    curve.enough = isEnough ? size : nil
    var last = reducer
    last.dimensions = size
    let start = models[size]
    let fitted = try await ReductionJob(last, data, session).fitted(from: start)
    return (fitted, curve)
  }

  private mutating func keepsEnough(
    _ size: Int,
    _ progress: @Sendable (DimensionCurve.Size) -> Void
  ) async throws -> Bool {
    var evaluation = reducer
    evaluation.dimensions = size
    var learning = evaluation.learning
    learning.seconds = learning.seconds.map { $0 * DimensionSearch.effort / 4 }
    learning.epochs = learning.epochs.map { max(Int(Double($0) * DimensionSearch.effort), 1) }
    evaluation.learning = learning
    var quiet = session
    quiet.checkpoint = nil
    quiet.resumes = false
    quiet.store = nil
    // The curve is beside that of principal components, whatever the last model is compared with.
    quiet.comparesWithBaselines = true
    let smaller = models.keys.filter { $0 < size }.max()
    let model = try await ReductionJob(evaluation, data, quiet, effort: DimensionSearch.effort)
      .fitted(from: smaller.flatMap { models[$0] })
    models[size] = model
    guard let measured = model.evaluation else { return false }
    let suffix = curve.search.measure == .variance ? "R²" : "-NN kept"
    let metrics = measured.tables.flatMap(\.metrics).map(\.name)
    guard let metric = metrics.first(where: { $0.hasSuffix(suffix) }) else {
      throw TaskError.unsuitedKind(
        name: data.name,
        job: "measure how neighbors are kept in",
        expected: "at least 6 items to evaluate",
        found: "\(measured.itemCount)"
      )
    }
    let found = DimensionCurve.Size(
      dimensions: size,
      autoencoder: measured[metric] ?? 0,
      principalComponents: measured["PCA", metric] ?? 0,
      autoencoderMSE: measured["MSE"],
      principalComponentsMSE: measured["PCA", "MSE"]
    )
    curve.add(found)
    progress(found)
    return found.autoencoder >= curve.search.share
  }
}
