import Foundation
import Hourglass

/// The training and test images of a folder with the four IDX files of MNIST, and their classes.
struct LabeledImages {
  let training: Dataset
  let trainingClasses: [Int]
  let test: Dataset
  let testClasses: [Int]
  let paths: [String]

  /// Reads the first so many of both.
  init(
    _ run: BenchmarkRun,
    trainingCount: Int,
    testCount: Int,
    for benchmark: some QualityBenchmark
  ) throws {
    func images(_ name: String, _ count: Int) throws -> (Dataset, [Int], [String]) {
      let parts = ["images-idx3-ubyte", "labels-idx1-ubyte"].map { "\(name)-\($0)" }
      let paths = try parts.map { try run.path([$0 + ".gz", $0], for: benchmark) }
      var options = DatasetOptions()
      options.limit = count
      let images = try Dataset.load(contentsOf: paths[0], options: options)
      guard images.kind == .images else {
        throw BenchmarkError.unsuited(
          paths[0],
          for: benchmark.name,
          expected: "images",
          found: images.kind.nouns.many
        )
      }
      let labels = try IDXFile(contentsOf: paths[1], limit: count)
      let classes = labels.values().compactMap { Int(exactly: $0) }
      guard labels.count == images.count, labels.itemShape.elementCount == 1,
        classes.count == labels.count, classes.allSatisfy({ (0...255).contains($0) })
      else {
        throw BenchmarkError.unsuited(
          paths[1],
          for: benchmark.name,
          expected: "a label from 0 to 255 for each of \(images.count) images",
          found: "\(labels.count) labels, \(classes.count) of them whole numbers"
        )
      }
      return (images, classes, paths)
    }
    let first = try images("train", trainingCount)
    let second = try images("t10k", testCount)
    (training, trainingClasses) = (first.0, first.1)
    (test, testClasses) = (second.0, second.1)
    paths = first.2 + second.2
  }

  /// The images as rows of values from 0 to 1.
  static func rows(_ images: Dataset) throws -> Tensor {
    guard case .images(let set) = images else {
      throw BenchmarkError("\(images.name) should hold images.")
    }
    let data = try set.uniform()
    return Tensor(data.rows(0..<data.count).scalars, shape: [data.count, data.featureCount])
  }
}

/// The images of a folder with the binary files of CIFAR-10, and their classes.
struct SmallColorImages {
  let training: ImageSet
  let test: ImageSet
  let paths: [String]

  /// Reads all of them, or the first so many of both.
  init(
    _ run: BenchmarkRun,
    trainingCount: Int = .max,
    testCount: Int = .max,
    for benchmark: some QualityBenchmark
  ) throws {
    let all = try run.paths(ending: ".bin", for: benchmark, what: "data_batch_1.bin and others")
      .filter { $0.contains("data_batch_") }
    let last = try run.path(["test_batch.bin"], for: benchmark)
    guard !all.isEmpty else {
      throw BenchmarkError.unsuited(
        run.data,
        for: benchmark.name,
        expected: "data_batch_1.bin and others",
        found: "no such file"
      )
    }
    // The files have records of one size and nothing else, so that several are one file of more records.
    let scratch = try ScratchFolder()
    let joined = scratch.file("batches.bin")
    let file = try WrittenFile(joined)
    let recordSize = 3_073
    var (paths, size) = ([String](), 0)
    for path in all where size / recordSize < trainingCount {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      try file.write(Array(bytes))
      size += bytes.count
      paths.append(path)
    }
    try file.close()
    training = try ImageSet.load(contentsOf: joined).prefix(trainingCount)
    test = try ImageSet.load(contentsOf: last).prefix(testCount)
    self.paths = paths + [last]
  }
}

/// A map of images: two numbers an image, from which images are reconstructed too.
struct ReductionBenchmark: QualityBenchmark {
  /// Whether the map keeps neighbors near one another, as `reduce --preserve neighbors` has it.
  let preservesNeighbors: Bool
  let name = "reduce"
  let summary =
    "A map is trained on the first 20,000 training images (IDX, four files as MNIST has them) by "
    + "`reduce`; the first 5,000 test images are placed on it. Class by 10 "
    + "neighbors: the vote of the 10 nearest training images on the map."
  let figures = [
    BenchmarkResult.Figure("class by 10 neighbors", places: 4, moreIsBetter: true),
    BenchmarkResult.Figure("trustworthiness at 15", places: 4, moreIsBetter: true),
    BenchmarkResult.Figure("squared error a pixel", places: 5, moreIsBetter: false),
    BenchmarkResult.Figure("seconds of learning", places: 0, moreIsBetter: false),
  ]
  let published = [
    BenchmarkResult.Method(
      "UMAP 0.5.12",
      source: "Fashion-MNIST, two cores, with its defaults; it has no decoder",
      [0.762, 0.976, nil, 125]
    ),
    BenchmarkResult.Method(
      "PyTorch autoencoder",
      source: "Fashion-MNIST, two cores, 784-512-256-128-2, 15 epochs",
      [0.681, 0.963, 0.0276, 34]
    ),
    BenchmarkResult.Method(
      "PCA",
      source: "Fashion-MNIST, scikit-learn",
      [0.524, 0.914, 0.0459, 0]
    ),
  ]

