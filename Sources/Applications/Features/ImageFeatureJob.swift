internal import HourglassAutoencoders
internal import HourglassDatasets
internal import HourglassEngines
internal import HourglassModelFiles
internal import HourglassNetworks
internal import HourglassTensors

/// One run of learning features of images from what they say of their patches, with everything chosen
/// before it begins.
///
/// First the patches are learnt, then an autoencoder of what images say of them: most of it is hidden from the
/// encoder, and errors along principal components count the less the more varies along them, so that large and
/// plain differences weigh little more than small ones. The encoder takes pixels in the end.
struct ImageFeatureJob: Sendable {
  private let extractor: FeatureExtractor
  private let dataName: String
  private let rows: EncodedRows
  private let split: RowSplit
  private let encoding: ItemEncoding
  private let coding: PatchCoding
  /// The network that learns, from codes to codes.
  private let autoencoder: Autoencoder
  /// The same with an encoder that takes pixels.
  private let whole: Autoencoder
  private let run: LearningRun

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - architecture: A coding of patches and the layers behind it.
  ///   - data: Images of one size.
  init(
    _ extractor: FeatureExtractor,
    _ architecture: Architecture,
    _ data: Dataset,
    _ session: LearningSession
  ) throws {
    guard case .patches(let coding, let hidden, let activation) = architecture else {
      preconditionFailure("the architecture codes patches")
    }
    try extractor.validate(for: data)
    let items = try RawItems(data)
    let split = session.parts ?? RowSplit(items, seed: extractor.learning.seed)
    let encoding = try ItemEncoding(items, training: split.training, scaling: extractor.scaling)
    guard encoding.itemShape.rank == 3,
      coding.fits(height: encoding.itemShape[1], width: encoding.itemShape[2])
    else {
      throw ApplicationError.invalidSetting(
        name: "the size of the images of \(data.name)",
        expected: "at least \(coding.side) pixels in either direction, and \(coding.grid) patches",
        found: "\(encoding.itemShape)"
      )
    }
    let values = coding.valueCount
    let codes = min(max(extractor.dimensions, Self.directions), values, split.training.count - 1)
    self.extractor = extractor
    dataName = data.name
    rows = try EncodedRows(items, encoding: encoding)
    self.split = split
    self.encoding = encoding
    self.coding = coding
    autoencoder = Autoencoder(
      encoder: .dense(hidden: hidden, activation: activation),
      bottleneck: .deterministic(latent: extractor.dimensions),
      corruption: extractor.corruption ?? AutomaticChoices.patchCorruption,
      errorDirections: max(codes, 1)
    )
    var whole = autoencoder
    whole.encoder = architecture
    self.whole = whole
    run = try LearningRun(
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

  /// The directions along which errors count less, where codes are shorter.
  private static let directions = 128
  /// What is added to the variance along a direction, as a part of the largest one.
  private static let directionFloor = 0.03

  /// Learns, judges, and makes the model with its report.
  func fitted() async throws -> FittedFeatureExtractor {
    let (engine, session) = (run.session.engine, run.session)
    let patches: LearntPatches
    let principal: PrincipalComponents
    let coded: EncodedRows
    do {
      patches = try await LearntPatches(
        of: rows,
        training: split.training,
        coding,
        seed: extractor.learning.seed,
        on: engine,
        progress: { session.progress(.preparing(fraction: $0)) }
      )
      coded = EncodedRows(codes: patches.codes)
      principal = try await PrincipalComponents(
        of: FilledValues(coded.selecting(split.training)),
        count: autoencoder.errorDirections ?? 1,
        on: engine
      )
    } catch is CancellationError {
      // Learning has not begun: there is a checkpoint only where it was to go on from one.
      throw HourglassError.interrupted(checkpoint: session.resumes ? session.checkpoint : nil)
    }
    // What chance restores would have to be unlearned first.
    var start = try autoencoder.silentStart(itemShape: coded.itemShape)
    start[Autoencoder.directionsName] = Self.directions(principal)
    let (network, record) = try await run.network(
      autoencoder,
      StartedLearner(autoencoder, start: start),
      on: coded.selecting(split.seen),
      itemShape: coded.itemShape
    )
    let baseline = ReductionBaseline(principal, count: extractor.dimensions)
    let judge = ReductionJudge(network: network, baseline: baseline, encoding: encoding)
    let judged = coded.selecting(split.report)
    var report = try await judge.report(
      judged,
      of: dataName,
      as: split.reportRows,
      on: engine
    )
    report.patchKinds = coding.filters
    report.notes += try await notes(network, record, judged)
    report = report.refereed(by: session)
    return try FittedFeatureExtractor(
      configuration: extractor,
      header: try run.modelHeader(
        record,
        metrics: report.metrics,
        report: report,
        stateTensors: Array(patches.variables.keys)
      ),
      report: report,
      checkpoint: session.checkpoint,
      encoding: encoding,
      encoder: FittedEncoder(
        whole,
        variables: network.variables.merging(patches.variables) { first, _ in first },
        itemShape: encoding.itemShape
      )
    )
  }

  private func notes(
    _ network: FittedAutoencoder,
    _ record: HourglassAutoencoders.TrainingRecord,
    _ judged: EncodedRows
  ) async throws -> [String] {
    var notes: [String?] = [
      "Common differences count little in learning, so that PCA may restore more: what features are worth "
        + "shows when something is predicted from them.",
      LearningHealth.budget(record),
      LearningHealth.idleNumbers(try await network.encode(judged, on: run.session.engine)),
    ]
    if split.reportRows != .learntFrom {
      notes.append(
        LearningHealth.duplicates(
          judged: rows.selecting(split.report),
          learnt: rows.selecting(split.training),
          noun: encoding.kind.nouns.many
        )
      )
    }
    return notes.compactMap { $0 }
  }

  /// Principal components, each the longer the more varies along it, `[directions, values]`.
  private static func directions(_ principal: PrincipalComponents) -> Tensor {
    let width = principal.means.count
    let floor = max(directionFloor * (principal.variances.first ?? 1), 1e-12)
    var rows: [Float] = []
    rows.reserveCapacity(principal.count * width)
    for direction in 0..<principal.count {
      let variance = principal.variances[direction]
      let factor = (variance / (variance + floor)).squareRoot()
      for value in 0..<width {
        rows.append(Float(principal.components[direction * width + value] * factor))
      }
    }
    return Tensor(rows, shape: [principal.count, width])
  }
}
