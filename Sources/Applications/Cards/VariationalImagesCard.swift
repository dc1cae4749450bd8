internal import HourglassDatasets

/// How probable test images are to what learned to generate such images.
///
/// Reference: Burda, Grosse, Salakhutdinov, 2015, "Importance Weighted Autoencoders",
/// arXiv:1509.00519, section 5.
package struct VariationalImagesCard: QualityBenchmark {
  package let name = "vae-mnist"
  package var summary: String {
    "A variational autoencoder with one layer of 50 random numbers learns from the training images "
      + "(IDX, four files as MNIST has them), whose pixels are drawn anew as zeros and ones in each "
      + "step, with a probability that is their gray. Evaluated by the test images, drawn once: -ln p(x) by "
      + "\(samples) codes an image, an upper bound. By how much it is below the negative evidence lower "
      + "bound of all test images is measured on \(imageCount) of them."
  }
  package let figures = [
    CardResult.Figure("-ln p(x), nats", places: 2, moreIsBetter: false),
    CardResult.Figure("standard error of taking some", places: 2, moreIsBetter: nil),
    CardResult.Figure("-ELBO, nats", places: 2, moreIsBetter: false),
    CardResult.Figure("active units", places: 0, moreIsBetter: nil),
    CardResult.Figure("seconds of learning", places: 0, moreIsBetter: false),
  ]
  package let published = [("VAE", 86.76), ("IWAE, 50 codes in learning", 84.78)].map {
    CardResult.Method(
      $0.0,
      source: "MNIST, one layer of 50; Burda et al., 2015, arXiv:1509.00519, table 1",
      [$0.1, nil, nil, nil, nil]
    )
  }
  package var settings: [String: String] {
    ["latent": "\(Self.latent)", "samples": "\(samples)", "images": "\(imageCount)"]
  }

  /// The codes that are drawn for an image.
  package let samples: Int
  /// The test images that codes are drawn for.
  package let imageCount: Int

  private static let latent = 50
  /// With two threads a quarter of an hour of the processor.
  private static let learningSeconds = 450.0

  package init(samples: Int = 5_000, imageCount: Int = 500) {
    self.samples = samples
    self.imageCount = imageCount
  }

  package func measure(_ run: CardRun) async throws -> CardMeasurement {
    let images = try LabeledImages(run, trainingCount: 60_000, testCount: 10_000, for: self)
    try check(images.training)
    let synthesizer = Synthesizer(
      latent: Self.latent,
      learning: TrainingSettings(seconds: run.seconds ?? Self.learningSeconds, seed: run.seed)
    )
    let (fitted, seconds) = try await run.timed {
      try await synthesizer.fit(images.training, session: run.session)
    }
    run.says("drawing \(samples) codes for each of some test images")
    let report = try await fitted.evaluate(
      images.test,
      boundSamples: samples,
      boundImages: imageCount,
      on: run.engine
    )
    let (bound, weighted) = (report.bound, report.bound?.importanceWeighted)
    return CardMeasurement(
      own: [
        weighted.map { -$0.bound }, weighted?.standardError, bound.map { -$0.evidenceLowerBound },
        Double(report.activeUnits), seconds,
      ],
      baselines: [
        CardResult.Method(
          "pixels on their own",
          [bound?.independentPixels.map { -$0 }, nil, nil, nil, nil]
        )
      ],
      paths: images.paths
    )
  }

  /// Checks that the images are drawings, whose grays can be taken for probabilities.
  private func check(_ images: Dataset) throws {
    guard case .images(let set) = images else { return }
    let all = try set.uniform()
    guard !ImageFields(all, rows: Array(0..<all.count)).isInk else { return }
    throw TaskError.unsuitedKind(
      name: images.name,
      job: "measure \(name) on",
      expected: "gray drawings, nearly all of whose pixels are near black or white",
      found: "other images"
    )
  }
}