  func measure(_ run: BenchmarkRun) async throws -> BenchmarkMeasurement {
    let images = try LabeledImages(run, trainingCount: 20_000, testCount: 5_000, for: self)
    let reducer = DimensionReducer(
      learning: run.learning,
      preserves: preservesNeighbors ? .neighbors() : nil
    )
    let (fitted, seconds) = try await run.timed {
      try await reducer.fit(images.training, session: run.session)
    }
    run.says("placing the images on the map, and evaluating it")
    let known = try await fitted.codes(of: images.training, on: run.engine)
    let new = try await fitted.codes(of: images.test, on: run.engine)
    let report = try await fitted.evaluate(images.test, on: run.engine)
    return BenchmarkMeasurement(
      own: [
        try CodeQuality.neighborAccuracy(
          training: known,
          classes: images.trainingClasses,
          test: new,
          truth: images.testClasses
        ),
        try CodeQuality.trustworthiness(of: new, items: LabeledImages.rows(images.test)),
        report.autoencoder.errorPerValue,
        seconds,
      ],
      paths: images.paths,
      options: OptionDifferences.lines(of: reducer, from: DimensionReducer())
    )
  }
}

/// Features of images, learned without their classes, from which a linear model tells these.
struct FeaturesBenchmark: QualityBenchmark {
  let name = "features"
  let summary =
    "32 numbers an image are learned from the first 20,000 training images (IDX, four files as MNIST "
    + "has them) by `features`; a logistic regression on them, standardized, with the penalty by which "
    + "most of a tenth left out are told, learns the classes and is evaluated on the first 5,000 test images."
  let figures = [
    BenchmarkResult.Figure("accuracy", places: 4, moreIsBetter: true),
    BenchmarkResult.Figure("seconds of learning", places: 0, moreIsBetter: false),
  ]
  let published = [
    ("raw pixels", 0.813), ("PCA", 0.816), ("PyTorch autoencoder", 0.816),
  ].map {
    BenchmarkResult.Method($0.0, source: "Fashion-MNIST, scikit-learn's regression", [$0.1, nil])
  }
  func measure(_ run: BenchmarkRun) async throws -> BenchmarkMeasurement {
    let images = try LabeledImages(run, trainingCount: 20_000, testCount: 5_000, for: self)
    let extractor = FeatureExtractor(learning: run.learning)
    return BenchmarkMeasurement(
      own: try await run.featureFigures(
        extractor,
        training: (images.training, images.trainingClasses),
        test: (images.test, images.testClasses)
      ),
      paths: images.paths,
      options: OptionDifferences.lines(of: extractor, from: FeatureExtractor())
    )
  }
}

extension BenchmarkRun {
  /// The accuracy of a logistic regression on features that are learned without the classes, and the seconds
  /// of learning them.
  fileprivate func featureFigures(
    _ extractor: FeatureExtractor,
    training: (images: Dataset, classes: [Int]),
    test: (images: Dataset, classes: [Int])
  ) async throws -> [Double?] {
    let (fitted, seconds) = try await timed {
      try await extractor.fit(training.images, session: session)
    }
    says("learning the classes from the features")
    let accuracy = CodeQuality.logisticAccuracy(
      training: try await fitted.features(of: training.images, on: engine),
      classes: training.classes,
      test: try await fitted.features(of: test.images, on: engine),
      truth: test.classes
    )
    return [accuracy, seconds]
  }
}

/// Features of small photographs, learned without their classes, from which a linear model tells these.
struct PhotographFeaturesBenchmark: QualityBenchmark {
  let name = "features-cifar10"
  var summary: String {
    "\(dimensions) numbers an image are learned by `features` from the first 20,000 images of data_batch_*.bin "
      + "(CIFAR-10, binary), without their classes; a logistic regression on them, standardized, with the "
      + "penalty by which most of a tenth left out are told, learns the classes of the same images and is "
      + "evaluated on the first 2,000 of test_batch.bin."
  }
  let figures = [
    BenchmarkResult.Figure("accuracy", places: 4, moreIsBetter: true),
    BenchmarkResult.Figure("seconds of learning", places: 0, moreIsBetter: false),
  ]
  let published = [
    BenchmarkResult.Method(
      "raw pixels",
      source: "20,000 images, scikit-learn's regression",
      [0.38, nil]
    ),
    BenchmarkResult.Method(
      "k-means, 4,000 patches, 16,000 numbers",
      source: "Coates, Lee, Ng, 2011, AISTATS, table 1; 50,000 images, a support vector machine",
      [0.796, nil]
    ),
  ]

