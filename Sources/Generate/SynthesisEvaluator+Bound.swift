internal import HourglassAutoencoders
internal import HourglassEngines
internal import HourglassGraphs
internal import HourglassNetworks
internal import HourglassTasksCommon
internal import HourglassTensors

/// How many codes are drawn for an image that is bounded by importance weights, and for how many.
struct BoundSize: Hashable, Sendable {
  /// K, the codes of an image.
  var samples: Int
  /// The most images.
  var images: Int

  /// Takes what was asked for; else 200 codes and so many images that it costs little beside learning.
  ///
  /// - Parameters:
  ///   - samples: The codes that were asked for.
  ///   - images: The most images that were asked for.
  ///   - seen: The images that learning went through, each as often as it was seen.
  init(samples: Int?, images: Int? = nil, seen: Int) {
    self.samples = samples ?? Defaults.boundSamples
    self.images =
      images ?? (samples == nil ? Defaults.boundImages(seen: seen) : Self.askedImages)
  }

  /// The most images where the codes of each were asked for.
  private static let askedImages = 500
}

extension SynthesisEvaluator {
  /// The draws whose mean is the evidence lower bound.
  private static let singleDraws = 8

  /// How probable images are to the model.
  ///
  /// The evidence lower bound is taken of all of them, and by how much the importance-weighted one is
  /// above it, of some: this differs little from image to image, so that few of them tell it.
  func bound(
    _ source: any BatchSource,
    on engine: ComputeEngine
  ) async throws -> SynthesisReport.Bound {
    let autoencoder = model.network.autoencoder
    let isBinarized = autoencoder.binarization == .dynamic
    let items: any BatchSource = isBinarized ? BinarizedSource(source, seed: seed) : source
    let bounds = try await model.network.evidenceLowerBounds(
      items,
      draws: Self.singleDraws,
      seed: seed,
      on: engine
    )
    let isBernoulli = autoencoder.objective == .likelihood(.bernoulli)
    return SynthesisReport.Bound(
      evidenceLowerBound: bounds.mean,
      importanceWeighted: try await importanceWeighted(items, bounds, on: engine),
      independentPixels: comparesWithBaselines
        ? model.pixels?.meanLogLikelihood(of: items, isBernoulli: isBernoulli) : nil,
      isBinarized: isBinarized,
      valueCount: source.itemShape.elementCount
    )
  }

  private func importanceWeighted(
    _ items: any BatchSource,
    _ bounds: [Double],
    on engine: ComputeEngine
  ) async throws -> SynthesisReport.ImportanceWeighted? {
    let count = min(boundSize.images, items.count)
    guard count > 0 else { return nil }
    let places = (0..<count).map { $0 * items.count / count }
    let chosen = ChosenItems(items: items, places: places)
    // Above the evidence lower bounds, by codes that come from a distribution.
    func gains(_ prior: any CodeDensity) async throws -> [Double] {
      let found = try await model.network.importanceWeightedBounds(
        chosen,
        draws: boundSize.samples,
        prior: prior,
        seed: seed,
        on: engine
      )
      return zip(found, places).map { $0.importanceWeighted - bounds[$1] }
    }
    let own = try await gains(StandardNormalCodes())
    var mixed: Double?
    if let mixture = model.codes {
      mixed = bounds.mean + (try await gains(CodeMixture.Density(mixture))).mean
    }
    let left = 1 - Double(count) / Double(items.count)
    return SynthesisReport.ImportanceWeighted(
      samples: boundSize.samples,
      imageCount: count,
      bound: bounds.mean + own.mean,
      standardError: count > 1 ? (own.variance / Double(count) * left).squareRoot() : nil,
      fromMixture: mixed
    )
  }
}

/// Some of the items of a source, in an order.
private struct ChosenItems: BatchSource {
  let items: any BatchSource
  let places: [Int]

  var count: Int { places.count }
  var itemShape: Shape { items.itemShape }

  func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    let chosen = indices.indices.map { places[indices[$0]] }
    items.copyItems(chosen.span, into: &destination)
  }
}

extension [Double] {
  fileprivate var mean: Double { reduce(0, +) / Double(Swift.max(count, 1)) }

  /// The variance of what these numbers are a sample of.
  fileprivate var variance: Double {
    let mean = mean
    return reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(Swift.max(count - 1, 1))
  }
}
