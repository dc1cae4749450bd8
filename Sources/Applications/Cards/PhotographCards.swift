internal import HourglassDatasets

/// The photographs that denoisers are compared on: 400 to learn from and 68 to be evaluated by.
private struct GrayPhotographs {
  let clean: ImageSet
  let test: ImageSet
  let paths: [String]

  init(_ run: CardRun) throws {
    let folders = ["bsd400", "bsd68"].map { run.data + "/" + $0 }
    clean = try ImageSet.load(contentsOf: folders[0])
    test = try ImageSet.load(contentsOf: folders[1])
    paths =
      clean.names.map { "\(folders[0])/\($0)" } + test.names.map { "\(folders[1])/\($0)" }
  }
}

/// Gray photographs with Gaussian noise that is known, or not known, to the network.
package struct DenoisingCard: QualityBenchmark {
  package let name = "denoise-bsd68"
  package var summary: String {
    let network = isBlind ? "One network for all levels up to 55" : "A network for each level"
    return network + " learns from the 400 images of `bsd400`; noise is added to those of `bsd68` "
      + "without cutting off or rounding, and the result is compared with the clean image, rounded "
      + "to 8 bits."
  }
  package var figures: [CardResult.Figure] {
    levels.map { CardResult.Figure("PSNR at \($0), dB", places: 2, moreIsBetter: true) }
  }
  package var published: [CardResult.Method] {
    let known: [(String, String, [Int: Double])] = [
      (
        "DnCNN", "Zhang et al., 2016, arXiv:1608.03981, table II",
        [15: 31.73, 25: 29.23, 50: 26.23]
      ),
      ("BM3D", "the same table", [15: 31.07, 25: 28.57, 50: 25.62]),
    ]
    return known.map { name, source, values in
      CardResult.Method(name, source: source, levels.map { values[$0] })
    }
  }
  package var settings: [String: String] {
    ["levels": levels.map { "\($0)" }.joined(separator: ","), "blind": "\(isBlind)"]
  }

  /// The standard deviations of the noise, where white is 255.
  package let levels: [Int]
  /// Whether one network is learned for all of them.
  package let isBlind: Bool

  package init(levels: [Int] = [15, 25, 50], isBlind: Bool = false) {
    self.levels = levels
    self.isBlind = isBlind
  }

  package func measure(_ run: CardRun) async throws -> CardMeasurement {
    let photographs = try GrayPhotographs(run)
    let (clean, test) = (photographs.clean, photographs.test)
    var values: [Double?] = []
    var parts: [CardResult.Part] = []
    var blind: FittedDenoiser?
    for level in levels {
      let noise = Noise.gaussian(standardDeviation: Float(level) / 255)
      let fitted: FittedDenoiser
      if let blind {
        fitted = blind
      } else {
        run.says(isBlind ? "learning, for all levels" : "learning, for noise of \(level)")
        let denoiser = Denoiser(
          noise: isBlind ? .unknown : noise,
          learning: run.learning
        )
        fitted = try await denoiser.fit(.images(clean), session: run.session)
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
        CardResult.Part(
          name: "noise of \(level)",
          values: [
            report?.noisy.peakSignalToNoiseRatio, report?.denoised.peakSignalToNoiseRatio,
            report?.denoised.structuralSimilarity,
          ]
        )
      )
    }
    return CardMeasurement(
      own: values,
      partFigures: [
        CardResult.Figure("noisy, dB", places: 2, moreIsBetter: nil),
        CardResult.Figure("denoised, dB", places: 2, moreIsBetter: true),
        CardResult.Figure("SSIM", places: 4, moreIsBetter: true),
      ],
      parts: parts,
      paths: photographs.paths
    )
  }
}

/// Colors of small images.
package struct ColorizationCard: QualityBenchmark {
  package let name = "colorize-cifar10"
  package let summary =
    "The colors of the images of data_batch_*.bin (CIFAR-10, binary) are trained on; those of "
    + "test_batch.bin are made gray and colored again with their lightness kept. The error of a and b "
    + "is that of CIE L*a*b* (D65), colorfulness that of Hasler and Suesstrunk beside the truth's."
  package let figures = [
    CardResult.Figure("PSNR, dB", places: 2, moreIsBetter: true),
    CardResult.Figure("error of a and b", places: 2, moreIsBetter: false),
    CardResult.Figure("colorfulness", places: 2, moreIsBetter: true),
  ]
  package let published = [
    CardResult.Method(
      "PyTorch U-Net",
      source: "20,000 and 2,000 images, squared error, 10 minutes on two cores",
      [24.87, 8.13, 0.50]
    )
  ]

  package init() {}

  package func measure(_ run: CardRun) async throws -> CardMeasurement {
    let images = try SmallColorImages(run, for: self)
    let colorizer = Colorizer(
      learning: TrainingSettings(seconds: run.seconds ?? 600, seed: run.seed)
    )
    let fitted = try await colorizer.fit(images.training, session: run.session)
    run.says("coloring \(images.test.count) images")
    guard
      let report = try await fitted.evaluation(of: images.test, on: run.engine, { _, _, _, _ in })
    else { throw TaskError.noColors(name: images.test.name) }
    func values(_ score: ColorizationReport.Score?) -> [Double?] {
      [score?.peakSignalToNoiseRatio, score?.abChannelError, score?.colorfulness]
    }
    return CardMeasurement(
      own: values(report.colored),
      baselines: [
        CardResult.Method("gray", values(report.gray)),
        CardResult.Method("the mean color", values(report.mean)),
        CardResult.Method("vivid colors of the same network", values(report.vivid)),
      ],
      paths: images.paths
    )
  }
}

/// Gray photographs without noise, by a network that saw none without it.
package struct NoisyOnlyCard: QualityBenchmark {
  package let name = "denoise-noisy-only"
  package let summary =
    "Gaussian noise of 25 is added once to the 400 images of `bsd400`, and these are all that is learned "
    + "from, told that the noise is normal, and then told nothing of it; noise is added to those of `bsd68` "
    + "without cutting off or rounding, and the result is compared with the clean image."
  package let figures = [
    CardResult.Figure("PSNR, dB", places: 2, moreIsBetter: true),
    CardResult.Figure("SSIM", places: 4, moreIsBetter: true),
  ]
  package let published = [
    CardResult.Method(
      "Noise2Void",
      source: "Krull, Buchholz, Jug, 2019, arXiv:1811.10980, table 1",
      [27.71, nil]
    ),
    CardResult.Method(
      "BM3D, which is told the noise",
      source: "Zhang et al., 2016, arXiv:1608.03981, table II",
      [28.57, nil]
    ),
  ]

  private static let level: Float = 25

  package init() {}

  package func measure(_ run: CardRun) async throws -> CardMeasurement {
    let photographs = try GrayPhotographs(run)
    let (clean, test) = (photographs.clean, photographs.test)
    let noise = Noise.gaussian(standardDeviation: Self.level / 255)
    func report(of told: Noise?) async throws -> DenoisingReport? {
      run.says(told == nil ? "learning, told nothing" : "learning, told that the noise is normal")
      let denoiser = Denoiser(noise: told, learned: .noisy, learning: run.learning)
      let fitted = try await ImageDenoisingJob(denoiser, clean, run.session, adding: noise)
        .fitted()
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
    return CardMeasurement(
      own: values(told?.denoised),
      baselines: [
        CardResult.Method("the same, told nothing of the noise", values(untold?.denoised))
      ]
        + (told?.classical ?? []).map { CardResult.Method($0.method, values($0)) }
        + [CardResult.Method("noisy", values(told?.noisy))],
      paths: photographs.paths
    )
  }
}
