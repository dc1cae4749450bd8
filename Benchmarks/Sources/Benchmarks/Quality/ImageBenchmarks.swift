import Foundation
import Hourglass
import HourglassBenchmarkSupport

/// The training and test images of a folder with the four IDX files of MNIST, and their classes.
struct LabeledImages {
  /// A file of images, of which the first ones are taken, and their classes.
  struct Part {
    /// The path from the root.
    let path: String
    let classes: [Int]
  }

  let training: Part
  let test: Part
  let paths: [String]

  /// Finds the files, and reads the classes of the first so many images of both.
  init(
    _ run: BenchmarkRun,
    trainingCount: Int,
    testCount: Int,
    for benchmark: some QualityBenchmark
  ) throws {
    func part(_ name: String, _ count: Int) throws -> (Part, [String]) {
      let parts = ["images-idx3-ubyte", "labels-idx1-ubyte"].map { "\(name)-\($0)" }
      let paths = try parts.map { try run.path([$0 + ".gz", $0], for: benchmark) }
      let labels = try ArrayFiles.items(contentsOf: paths[1], limit: count)
      let classes = labels.scalars.compactMap { Int(exactly: $0) }
      guard labels.shape[1] == 1, classes.count == labels.shape[0],
        classes.allSatisfy({ (0...255).contains($0) })
      else {
        throw BenchmarkError.unsuited(
          paths[1],
          for: benchmark.name,
          expected: "a label from 0 to 255 for each image",
          found: "\(labels.shape[0]) labels, \(classes.count) of them whole numbers"
        )
      }
      return (Part(path: absolute(paths[0]), classes: classes), paths)
    }
    let (first, second) = (try part("train", trainingCount), try part("t10k", testCount))
    (training, test) = (first.0, second.0)
    paths = first.1 + second.1
  }
}

/// The images of a folder with the binary files of CIFAR-10, and their classes.
struct SmallColorImages {
  /// One file of all images to train on, from the root.
  let trainingPath: String
  let trainingClasses: [Int]
  /// The file of the test images, from the root.
  let testPath: String
  let test: ImageSet
  let paths: [String]

  /// Reads the classes of all of them, or of the first so many of both.
  ///
  /// - Parameter folder: Where the file of all images to train on is written.
  init(
    _ run: BenchmarkRun,
    trainingCount: Int = .max,
    testCount: Int = .max,
    in folder: ScratchFolder,
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
    trainingPath = folder.file("batches.bin")
    let file = try WrittenFile(trainingPath)
    let recordSize = 3_073
    var (paths, size) = ([String](), 0)
    for path in all where size / recordSize < trainingCount {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      try file.write(Array(bytes))
      size += bytes.count
      paths.append(path)
    }
    try file.close()
    let training = try ImageSet.load(contentsOf: trainingPath).prefix(trainingCount)
    trainingClasses = training.labels ?? []
    testPath = absolute(last)
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
    BenchmarkResult.Figure("seconds of training", places: 0, moreIsBetter: false),
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
    let testCount = 5_000
    let images = try LabeledImages(run, trainingCount: 20_000, testCount: testCount, for: self)
    let request = TaskRequest(
      task: "reduce",
      options: preservesNeighbors ? ["preserve": "neighbors"] : [:]
    )
    let codes = try await run.codes(
      by: request,
      of: (images.training.path, 20_000),
      andOf: (images.test.path, testCount)
    )
    let test = try ImageSet.load(contentsOf: images.test.path, limit: testCount).uniform()
    let pixels = Tensor(test.rows(0..<test.count).scalars, shape: [test.count, test.featureCount])
    return BenchmarkMeasurement(
      own: [
        try CodeQuality.neighborAccuracy(
          training: codes.training,
          classes: images.training.classes,
          test: codes.test,
          truth: images.test.classes
        ),
        try CodeQuality.trustworthiness(of: codes.test, items: pixels),
        try codes.ofTest.evaluation?["MSE"],
        codes.seconds,
      ],
      paths: images.paths
    )
  }
}

