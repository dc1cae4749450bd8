import Foundation
import Hourglass
import HourglassBenchmarkSupport

/// The photographs that denoisers are compared on: 400 to train on and 68 to be evaluated by.
private struct GrayPhotographs {
  /// The folders, from the root.
  let folders: [String]
  let clean: ImageSet
  let test: ImageSet
  let paths: [String]

  init(_ run: BenchmarkRun) throws {
    let given = ["bsd400", "bsd68"].map { run.data + "/" + $0 }
    folders = given.map(absolute)
    clean = try ImageSet.load(contentsOf: given[0])
    test = try ImageSet.load(contentsOf: given[1])
    paths = clean.names.map { "\(given[0])/\($0)" } + test.names.map { "\(given[1])/\($0)" }
  }

  /// How near the images of a folder, which a task wrote, are to the test images, in the mean.
  func scores(of folder: String) throws -> [Double?] {
    var (ratio, similarity) = (0.0, 0.0)
    for (index, name) in test.names.enumerated() {
      let (truth, image) = (try test.image(index), try Image.load(contentsOf: folder + "/" + name))
      ratio += ImageScores.peakSignalToNoiseRatio(image, truth)
      similarity += ImageScores.structuralSimilarity(image, truth)
    }
    return [ratio / Double(test.count), similarity / Double(test.count)]
  }
}

/// Gray photographs with Gaussian noise that is known, or not known, to the network.
struct DenoisingBenchmark: QualityBenchmark {
  let name = "denoise-bsd68"
  var summary: String {
    let network = isBlind ? "One network for all levels up to 55" : "A network for each level"
    return network
      + " is trained on the 400 images of `bsd400`; noise is added to those of `bsd68` "
      + "without clipping or rounding, and "
      + "the result is compared with the clean image, rounded "
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
  /// Whether one network is trained for all of them.
  let isBlind: Bool

  func measure(_ run: BenchmarkRun) async throws -> BenchmarkMeasurement {
    let photographs = try GrayPhotographs(run)
    let folder = try ScratchFolder()
    if isBlind {
      run.says("training, for all levels")
      try await run.run(
        TaskRequest(
          task: "denoise",
          data: [photographs.folders[0]],
          files: ["save": "model.hourglass"]
        ),
        in: folder
      )
    }
    var parts: [BenchmarkResult.Part] = []
    for level in levels {
      run.says((isBlind ? "" : "training, and ") + "denoising images with noise of \(level)")
      try await run.run(
        TaskRequest(
          task: "denoise",
          data: [photographs.folders[1]],
          files: [
            (isBlind ? "model" : "learnFrom"): isBlind ? "model.hourglass" : photographs.folders[0],
            "output": "denoised-\(level)",
          ],
          options: ["noise": "gaussian:\(level)/255", "addNoise": true]
        ),
        in: folder
      )
      let scores = try photographs.scores(of: folder.file("denoised-\(level)"))
      parts.append(BenchmarkResult.Part(name: "noise of \(level)", values: scores))
    }
    return BenchmarkMeasurement(
      own: parts.map { $0.values[0] },
      partFigures: [
        BenchmarkResult.Figure("denoised, dB", places: 2, moreIsBetter: true),
        BenchmarkResult.Figure("SSIM", places: 4, moreIsBetter: true),
      ],
      parts: parts,
      paths: photographs.paths
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
    let folder = try ScratchFolder()
    let images = try SmallColorImages(run, in: folder, for: self)
    try await run.run(
      TaskRequest(
        task: "colorize",
        data: [images.testPath],
        files: [
          "learnFrom": images.trainingPath, "output": "colored", "save": "model.hourglass",
        ]
      ),
      in: folder
    )
    try await run.run(
      TaskRequest(
        task: "colorize",
        data: [images.testPath],
        files: ["model": "model.hourglass", "output": "vivid"],
        options: ["colors": "vivid"]
      ),
      in: folder,
      isOwn: false
    )
    /// Scores what is made of each test image, by its number.
    func values(_ result: (Int, Image) throws -> Image) throws -> [Double?] {
      var scores = ColorScores()
      for index in 0..<images.test.count {
        let truth = try images.test.image(index)
        scores.add(try result(index, truth), truth)
      }
      return [scores.peakSignalToNoiseRatio, scores.abError, scores.colorfulness]
    }
    func written(_ name: String) throws -> [Double?] {
      try values { index, _ in
        try Image.load(contentsOf: folder.file("\(name)/\(images.test.names[index]).png"))
      }
    }
    return BenchmarkMeasurement(
      own: try written("colored"),
      baselines: [
        BenchmarkResult.Method("gray", try values { _, truth in ColorScores.withoutColors(truth) }),
        BenchmarkResult.Method("vivid colors of the same network", try written("vivid")),
      ],
      paths: images.paths
    )
  }
}

/// Gray photographs without noise, by a network that saw none without it.
struct NoisyOnlyBenchmark: QualityBenchmark {
  let name = "denoise-noisy-only"
  let summary =
    "Gaussian noise of 25 is added once to the 400 images of `bsd400`, which are cut off at black and white, "
    + "as image files are, and these are all that is trained on, once with the kind of the noise given, and "
    + "once without; noise is added to those of `bsd68` without clipping or rounding, and "
    + "the result is compared with the clean image."
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
      "BM3D, with the level of the noise given",
      source: "Zhang et al., 2016, arXiv:1608.03981, table II",
      [28.57, nil]
    ),
  ]

