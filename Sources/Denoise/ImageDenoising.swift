internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassEvaluation
internal import HourglassGraphs
internal import HourglassMedia
internal import HourglassStatistics
internal import HourglassSystem
internal import HourglassTasksCommon
internal import HourglassTensors

/// A network that takes noise off the colors of images.
struct ImageDenoising: Sendable {
  /// The planes that it takes at once: 1, each color by itself, or 3.
  let channels: Int
  var translation: TiledInference

  /// The images without noise, of values that may lie a little outside of 0 to 1.
  ///
  /// - Throws: `otherKind` for a gray image where the network knows colors alone.
  mutating func denoised(
    _ images: [PlanarImage],
    name: String,
    on engine: ComputeEngine
  ) async throws -> [PlanarImage] {
    if channels == 3 {
      if images.contains(where: { $0.planes.count != 3 }) {
        throw TaskError.otherKind(
          name: name,
          expected: "images with colors",
          found: "an image in gray"
        )
      }
      return try await translation.translated(images, on: engine)
    }
    var results: [PlanarImage] = []
    let single = images.flatMap { image in
      image.planes.map {
        PlanarImage(width: image.width, height: image.height, planes: [$0])
      }
    }
    var done = try await translation.translated(single, on: engine)[...]
    for image in images {
      let planes = done.prefix(image.planes.count).flatMap(\.planes)
      done = done.dropFirst(image.planes.count)
      results.append(PlanarImage(width: image.width, height: image.height, planes: planes))
    }
    return results
  }
}

/// Measures how near denoised images are to the clean ones.
struct ImageDenoisingEvaluator: Sendable {
  var network: ImageDenoising
  /// Whether classical filters are evaluated too.
  var comparesWithFilters = true

  /// The most images that a report of learning evaluates, and the longest side of what it takes of each.
  static let limit = 24
  static let side = 384

  /// Adds noise to clean images and evaluates what is made of them.
  func report(
    _ images: ImageSet,
    noise: Noise,
    as kind: EvaluationSplit,
    seed: UInt64,
    on engine: ComputeEngine
  ) async throws -> DenoisingReport {
    var network = network
    var tally = DenoisingTally(comparesWithFilters: comparesWithFilters)
    for index in 0..<images.count {
      try Task.checkCancellation()
      let image = try images.image(index)
      let clean = PlanarImage(network.channels == 3 ? image : image.gray()).center(Self.side)
      let noisy = try noise.added(to: clean, seed: seed, number: index)
      let denoised = try await network.denoised([noisy], name: images.name, on: engine)[0]
      tally.add(clean: clean, noisy: noisy, denoised: denoised.clipped)
    }
    return tally.report(dataName: images.name, items: kind, noise: noise.description)
  }
}

/// The qualities of images, added up.
struct DenoisingTally: Sendable {
  private struct Sums: Sendable {
    var ratio = 0.0
    var similarity = 0.0
    var squares = 0.0

    mutating func add(_ image: PlanarImage, _ clean: PlanarImage) {
      ratio += ImageQuality.peakSignalToNoiseRatio(image, clean)
      similarity += ImageQuality.structuralSimilarity(image, clean)
      squares += ImageQuality.meanSquaredError(image, clean)
    }

    func score(_ method: String, count: Int) -> DenoisingReport.Score {
      DenoisingReport.Score(
        method: method,
        peakSignalToNoiseRatio: ratio / Double(count),
        structuralSimilarity: similarity / Double(count),
        error: (squares / Double(count)).squareRoot()
      )
    }
  }

  private static let widths = [0.5, 0.7, 0.9, 1.1, 1.4, 1.8]
  private static let radii = [1, 2]

  /// Whether classical filters are evaluated too.
  private let comparesWithFilters: Bool

  private var count = 0
  private var noisy = Sums()
  private var denoised = Sums()
  private var medians = radii.map { _ in Sums() }
  private var gaussians = widths.map { _ in Sums() }

  init(comparesWithFilters: Bool = true) { self.comparesWithFilters = comparesWithFilters }

  /// Evaluators an image, and what the filters make of it.
  mutating func add(clean: PlanarImage, noisy: PlanarImage, denoised: PlanarImage) {
    count += 1
    self.noisy.add(noisy, clean)
    self.denoised.add(denoised, clean)
    guard comparesWithFilters else { return }
    for (place, radius) in Self.radii.enumerated() {
      medians[place].add(ImageFilters.median(noisy, radius: radius), clean)
    }
    for (place, width) in Self.widths.enumerated() {
      gaussians[place].add(ImageFilters.gaussian(noisy, standardDeviation: width), clean)
    }
  }

  /// The report; of each filter the best width counts, as if it had been known.
  func report(dataName: String, items: EvaluationSplit, noise: String?) -> DenoisingReport {
    let median = medians.indices.max { medians[$0].ratio < medians[$1].ratio } ?? 0
    let gaussian = gaussians.indices.max { gaussians[$0].ratio < gaussians[$1].ratio } ?? 0
    let side = 2 * Self.radii[median] + 1
    return DenoisingReport(
      dataName: dataName,
      kind: .images,
      items: items,
      itemCount: count,
      noise: noise,
      noisy: noisy.score("noisy", count: count),
      classical: comparesWithFilters
        ? [
          medians[median].score("median of \(side) x \(side)", count: count),
          gaussians[gaussian].score("Gaussian of \(Self.widths[gaussian]) pixels", count: count),
        ] : [],
      denoised: denoised.score("denoised", count: count)
    )
  }
}
