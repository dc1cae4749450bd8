import Hourglass

/// How probable test images are to what learned to generate such images.
///
/// Reference: Burda, Grosse, Salakhutdinov, 2015, "Importance Weighted Autoencoders",
/// arXiv:1509.00519, section 5.
struct VariationalImagesBenchmark: QualityBenchmark {
  let name = "vae-mnist"
  var summary: String {
    "A variational autoencoder with one layer of 50 random numbers learns from the training images "
      + "(IDX, four files as MNIST has them), whose pixels are drawn anew as zeros and ones in each "
      + "step, with a probability that is their gray. Evaluated by the test images, drawn once: -ln p(x) by "
      + "\(samples) codes an image, an upper bound. By how much it is below the negative evidence lower "
      + "bound of all test images is measured on \(imageCount) of them."
  }
  let figures = [
    BenchmarkResult.Figure("-ln p(x), nats", places: 2, moreIsBetter: false),
    BenchmarkResult.Figure("standard error of taking some", places: 2, moreIsBetter: nil),
    BenchmarkResult.Figure("-ELBO, nats", places: 2, moreIsBetter: false),
    BenchmarkResult.Figure("active units", places: 0, moreIsBetter: nil),
    BenchmarkResult.Figure("seconds of learning", places: 0, moreIsBetter: false),
  ]
  let published = [("VAE", 86.76), ("IWAE, 50 codes in learning", 84.78)].map {
    BenchmarkResult.Method(
      $0.0,
      source: "MNIST, one layer of 50; Burda et al., 2015, arXiv:1509.00519, table 1",
      [$0.1, nil, nil, nil, nil]
    )
  }
  var settings: [String: String] {
    ["samples": "\(samples)", "images": "\(imageCount)"]
  }

  /// The codes that are drawn for an image.
  let samples: Int
  /// The test images that codes are drawn for.
  let imageCount: Int

  private static let latent = 50

  func measure(_ run: BenchmarkRun) async throws -> BenchmarkMeasurement {
    let images = try LabeledImages(run, trainingCount: 60_000, testCount: 10_000, for: self)
    try check(images.training)
    let synthesizer = Synthesizer(latent: Self.latent, learning: run.learning)
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
    return BenchmarkMeasurement(
      own: [
        weighted.map { -$0.bound }, weighted?.standardError, bound.map { -$0.evidenceLowerBound },
        Double(report.activeUnits), seconds,
      ],
      baselines: [
        BenchmarkResult.Method(
          "pixels on their own",
          [bound?.independentPixels.map { -$0 }, nil, nil, nil, nil]
        )
      ],
      paths: images.paths,
      options: OptionDifferences.lines(of: synthesizer, from: Synthesizer())
    )
  }

  /// Checks that the images are drawings, whose grays can be taken for probabilities.
  private func check(_ images: Dataset) throws {
    guard case .images(let set) = images else { return }
    let all = try set.uniform()
    let step = max(all.count / 2_000, 1)
    let values = stride(from: 0, to: all.count, by: step).flatMap { all.item($0) }
    let extreme = values.count { $0 < 0.1 || $0 > 0.9 }
    guard all.itemShape[0] > 1 || 4 * extreme < 3 * values.count else { return }
    throw BenchmarkError.unsuited(
      images.name,
      for: name,
      expected: "gray drawings, nearly all of whose pixels are near black or white",
      found: "other images"
    )
  }
}