  private static let level = 25

  func measure(_ run: BenchmarkRun) async throws -> BenchmarkMeasurement {
    let photographs = try GrayPhotographs(run)
    let folder = try ScratchFolder()
    try writeNoisy(photographs.clean, seed: run.seed, to: folder)
    /// What a network makes of the test images that trained on noise of a kind, or of no kind.
    func denoised(_ noise: String?) async throws -> (values: [Double?], outcome: TaskOutcome) {
      run.says(noise == nil ? "training, noise unknown" : "training, normal noise")
      let name = noise == nil ? "unknown" : "normal"
      var request = TaskRequest(
        task: "denoise",
        data: ["noisy"],
        files: ["save": "\(name).hourglass"],
        options: ["noisyOnly": true]
      )
      request.options["noise"] = noise
      try await run.run(request, in: folder, isOwn: noise != nil)
      run.says("denoising \(photographs.test.count) images")
      let outcome = try await run.run(
        TaskRequest(
          task: "denoise",
          data: [photographs.folders[1]],
          files: ["model": "\(name).hourglass", "output": name],
          options: ["noise": "gaussian:\(Self.level)/255", "addNoise": true]
        ),
        in: folder,
        isOwn: noise != nil
      )
      return (try photographs.scores(of: folder.file(name)), outcome)
    }
    let normal = try await denoised("gaussian:0/255..55/255")
    let unknown = try await denoised(nil)
    return BenchmarkMeasurement(
      own: normal.values,
      baselines: [
        BenchmarkResult.Method("the same, noise unknown", unknown.values)
      ] + (try normal.outcome.baselines(["PSNR", "SSIM"])),
      paths: photographs.paths
    )
  }

  /// Writes images with noise to the folder `noisy`, within black and white.
  private func writeNoisy(_ images: ImageSet, seed: UInt64, to folder: ScratchFolder) throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("noisy"),
      withIntermediateDirectories: false
    )
    var generator = SeededGenerator.named("noise of the images trained on", seed: seed)
    for index in 0..<images.count {
      let clean = try images.image(index)
      let planes = clean.planes().map { plane in
        plane.map { $0 + Float(Self.level) / 255 * generator.nextNormal() }
      }
      try Image(planes: planes, width: clean.width, height: clean.height)
        .write(to: folder.file("noisy/\(index + 1).png"))
    }
  }
}
