internal import HourglassTasksCommon

/// One training run of features of images from patch features, with everything chosen
/// before it begins.
///
/// First the patches are fitted, then an autoencoder of the patch features, which are whitened in part, so
/// that large and plain differences count about as much as others; most of it is hidden from the encoder. The
/// encoder takes pixels in the end.
struct ImageFeatureJob: Sendable {
  private let extractor: FeatureExtractor
  private let dataName: String
  private let rows: EncodedRows
  private let split: RowSplit
  private let encoding: ItemEncoding
  private let coding: PatchCoding
  /// The number of directions that are whitened.
  private let directionCount: Int
  /// The network that is trained, from patch features to patch features.
  private let autoencoder: Autoencoder
  /// The same with an encoder that takes pixels.
  private let whole: Autoencoder
  private let run: TrainingRun

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - architecture: A coding of patches and the layers behind it.
  ///   - data: Images of one size.
  init(
    _ extractor: FeatureExtractor,
    _ architecture: Architecture,
    _ data: Dataset,
    _ session: TrainingSession
  ) throws {
    guard case .patches(var coding, let hidden, let activation) = architecture else {
      preconditionFailure("the architecture codes patches")
    }
    try extractor.validate(for: data)
    let items = try RawItems(data)
    let split = RowSplit(items, seed: extractor.learning.seed)
    let encoding = try ItemEncoding(items, training: split.training)
    guard encoding.itemShape.rank == 3,
      coding.fits(height: encoding.itemShape[1], width: encoding.itemShape[2])
    else {
      throw TaskError.invalidSetting(
        name: "the size of the images of \(data.name)",
        expected: "at least \(coding.side) pixels in either direction, and \(coding.grid) patches",
        found: "\(encoding.itemShape)"
      )
    }
    directionCount = max(
      min(
        max(extractor.width + 1, Self.directions),
        coding.valueCount,
        split.training.count - 1
      ),
      1
    )
    self.extractor = extractor
    dataName = data.name
    rows = try EncodedRows(items, encoding: encoding)
    if let isMirrored = extractor.mirrorImagesAreAlike {
      coding.isMirrored = isMirrored
    } else if extractor.architecture == nil {
      coding.isMirrored = MirrorSymmetry(rows.selecting(split.training)).holds
    }
    self.split = split
    self.encoding = encoding
    self.coding = coding
    autoencoder = Autoencoder(
      encoder: .dense(hidden: hidden, activation: activation),
      bottleneck: .deterministic(latent: extractor.width),
      corruption: extractor.corruption ?? Defaults.patchCorruption
    )
    var whole = autoencoder
    whole.encoder = .patches(coding, hidden: hidden, activation: activation)
    self.whole = whole
    if let start = session.start {
      throw start.foreign(
        expected: "features of rows, sounds, windows or, with dense layers, images",
        found: "features of patches, which are found anew in each data set"
      )
    }
    run = try TrainingRun(
      application: FittedFeatureExtractor.application,
      configuration: extractor,
      fields: encoding,
      architecture: whole,
      data: (data.name, data.fingerprint),
      itemCount: split.training.count,
      trainer: extractor.learning.trainer(
        for: .images,
        learningCount: split.training.count,
        validation: split.validation
      ),
      session: session
    )
  }

  /// The directions that are whitened, where feature vectors are shorter.
  private static let directions = 128

  /// Trains, evaluates, and makes the model.
  func fitted() async throws -> FittedFeatureExtractor {
    let engine = run.session.engine
    let prepared = try await run.session.preparing { try await self.prepared() }
    let coded = prepared.coded
    // What chance reconstructs would have to be unlearned first.
    let start = try autoencoder.silentStart(itemShape: coded.itemShape)
    let (network, record) = try await run.network(
      autoencoder,
      StartedLearner(autoencoder, start: start),
      on: coded.selecting(split.seen),
      itemShape: coded.itemShape
    )
    let baseline = ReductionBaseline(prepared.principal, count: extractor.width)
    var evaluator = ReductionEvaluator(network: network, baseline: baseline, encoding: encoding)
    evaluator.patchKinds = coding.filters
    let evaluated = coded.selecting(split.report)
    var evaluation = try await evaluator.evaluation(
      evaluated,
      of: dataName,
      as: split.reportRows,
      on: engine
    )
    if coding.isMirrored {
      evaluation.notes.append("An image and its mirror image have the same features.")
    }
    evaluation.warnings += TrainingDiagnostics.warnings(
      record,
      codes: try await network.encode(evaluated, on: engine),
      evaluated: rows.selecting(split.report),
      learned: rows.selecting(split.training),
      split: split.reportRows,
      noun: encoding.kind.nouns.many
    )
    return try FittedFeatureExtractor(
      configuration: extractor,
      core: try run.core(record, evaluation, stateTensors: Array(prepared.variables.keys)),
      encoding: encoding,
      encoder: FittedEncoder(
        whole,
        variables: try await variables(of: network, prepared),
        itemShape: encoding.itemShape
      )
    )
  }

  /// What is there before the autoencoder is trained.
  private struct Prepared {
    /// The variables of the coding, by name.
    let variables: [String: Tensor]
    /// The principal components of the patch features.
    let principal: PrincipalComponents
    let whitening: RegularizedWhitening
    /// The patch features, whitened in part.
    let coded: EncodedRows
  }

  private func prepared() async throws -> Prepared {
    let (engine, session) = (run.session.engine, run.session)
    let patches = try await LearnedPatches(
      of: rows,
      training: split.training,
      coding,
      seed: extractor.learning.seed,
      on: engine,
      progress: { session.progress(.preparing(fraction: 0.8 * $0)) }
    )
    let principal = try await PrincipalComponents(
      of: FilledValues(EncodedRows(codes: patches.codes).selecting(split.training)),
      count: directionCount,
      on: engine
    )
    session.progress(.preparing(fraction: 0.95))
    let whitening = RegularizedWhitening(principal, numbers: extractor.width)
    let coded = EncodedRows(codes: try await whitening.whitened(patches.codes, on: engine))
    session.progress(.preparing(fraction: 1))
    return Prepared(
      variables: patches.variables,
      principal: principal,
      whitening: whitening,
      coded: coded
    )
  }

  /// The variables of an encoder from pixels: its first layer takes the patch features as they are.
  private func variables(
    of network: FittedAutoencoder,
    _ prepared: Prepared
  ) async throws -> [String: Tensor] {
    var variables = network.variables.merging(prepared.variables) { first, _ in first }
    let names = ["encoder.0.weight", "bottleneck.weight"]
    if let first = names.first(where: { variables[$0] != nil }), let weight = variables[first] {
      variables[first] = try await prepared.whitening.whitened(weight, on: run.session.engine)
    }
    return variables
  }
}
