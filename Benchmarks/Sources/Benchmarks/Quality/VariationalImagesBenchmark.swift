import Hourglass

/// The log-likelihood of test images under a model that was trained to generate such images.
///
/// Reference: Burda, Grosse, Salakhutdinov, 2015, "Importance Weighted Autoencoders",
/// arXiv:1509.00519, section 5.
struct VariationalImagesBenchmark: QualityBenchmark {
  let name = "vae-mnist"
  var summary: String {
    "A variational autoencoder with one layer of 50 latent dimensions is trained on the training images "
      + "(IDX, four files as MNIST has them), whose pixels are drawn anew as zeros and ones in each "
      + "step, with a probability that is their gray. Evaluated by the test images, drawn once: -ln p(x) by "
      + "\(samples) samples an image, an upper bound. By how much it is below the negative evidence lower "
      + "bound of all test images is measured on \(imageCount) of them."
  }
  let figures = [
    BenchmarkResult.Figure("-ln p(x), nats", places: 2, moreIsBetter: false),
    BenchmarkResult.Figure("standard error", places: 2, moreIsBetter: nil),
    BenchmarkResult.Figure("-ELBO, nats", places: 2, moreIsBetter: false),
    BenchmarkResult.Figure("active units", places: 0, moreIsBetter: nil),
    BenchmarkResult.Figure("seconds of training", places: 0, moreIsBetter: false),
  ]
  let published = [("VAE", 86.76), ("IWAE, 50 samples in training", 84.78)].map {
    BenchmarkResult.Method(
      $0.0,
      source: "MNIST, one layer of 50; Burda et al., 2015, arXiv:1509.00519, table 1",
      [$0.1, nil, nil, nil, nil]
    )
  }
  var settings: [String: String] {
    ["samples": "\(samples)", "images": "\(imageCount)"]
  }

  /// The latent vectors that are drawn for an image.
  let samples: Int
  /// The test images that latent vectors are drawn for.
  let imageCount: Int

  private static let latent = 50

  func measure(_ run: BenchmarkRun) async throws -> BenchmarkMeasurement {
    let images = try LabeledImages(run, trainingCount: 60_000, testCount: 10_000, for: self)
    try check(images.training)
    let folder = try ScratchFolder()
    var request = TaskRequest(task: "generate")
    request.files = ["learnFrom": images.training.path, "save": "model.hourglass"]
    request.options = ["latent": Self.latent]
    let seconds = try await run.run(request, in: folder).trainingSeconds
    run.says("drawing \(samples) latent samples for each of some test images")
    run.options.add(
      "evaluated by the library: --bound-samples of the command draws for a number of images of its own"
    )
    let fitted = try FittedSynthesizer(contentsOf: folder.file("model.hourglass"))
    let evaluation = try await fitted.evaluate(
      .images(ImageSet.load(contentsOf: images.test.path)),
      boundSamples: samples,
      boundImages: imageCount,
      on: ComputeEngine(threads: run.threads)
    )
    let metric = "importance-weighted bound"
    let interval = evaluation.tables[0].methods[0].intervals[1]
    return BenchmarkMeasurement(
      own: [
        evaluation[metric].map { -$0 },
        interval.map { ($0.upperBound - $0.lowerBound) / (2 * 1.959964) },
        evaluation["ELBO"].map { -$0 }, evaluation["active units"], seconds,
      ],
      baselines: [
        BenchmarkResult.Method(
          "independent pixels",
          [evaluation["independent pixels", metric].map { -$0 }, nil, nil, nil, nil]
        )
      ],
      paths: images.paths
    )
  }

  /// Checks that the images are drawings, whose grays can be taken for probabilities.
  private func check(_ images: LabeledImages.Part) throws {
    let set = try ImageSet.load(contentsOf: images.path, limit: 2_000)
    let all = try set.uniform()
    let step = max(all.count / 2_000, 1)
    let values = stride(from: 0, to: all.count, by: step).flatMap { all.item($0) }
    let extreme = values.count { $0 < 0.1 || $0 > 0.9 }
    guard all.itemShape[0] > 1 || 4 * extreme < 3 * values.count else { return }
    throw BenchmarkError.unsuited(
      images.path,
      for: name,
      expected: "gray drawings, nearly all of whose pixels are near black or white",
      found: "other images"
    )
  }
}
