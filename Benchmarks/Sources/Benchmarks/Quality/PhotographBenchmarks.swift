import Hourglass

/// The photographs that denoisers are compared on: 400 to learn from and 68 to be evaluated by.
private struct GrayPhotographs {
  let clean: ImageSet
  let test: ImageSet
  let paths: [String]

  init(_ run: BenchmarkRun) throws {
    let folders = ["bsd400", "bsd68"].map { run.data + "/" + $0 }
    clean = try ImageSet.load(contentsOf: folders[0])
    test = try ImageSet.load(contentsOf: folders[1])
    paths =
      clean.names.map { "\(folders[0])/\($0)" } + test.names.map { "\(folders[1])/\($0)" }
  }
}

/// Gray photographs with Gaussian noise that is known, or not known, to the network.
struct DenoisingBenchmark: QualityBenchmark {
  let name = "denoise-bsd68"
  var summary: String {
    let network = isBlind ? "One network for all levels up to 55" : "A network for each level"
    return network + " learns from the 400 images of `bsd400`; noise is added to those of `bsd68` "
      + "without cutting off or rounding, and the result is compared with the clean image, rounded "
      + "to 8 bits."
  }
  var figures: [BenchmarkResult.Figure] {
    levels.map { BenchmarkResult.Figure("PSNR at \($0), dB", places: 2, moreIsBetter: true) }
  }
  var published: [BenchmarkResult.Method] {
    let known: [(String, String, [Int: Double])] = [
      (
        "DnCNN", "Zhang et al., 2016, arXiv:1608.03981, table II",
        [15: 31.73, 25: 29.23, 50: 26.23]
      ),
      ("BM3D", "the same table", [15: 31.07, 25: 28.57, 50: 25.62]),
    ]
    return known.map { name, source, values in
      BenchmarkResult.Method(name, source: source, levels.map { values[$0] })
    }
  }
  var settings: [String: String] {
    ["levels": levels.map { "\($0)" }.joined(separator: ","), "blind": "\(isBlind)"]
  }

  /// The standard deviations of the noise, where white is 255.
  let levels: [Int]
  /// Whether one network is learned for all of them.
  let isBlind: Bool

  /// The denoiser of a level.
  private func denoiser(_ level: Int, _ learning: TrainingSettings) -> Denoiser {
    let noise = Noise.gaussian(standardDeviation: Float(level) / 255)
    return Denoiser(noise: isBlind ? .unknown : noise, learned: .clean, learning: learning)
  }

  func measure(_ run: BenchmarkRun) async throws -> BenchmarkMeasurement {
    let photographs = try GrayPhotographs(run)
    let (clean, test) = (photographs.clean, photographs.test)
    var values: [Double?] = []
    var parts: [BenchmarkResult.Part] = []
    var blind: FittedDenoiser?
    for level in levels {
      let noise = Noise.gaussian(standardDeviation: Float(level) / 255)
      let fitted: FittedDenoiser
      if let blind {
        fitted = blind
      } else {
        run.says(isBlind ? "learning, for all levels" : "learning, for noise of \(level)")
        fitted = try await denoiser(level, run.learning)
          .fit(.images(clean), session: run.session)
        if isBlind { blind = fitted }
      }
      run.says("denoising \(test.count) images with noise of \(level)")
      let report = try await fitted.evaluation(
        of: test,
        adding: noise,
        seed: run.seed,
        on: run.engine
      ) { _, _, _ in }
      values.append(report?.denoised.peakSignalToNoiseRatio)
      parts.append(
        BenchmarkResult.Part(
          name: "noise of \(level)",
          values: [
            report?.noisy.peakSignalToNoiseRatio, report?.denoised.peakSignalToNoiseRatio,
            report?.denoised.structuralSimilarity,
          ]
        )
      )
    }
    return BenchmarkMeasurement(
      own: values,
      partFigures: [
        BenchmarkResult.Figure("noisy, dB", places: 2, moreIsBetter: nil),
        BenchmarkResult.Figure("denoised, dB", places: 2, moreIsBetter: true),
        BenchmarkResult.Figure("SSIM", places: 4, moreIsBetter: true),
      ],
      parts: parts,
      paths: photographs.paths,
      options: OptionDifferences.lines(
        of: denoiser(levels[0], run.learning),
        from: Denoiser(learned: .clean)
      )
    )
  }
}

/// Colors of small images.
struct ColorizationBenchmark: QualityBenchmark {
  let name = "colorize-cifar10"
  let summary =
    "The colors of the images of data_batch_*.bin (CIFAR-10, binary) are trained on; those of "
    + "test_batch.bin are made gray and colored again with their lightness kept. The error of a and b "
    + "is that of CIE L*a*b* (D65), colorfulness that of Hasler and Suesstrunk beside the truth's."
  let figures = [
    BenchmarkResult.Figure("PSNR, dB", places: 2, moreIsBetter: true),
    BenchmarkResult.Figure("error of a and b", places: 2, moreIsBetter: false),
    BenchmarkResult.Figure("colorfulness", places: 2, moreIsBetter: true),
  ]
  let published = [
    BenchmarkResult.Method(
      "PyTorch U-Net",
      source: "20,000 and 2,000 images, squared error, 10 minutes on two cores",
      [24.87, 8.13, 0.50]
    )
  ]

