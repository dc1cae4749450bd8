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

  /// The most images that are evaluated after training, and the longest side of what it takes of each.
  static let limit = 24
  static let side = 384

  /// Adds noise to clean images and evaluates what is made of them; nothing where there is no image.
  func evaluation(
    of images: ImageSet,
    noise: Noise,
    as split: EvaluationSplit,
    seed: UInt64,
    on engine: ComputeEngine
  ) async throws -> Evaluation? {
    var network = network
    var tally = DenoisingTally(.images)
    for index in 0..<images.count {
      try Task.checkCancellation()
      let image = try images.image(index)
      let clean = PlanarImage(network.channels == 3 ? image : image.gray()).center(Self.side)
      let noisy = try noise.added(to: clean, seed: seed, number: index)
      let denoised = try await network.denoised([noisy], name: images.name, on: engine)[0]
      tally.add(
        clean: clean,
        noisy: noisy,
        denoised: denoised.clipped,
        comparesWithFilters: comparesWithFilters
      )
    }
    return tally.evaluation(of: images.name, split: split, noise: noise.description)
  }
}

extension DenoisingTally {
  private static let widths = [0.5, 0.7, 0.9, 1.1, 1.4, 1.8]
  private static let radii = [1, 2]

  /// Evaluates an image, and the outputs of the filters.
  mutating func add(
    clean: PlanarImage,
    noisy: PlanarImage,
    denoised: PlanarImage,
    comparesWithFilters: Bool = true
  ) {
    func quality(_ image: PlanarImage) -> Quality {
      Quality(
        ratio: ImageQuality.peakSignalToNoiseRatio(image, clean),
        likeness: ImageQuality.structuralSimilarity(image, clean),
        squaredError: ImageQuality.meanSquaredError(image, clean)
      )
    }
    let medians = Self.radii.map { radius in
      (
        name: "median filter, \(2 * radius + 1) x \(2 * radius + 1)",
        image: { ImageFilters.median(noisy, radius: radius) }
      )
    }
    let gaussians = Self.widths.map { width in
      (
        name: "Gaussian filter, \(width) pixels",
        image: { ImageFilters.gaussian(noisy, standardDeviation: width) }
      )
    }
    add(
      network: quality(denoised),
      noisy: quality(noisy),
      filters: comparesWithFilters
        ? [medians, gaussians].map { $0.map { ($0.name, quality($0.image())) } } : []
    )
  }
}