extension BenchmarkRun {
  /// Latent vectors or features of items, of a model that was trained on some of them.
  fileprivate struct Codes {
    /// Of the items trained on, `[count, width]`.
    let training: Tensor
    /// Of other items, `[count, width]`.
    let test: Tensor
    /// The seconds of training.
    let seconds: Double?
    /// What the request came to that applied the model to the other items.
    let ofTest: TaskOutcome
  }

  /// Trains on the first items of a file, then applies the model to those of another one, by two requests.
  fileprivate func codes(
    by request: TaskRequest,
    of training: (path: String, count: Int),
    andOf test: (path: String, count: Int),
    in folder: ScratchFolder? = nil
  ) async throws -> Codes {
    let folder = try folder ?? ScratchFolder()
    var first = request
    first.data = [training.path]
    first.files = ["first": training.count, "output": "training.npy", "save": "model.hourglass"]
    let seconds = try await run(first, in: folder).trainingSeconds
    let second = TaskRequest(
      task: request.task,
      data: [test.path],
      files: ["first": test.count, "output": "test.npy", "model": "model.hourglass"]
    )
    let ofTest = try await run(second, in: folder)
    return Codes(
      training: try ArrayFiles.numbers(contentsOf: folder.file("training.npy")),
      test: try ArrayFiles.numbers(contentsOf: folder.file("test.npy")),
      seconds: seconds,
      ofTest: ofTest
    )
  }
}

/// Features of images, trained without their classes, from which a linear model predicts these.
struct FeaturesBenchmark: QualityBenchmark {
  let name = "features"
  let summary =
    "32 features an image are trained on the first 20,000 training images (IDX, four files as MNIST "
    + "has them) by `features`; a logistic regression on them, standardized, with the penalty by which "
    + "the accuracy on a held-out tenth is highest, is fitted to the classes and evaluated on the first "
    + "5,000 test images."
  let figures = [
    BenchmarkResult.Figure("accuracy", places: 4, moreIsBetter: true),
    BenchmarkResult.Figure("seconds of training", places: 0, moreIsBetter: false),
  ]
  let published = [
    ("raw pixels", 0.813), ("PCA", 0.816), ("PyTorch autoencoder", 0.816),
  ].map {
    BenchmarkResult.Method($0.0, source: "Fashion-MNIST, scikit-learn's regression", [$0.1, nil])
  }

  func measure(_ run: BenchmarkRun) async throws -> BenchmarkMeasurement {
    let images = try LabeledImages(run, trainingCount: 20_000, testCount: 5_000, for: self)
    let codes = try await run.codes(
      by: TaskRequest(task: "features"),
      of: (images.training.path, 20_000),
      andOf: (images.test.path, 5_000)
    )
    run.says("fitting the classes to the features")
    let accuracy = CodeQuality.logisticAccuracy(
      training: codes.training,
      classes: images.training.classes,
      test: codes.test,
      truth: images.test.classes
    )
    return BenchmarkMeasurement(own: [accuracy, codes.seconds], paths: images.paths)
  }
}