  func measure(_ run: BenchmarkRun) async throws -> BenchmarkMeasurement {
    let images = try SmallColorImages(run, for: self)
    let colorizer = Colorizer(learning: run.learning)
    let fitted = try await colorizer.fit(images.training, session: run.session)
    run.says("coloring \(images.test.count) images")
    guard
      let report = try await fitted.evaluation(of: images.test, on: run.engine, { _, _, _, _ in })
    else { throw BenchmarkError("the images of \(run.data) have no colors.") }
    func values(_ score: ColorizationReport.Score?) -> [Double?] {
      [score?.peakSignalToNoiseRatio, score?.abChannelError, score?.colorfulness]
    }
    return BenchmarkMeasurement(
      own: values(report.colored),
      baselines: [
        BenchmarkResult.Method("gray", values(report.gray)),
        BenchmarkResult.Method("the mean color", values(report.mean)),
        BenchmarkResult.Method("vivid colors of the same network", values(report.vivid)),
      ],
      paths: images.paths,
      options: OptionDifferences.lines(of: colorizer, from: Colorizer())
    )
  }
}

/// Gray photographs without noise, by a network that saw none without it.
struct NoisyOnlyBenchmark: QualityBenchmark {
  let name = "denoise-noisy-only"
  let summary =
    "Gaussian noise of 25 is added once to the 400 images of `bsd400`, which are cut off at black and white, "
    + "as image files are, and these are all that is learned from, told that the noise is normal, and "
    + "then told nothing of it; noise is added to those of `bsd68` without cutting off or rounding, and the result is compared with the clean image."
  let figures = [
    BenchmarkResult.Figure("PSNR, dB", places: 2, moreIsBetter: true),
    BenchmarkResult.Figure("SSIM", places: 4, moreIsBetter: true),
  ]
  let published = [
    BenchmarkResult.Method(
      "Noise2Void",
      source: "Krull, Buchholz, Jug, 2019, arXiv:1811.10980, table 1",
      [27.71, nil]
    ),
    BenchmarkResult.Method(
      "BM3D, which is told the noise",
      source: "Zhang et al., 2016, arXiv:1608.03981, table II",
      [28.57, nil]
    ),
  ]

  private static let level: Float = 25

  func measure(_ run: BenchmarkRun) async throws -> BenchmarkMeasurement {
    let photographs = try GrayPhotographs(run)
    let (clean, test) = (photographs.clean, photographs.test)
    let noise = Noise.gaussian(standardDeviation: Self.level / 255)
    let given = try noisy(clean, seed: run.seed)
    func report(of told: Noise?) async throws -> DenoisingReport? {
      run.says(told == nil ? "learning, told nothing" : "learning, told that the noise is normal")
      let fitted = try await denoiser(told, run.learning)
        .fit(.images(given), session: run.session)
      run.says("denoising \(test.count) images")
      return try await fitted.evaluation(
        of: test,
        adding: noise,
        seed: run.seed,
        on: run.engine
      ) { _, _, _ in }
    }
    func values(_ score: DenoisingReport.Score?) -> [Double?] {
      [score?.peakSignalToNoiseRatio, score?.structuralSimilarity]
    }
    let told = try await report(of: .unknown)
    let untold = try await report(of: nil)
    return BenchmarkMeasurement(
      own: values(told?.denoised),
      baselines: [
        BenchmarkResult.Method("the same, told nothing of the noise", values(untold?.denoised))
      ]
        + (told?.classical ?? []).map { BenchmarkResult.Method($0.method, values($0)) }
        + [BenchmarkResult.Method("noisy", values(told?.noisy))],
      paths: photographs.paths,
      options: OptionDifferences.lines(
        of: denoiser(.unknown, run.learning),
        from: Denoiser(learned: .clean)
      )
    )
  }

  /// The denoiser that is told some noise, or nothing.
  private func denoiser(_ told: Noise?, _ learning: TrainingSettings) -> Denoiser {
    Denoiser(noise: told, learned: .noisy, learning: learning)
  }

  /// Images of one size with noise, within black and white.
  private func noisy(_ images: ImageSet, seed: UInt64) throws -> ImageSet {
    let clean = try images.uniform()
    var generator = SeededGenerator.named("noise of the images trained on", seed: seed)
    let values = clean.rows(0..<clean.count).scalars.map { value in
      min(max(value + Self.level / 255 * generator.nextNormal(), 0), 1)
    }
    let tensor = Tensor(values, shape: Shape([clean.count] + clean.itemShape.dimensions))
    return ImageSet(try NumericDataset(name: "noisy images", images: tensor))
  }
}
