internal import HourglassAutoencoders
internal import HourglassEncodings
internal import HourglassModelFiles
internal import HourglassNetworks
internal import HourglassStatistics
public import HourglassTasksCommon
public import HourglassTensors

extension FittedAnomalyDetector: FittedTask {
  private static let names = (
    references: "references", fields: "scales.fields", terms: "scales.terms",
    calibration: "calibration.scores"
  )

  /// What applying and evaluating the model needs: the network, the rows that distances are measured
  /// to, what is usual, and the scores of items held out.
  public var tensors: [String: Tensor] {
    network.merging(ownTensors) { variable, _ in variable }
  }

  /// The names of the tensors that no gradient was followed of.
  var stateTensors: [String] { ownTensors.keys.sorted() }

  private var network: [String: Tensor] { scorer.network.variables }

  private var ownTensors: [String: Tensor] {
    let scales = scorer.scales
    var tensors = baselines.principal.tensors
    tensors[Self.names.fields] = Tensor(scales.fields, shape: [scales.fields.count])
    tensors[Self.names.terms] = Tensor([scales.reconstructing, scales.distance], shape: [2])
    tensors[Self.names.calibration] = Tensor(
      calibration.scores.map { Float($0) },
      shape: [calibration.count]
    )
    if let references = scorer.references { tensors[Self.names.references] = references.rows }
    return tensors
  }

  /// Makes it from what a model file holds.
  public init(contents file: ModelContents) throws {
    let encoding = try file.decoded(\.fields, as: ItemEncoding.self)
    if let problem = encoding.detectionProblem { throw file.damaged(problem) }
    let configuration = try file.decoded(\.configuration, as: AnomalyDetector.self)
    try configuration.validate()
    let layout = encoding.scoredFields
    let network = try FittedAutoencoder(
      try file.decoded(\.architecture, as: Autoencoder.self),
      variables: file.tensors,
      itemShape: encoding.itemShape,
      record: nil
    )
    guard network.autoencoder.fields == layout,
      network.autoencoder.objective == .distance(.squaredError)
    else { throw file.damaged("its network should reconstruct the fields of its data") }
    var references: NearestReferences?
    if let count = file.tensors[Self.names.references]?.shape.dimensions.first, count > 0 {
      let rows = try file.tensor(Self.names.references, shape: [count, layout.width])
      references = NearestReferences(
        rows: rows,
        layout: layout,
        isGrouped: configuration.learned == .mixed
      )
    }
    let fields = try file.tensor(Self.names.fields, shape: [layout.count]).scalars
    let terms = try file.tensor(Self.names.terms, shape: [2]).scalars
    guard (fields + terms).allSatisfy({ $0 > 0 }) else {
      throw file.damaged("its scales should be above 0")
    }
    let count = file.tensors[Self.names.calibration]?.shape.dimensions.first ?? 0
    let scores = try file.tensor(Self.names.calibration, shape: [count]).scalars
    self.init(
      configuration: configuration,
      core: try FittedCore(file),
      encoding: encoding,
      scorer: DetectionScorer(
        network: network,
        references: references,
        scales: DetectionScales(fields: fields, reconstructing: terms[0], distance: terms[1])
      ),
      baselines: DetectionBaselines(
        principal: try ReductionBaseline(file, width: layout.width),
        references: references
      ),
      calibration: ConformalCalibration(scores.map { Double($0) })
    )
  }
}