/// Features of small photographs, trained without their classes, from which a linear model predicts these.
struct PhotographFeaturesBenchmark: QualityBenchmark {
  let name = "features-cifar10"
  var summary: String {
    "\(dimensions ?? 32) features an image are trained by `features` on the first 20,000 images of "
      + "data_batch_*.bin (CIFAR-10, binary), without their classes; a logistic regression on them, standardized, with the "
      + "penalty by which the accuracy on a held-out tenth is highest, is fitted to the classes of the same "
      + "images and evaluated on the first 2,000 of test_batch.bin."
  }
  let figures = [
    BenchmarkResult.Figure("accuracy", places: 4, moreIsBetter: true),
    BenchmarkResult.Figure("seconds of training", places: 0, moreIsBetter: false),
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

  /// The features of an image; `nil` takes as many as a user gets.
  let dimensions: Int?

  func measure(_ run: BenchmarkRun) async throws -> BenchmarkMeasurement {
    let folder = try ScratchFolder()
    let images = try SmallColorImages(
      run,
      trainingCount: 20_000,
      testCount: 2_000,
      in: folder,
      for: self
    )
    let codes = try await run.codes(
      by: TaskRequest(
        task: "features",
        options: dimensions.map { ["shape": ["dimensions": $0]] } ?? [:]
      ),
      of: (images.trainingPath, 20_000),
      andOf: (images.testPath, 2_000),
      in: folder
    )
    run.says("fitting the classes to the features")
    let accuracy = CodeQuality.logisticAccuracy(
      training: codes.training,
      classes: images.trainingClasses,
      test: codes.test,
      truth: images.test.labels ?? []
    )
    return BenchmarkMeasurement(own: [accuracy, codes.seconds], paths: images.paths)
  }
}

/// Images found again from copies with noise that are moved by a pixel.
struct MatchImagesBenchmark: QualityBenchmark {
  let name = "match-images"
  let summary =
    "The first 20,000 training images (IDX) are stored with a signature each. 1,000 of them are asked "
    + "for by a copy that is moved by one pixel to the right and down, with Gaussian noise of standard "
    + "deviation 0.25, cut off at 0 and 1 and rounded to 8 bits, as image files are."
  let figures = [
    BenchmarkResult.Figure("recall at 1", places: 4, moreIsBetter: true),
    BenchmarkResult.Figure("seconds of training", places: 0, moreIsBetter: false),
  ]
  let published = [
    ("pixels", 0.034), ("PCA, 32 numbers", 0.079), ("PyTorch autoencoder, 32 numbers", 0.012),
  ].map {
    BenchmarkResult.Method($0.0, source: "Fashion-MNIST, the same augmentation", [$0.1, nil])
  }

  /// The numbers of a signature; `nil` takes as many as a user gets.
  let dimensions: Int?

  private static let queryCount = 1_000

  func measure(_ run: BenchmarkRun) async throws -> BenchmarkMeasurement {
    let path = try run.path(
      ["train-images-idx3-ubyte.gz", "train-images-idx3-ubyte"],
      for: self
    )
    let stored = try ImageSet.load(contentsOf: path, limit: Self.storedCount)
    let folder = try ScratchFolder()
    var request = TaskRequest(task: "match add", data: [absolute(path)])
    request.files = ["first": Self.storedCount]
    request.options = ["database": "images.db"]
    if let dimensions { request.options["dimensions"] = dimensions }
    let added = try await run.run(request, in: folder)
    run.says("looking for the copies")
    let chosen = try writeCopies(of: stored, seed: run.seed, to: folder.file("queries.idx"))
    var asked = TaskRequest(task: "match find", data: ["queries.idx"])
    asked.options = ["database": "images.db", "count": 1]
    let answers = try await run.run(asked, in: folder).answers
    guard answers.count == chosen.count else {
      throw BenchmarkError("\(answers.count) of \(chosen.count) queries were answered.")
    }
    // Images of one file are named after it and their number in it, from 1.
    let found = zip(answers, chosen).count { answer, index in
      answer.matches.first?.name.hasSuffix(":\(index + 1)") == true
    }
    return BenchmarkMeasurement(
      own: [Double(found) / Double(chosen.count), added.trainingSeconds],
      paths: [path]
    )
  }

  private static let storedCount = 20_000

  /// Writes some of the images as they are asked for, an IDX file of bytes, and gives which they are.
  private func writeCopies(of images: ImageSet, seed: UInt64, to path: String) throws -> [Int] {
    var order = NumPyGenerator(seed: seed)
    let chosen = Array(order.permutation(images.count).prefix(Self.queryCount))
    let data = try images.uniform()
    let (height, width) = (data.itemShape[1], data.itemShape[2])
    var noise = SeededGenerator.named("noise of the queries", seed: seed)
    // The type of bytes and the three extents, most significant byte first.
    var bytes: [UInt8] = [0, 0, 8, 3]
    for extent in [chosen.count, height, width] {
      bytes += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: extent >> $0) }
    }
    for index in chosen {
      let image = data.item(index)
      for y in 0..<height {
        for x in 0..<width {
          let value = y > 0 && x > 0 ? image[(y - 1) * width + x - 1] : 0
          let noisy = min(max(value + 0.25 * noise.nextNormal(), 0), 1)
          bytes.append(UInt8((noisy * 255).rounded()))
        }
      }
    }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return chosen
  }
}