  /// The numbers of an image.
  let dimensions: Int

  func measure(_ run: BenchmarkRun) async throws -> BenchmarkMeasurement {
    let images = try SmallColorImages(run, trainingCount: 20_000, testCount: 2_000, for: self)
    let extractor = FeatureExtractor(dimensions: dimensions, learning: run.learning)
    return BenchmarkMeasurement(
      own: try await run.featureFigures(
        extractor,
        training: (.images(images.training), images.training.labels ?? []),
        test: (.images(images.test), images.test.labels ?? [])
      ),
      paths: images.paths,
      options: OptionDifferences.lines(of: extractor, from: FeatureExtractor())
    )
  }
}

/// Images found again from copies with noise that are moved by a pixel.
struct MatchImagesBenchmark: QualityBenchmark {
  let name = "match-images"
  let summary =
    "The first 20,000 training images (IDX) are stored with a signature each. 1,000 of them are asked "
    + "for by a copy that is moved by one pixel to the right and down, with Gaussian noise of standard "
    + "deviation 0.25, cut off at 0 and 1."
  let figures = [
    BenchmarkResult.Figure("recall at 1", places: 4, moreIsBetter: true),
    BenchmarkResult.Figure("seconds of learning", places: 0, moreIsBetter: false),
  ]
  let published = [
    ("pixels", 0.034), ("PCA, 32 numbers", 0.079), ("PyTorch autoencoder, 32 numbers", 0.012),
  ].map {
    BenchmarkResult.Method($0.0, source: "Fashion-MNIST, the same augmentation", [$0.1, nil])
  }

  /// The numbers of a signature.
  let dimensions: Int

  private static let queryCount = 1_000

  func measure(_ run: BenchmarkRun) async throws -> BenchmarkMeasurement {
    let path = try run.path(
      ["train-images-idx3-ubyte.gz", "train-images-idx3-ubyte"],
      for: self
    )
    var options = DatasetOptions()
    options.limit = 20_000
    guard case .images(let stored) = try Dataset.load(contentsOf: path, options: options) else {
      throw BenchmarkError.unsuited(
        path,
        for: name,
        expected: "images",
        found: "other data"
      )
    }
    let matcher = Matcher(
      dimensions: dimensions,
      learning: run.learning
    )
    let (fitted, seconds) = try await run.timed {
      try await matcher.fit(.images(stored), session: run.session)
    }
    run.says("making signatures and looking for the copies")
    let (copies, chosen) = try copies(of: stored, seed: run.seed)
    let known = try await fitted.items(of: .images(stored), on: run.engine)
    let asked = try await fitted.items(of: .images(copies), on: run.engine)
    let width = fitted.dimensions
    func rows(_ items: [NewItem]) -> Tensor {
      Tensor(items.flatMap { $0.signatures[0] }, shape: [items.count, width])
    }
    let near = try NearestItems(rows(known)).numbers(near: rows(asked), count: 1)
    let found = zip(near, chosen).count { $0.first == $1 }
    return BenchmarkMeasurement(
      own: [Double(found) / Double(chosen.count), seconds],
      paths: [path],
      options: OptionDifferences.lines(of: matcher, from: Matcher())
    )
  }

  /// Some of the images as they are asked for, and which they are.
  private func copies(of images: ImageSet, seed: UInt64) throws -> (ImageSet, [Int]) {
    var order = NumPyGenerator(seed: seed)
    let chosen = Array(order.permutation(images.count).prefix(Self.queryCount))
    let data = try images.uniform()
    let (height, width) = (data.itemShape[1], data.itemShape[2])
    var noise = SeededGenerator.named("noise of the queries", seed: seed)
    var values: [Float] = []
    values.reserveCapacity(chosen.count * height * width)
    for index in chosen {
      let image = data.item(index)
      for y in 0..<height {
        for x in 0..<width {
          let value = y > 0 && x > 0 ? image[(y - 1) * width + x - 1] : 0
          values.append(min(max(value + 0.25 * noise.nextNormal(), 0), 1))
        }
      }
    }
    let tensor = Tensor(values, shape: [chosen.count, 1, height, width])
    return (ImageSet(try NumericDataset(name: "queries", images: tensor)), chosen)
  }
}
