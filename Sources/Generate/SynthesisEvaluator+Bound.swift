internal import HourglassAutoencoders
internal import HourglassEngines
internal import HourglassEvaluation
internal import HourglassGraphs
internal import HourglassNetworks
internal import HourglassTasksCommon
internal import HourglassTensors

/// How many latent vectors are drawn for an image that is bounded by importance weights, and for how many.
struct BoundSize: Hashable, Sendable {
  /// K, the latent vectors of an image.
  var samples: Int
  /// The most images.
  var images: Int

  /// Takes what was asked for; else 200 latent vectors and so many images that it costs little beside
  /// training.
  ///
  /// - Parameters:
  ///   - samples: The latent vectors that were asked for.
  ///   - images: The most images that were asked for.
  ///   - seen: The images that training went through, each as often as it was seen.
  init(samples: Int?, images: Int? = nil, seen: Int) {
    self.samples = samples ?? Defaults.boundSamples
    self.images =
      images ?? (samples == nil ? Defaults.boundImages(seen: seen) : Self.askedImages)
  }

  /// The most images where the latent vectors of each were asked for.
  private static let askedImages = 500
}

extension SynthesisEvaluator {
  /// The draws whose mean is the evidence lower bound.
  private static let singleDraws = 8

  /// How probable images are to the model, beside independent pixels.
  ///
  /// The evidence lower bound is taken of all of them, and by how much the importance-weighted one is
  /// above it, of some: this differs little from image to image, so that few of them suffice.
  ///
  /// Reference: Burda, Grosse, Salakhutdinov, 2015, arXiv:1509.00519, equation 8.
  func addBounds(
    of source: any BatchSource,
    by model: SynthesisNetwork,
    to evaluation: inout Evaluation,
    on engine: ComputeEngine
  ) async throws {
    let autoencoder = model.network.autoencoder
    let isBinarized = autoencoder.binarization == .dynamic
    let items: any BatchSource = isBinarized ? BinarizedSource(source, seed: seed) : source
    let bounds = try await model.network.evidenceLowerBounds(
      items,
      draws: Self.singleDraws,
      seed: seed,
      on: engine
    )
    let count = min(boundSize.images, items.count)
    let places = (0..<count).map { $0 * items.count / count }
    // Above the evidence lower bounds, by latent vectors that come from a distribution.
    func gains(_ prior: any CodeDensity) async throws -> [Double] {
      let found = try await model.network.importanceWeightedBounds(
        ChosenItems(items: items, places: places),
        draws: boundSize.samples,
        prior: prior,
        seed: seed,
        on: engine
      )
      return zip(found, places).map { $0.importanceWeighted - bounds[$1] }
    }
    let elbo = Evaluation.Metric("ELBO", better: .higher, format: .nats(2))
    let weighted = Evaluation.Metric("importance-weighted bound", better: .higher, format: .nats(2))
    let size = [Double(boundSize.samples), Double(count)]
    func row(_ name: String, elbo: Double?, _ gains: [Double]) -> Evaluation.Method {
      Evaluation.Method(
        name,
        [elbo, bounds.mean + gains.mean] + size,
        intervals: [
          elbo == nil ? nil : Self.interval(bounds.mean, bounds.squaredError),
          Self.interval(bounds.mean + gains.mean, bounds.squaredError + gains.squaredError),
          nil, nil,
        ]
      )
    }
    let own = try await gains(StandardNormalCodes())
    var methods = [row("autoencoder", elbo: bounds.mean, own)]
    var best = own
    if let mixture = model.codes {
      let mixed = try await gains(CodeMixture.Density(mixture))
      if mixed.mean > own.mean { best = mixed }
      methods.append(row("latent vectors from the mixture", elbo: nil, mixed))
    }
    if comparesWithBaselines, let pixels = model.pixels {
      let isBernoulli = autoencoder.objective == .likelihood(.bernoulli)
      let logs = pixels.logLikelihoods(of: items, isBernoulli: isBernoulli)
      let name = "independent pixels"
      let interval = Self.interval(logs.mean, logs.squaredError)
      methods.append(
        Evaluation.Method(
          name,
          isBaseline: true,
          [logs.mean, logs.mean, nil, nil],
          intervals: [interval, interval, nil, nil]
        )
      )
      // The nearer bound of some images, or where these are too few that of all.
      let isWeighted = count >= Verdict.fewestItems
      evaluation.verdict = Verdict.ofMeans(
        isWeighted ? weighted : elbo,
        model: isWeighted ? zip(places, best).map { bounds[$0] + $1 } : bounds,
        baselines: [(name, isWeighted ? places.map { logs[$0] } : logs)],
        split: evaluation.split,
        items: "images"
      )
    }
    evaluation.title += ", lower bounds of ln p(image) with 95 % intervals"
    evaluation.tables.append(
      Evaluation.Table(
        metrics: [elbo, weighted]
          + ["K", "images"].map { Evaluation.Metric($0, better: .neither, format: .fixed(0)) },
        methods: methods
      )
    )
    if isBinarized {
      evaluation.notes.append(
        "Pixels were set to 0 or 1 at random by their gray (dynamic binarization)."
      )
    }
  }

  /// The interval of a mean of 95% confidence; `nil` where its squared error is not known.
  private static func interval(_ mean: Double, _ squaredError: Double) -> ClosedRange<Double>? {
    let half = 1.959964 * squaredError.squareRoot()
    return mean.isFinite && half.isFinite ? mean - half...mean + half : nil
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

  /// The squared standard error of their mean; not a number for fewer than two.
  fileprivate var squaredError: Double {
    let mean = mean
    return reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count * (count - 1))
  }
}
