import Hourglass
import HourglassJobs

/// The Swift of the documents, word for word.
enum DocumentedExamples {
  /// That of `README.md`.
  static func readme() async throws {
    let table = try Table(contentsOf: "sensors.csv")
    let detector = try await AnomalyDetector(falseAlarmRate: 0.01).fit(table)
    for finding in try await detector.findings(in: .table(table)) where finding.isAnomaly {
      print(finding.item, finding.score, finding.pValue, finding.reasons)
    }
    try detector.save(to: "pump.hourglass")

    let photos = try Dataset.load(contentsOf: "photos")
    let reduced = try await DimensionReducer(dimensions: 2).fit(photos)
    let codes = try await reduced.codes(of: photos)
    print(codes.shape)
  }

  /// That of `Documentation/Library.md`.
  static func library() async throws {
    let people = try Dataset.load(contentsOf: "people.csv")
    let reducer = DimensionReducer(dimensions: 2, learning: TrainingSettings(epochs: 50, seed: 7))
    let reduced = try await reducer.fit(people)
    let codes = try await reduced.codes(of: people)
    print(codes.shape, reduced.evaluation?["MSE"] ?? .nan)

    let map = try await DimensionReducer(preserves: .neighbors()).fit(people)
    print(map.evaluation?["trustworthiness"] ?? .nan)
    let places = Tensor([0, 0, 1, 1], shape: [2, 2])
    print(try await map.decode(codes: places).numbers.shape)

    let extractor = try await FeatureExtractor(dimensions: 4).fit(people)
    let features = try await extractor.features(of: people)

    let matcher = try await Matcher(dimensions: 8).fit(people)
    let library = try MatchLibrary(creating: "people.db", matcher)
    try await library.add(people)
    for answer in try await library.find(people, count: 1, falseAcceptRate: 0.05) {
      print(answer.query, answer.matches.first?.name ?? "none", answer.isInDatabase ?? false)
    }

    let clean = try ImageSet.load(contentsOf: "photos")
    let denoiser = Denoiser(
      noise: .gaussian(standardDeviation: 25 / 255),
      learning: TrainingSettings(epochs: 1)
    )
    let denoised = try await denoiser.fit(.images(clean))
    let noisy = try Image.load(contentsOf: "noisy.png")
    try await denoised.denoised(noisy).write(to: "denoised.png")

    let music = try Dataset.load(contentsOf: "music")
    let quiet = try await Denoiser(learning: TrainingSettings(epochs: 1)).fit(music)
    try await quiet.denoised(try Sound.load(contentsOf: "hiss.wav")).write(to: "quiet.flac")

    let normal = try Table(contentsOf: "people.csv")
    let detector = try await AnomalyDetector(falseAlarmRate: 0.05).fit(normal)
    let stricter = try detector.with(falseAlarmRate: 0.01)
    for finding in try await stricter.findings(in: .table(normal)) where finding.isAnomaly {
      print(finding.item, finding.score, finding.pValue, finding.reasons)
    }
    try stricter.save(to: "people.hourglass")
    let later = try FittedAnomalyDetector(contentsOf: "people.hourglass")

    let synthesizer = Synthesizer(learning: TrainingSettings(epochs: 30))
    let synthetic = try await synthesizer.fit(.table(normal))
    let made = try await synthetic.table(100, seed: 1)
    try made.write(to: "made.csv")

    let gaps = try Table(contentsOf: "gaps.csv")
    let imputer = try await Imputer(members: 1).fit(gaps)
    let filled = try await imputer.filled(gaps)
    let plausible = try await imputer.draws(of: gaps, count: 5)
    let means = PooledEstimate.pooled(plausible, columns: ["weight"])
    let sure = try await imputer.intervals(of: .table(gaps), level: 0.9)

    let inpainter = try await ImageImputer(learning: TrainingSettings(epochs: 1)).fit(clean)
    let mask = PixelMask(whitePartsOf: try Image.load(contentsOf: "scratches.png"))
    try await inpainter.filled(noisy, mask: mask).write(to: "whole.png")

    let colorizer = try await Colorizer(learning: TrainingSettings(epochs: 1)).fit(clean)
    try await colorizer.colored(noisy, saturation: 1.1).write(to: "colored.png")
    let vivid = try await colorizer.colored(
      noisy,
      colors: .vivid,
      hints: [ColorHint(x: 3, y: 2, red: 178, green: 34, blue: 34)]
    )
    let choices = try await colorizer.samples(of: noisy, count: 4, seed: 7)

    let request = """
      {"task": "reduce", "data": ["people.csv"], "training": {"epochs": 20, "seed": 7},
       "files": {"output": "latent.csv"}}
      """
    let answer = try await Job.run(json: request) { event in print(event) }
    print(answer)

    let pixels = try clean.uniform(channels: 1).rows(0..<12)
    let own = Autoencoder(
      encoder: .layers([.convolution(8, stride: 2), .batchNormalization, .dense(32)]),
      bottleneck: .gaussian(latent: 4, beta: 0.5),
      decoder: .layers([.dense(64)]),
      objective: .likelihood(.bernoulli),
      corruption: .gaussian(standardDeviation: 0.1),
      terms: [RightMean(weight: 10)]
    )
    let (events, continuation) = AsyncStream<TrainingEvent>.makeStream()
    async let fitting = Trainer(batchSize: 4, epochs: 20).fit(own, to: pixels, events: continuation)
    for await event in events {
      if case .epochFinished(let epoch) = event { print(epoch.record.training.loss) }
    }
    let fitted = try await fitting
    print(try await fitted.encode(pixels).shape, try await fitted.evaluate(pixels).loss)
    let invented = try await fitted.sample(count: 3, seed: 7)
    try fitted.save(to: "own.hourglass")

    let saved = try FittedAutoencoder(contentsOf: "own.hourglass")
    let slower = Trainer(optimizer: Optimizer(learningRate: 1e-4), batchSize: 4, epochs: 2)
    let tuned = try await slower.fit(own, to: pixels, startingFrom: saved)
    print(invented.shape, try await tuned.reconstruct(pixels).shape)
    print(
      features.shape,
      later.provenance.dataName,
      filled.rowCount,
      means.count,
      sure.count,
      vivid.size,
      choices.count
    )
  }
}

/// The mean of each reconstruction should be that of its item.
struct RightMean: ObjectiveTerm {
  var weight: Float = 1

  func loss(of nodes: ObjectiveNodes, in builder: inout GraphBuilder) -> NodeID {
    let error = builder.difference(nodes.output, nodes.target)
    let pixels = builder.flatten(error)
    return builder.apply(.square, builder.mean(pixels, axes: [1]))
  }
}
