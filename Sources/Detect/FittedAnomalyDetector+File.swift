internal import HourglassAutoencoders
internal import HourglassEncodings
internal import HourglassModelFiles
internal import HourglassNetworks
internal import HourglassStatistics
public import HourglassTasksCommon
public import HourglassTensors

extension FittedAnomalyDetector: FittedTask {
  private static let names = (
    references: "references", observed: "references.observed", latent: "references.latent",
    fields: "scales.fields", terms: "scales.terms", weights: "parts.weights",
    calibration: "calibration.scores", independent: "calibration.independent"
  )

  private static func scaleName(_ part: Int) -> String { "parts.\(part).scale" }

  /// What applying and evaluating the model needs: the network, the rows that distances are measured
  /// to, what is usual, and the scores of items held out.
  public var tensors: [String: Tensor] {
    scorer.network.variables.merging(ownTensors) { variable, _ in variable }
  }

  /// The names of the tensors that no gradient was followed of.
  var stateTensors: [String] { ownTensors.keys.sorted() }

  private var ownTensors: [String: Tensor] {
    var tensors = baselines.principal.tensors
    tensors[Self.names.calibration] = Tensor(
      calibration.scores.map { Float($0) },
      shape: [calibration.count]
    )
    if calibration.independentCount < calibration.count {
      tensors[Self.names.independent] = Tensor([Float(calibration.independentCount)], shape: [1])
    }
    switch scorer {
    case .items(let scorer):
      let scales = scorer.scales
      tensors[Self.names.fields] = Tensor(scales.fields, shape: [scales.fields.count])
      tensors[Self.names.terms] = Tensor([scales.reconstructing, scales.distance], shape: [2])
      if let references = scorer.references { tensors[Self.names.references] = references.rows }
    case .rows(let scorer):
      tensors[Self.names.fields] = Tensor(scorer.fieldErrors, shape: [scorer.fieldErrors.count])
      if let rows = scorer.references {
        tensors[Self.names.references] = Tensor(rows.values, shape: [rows.count, rows.width])
        tensors[Self.names.observed] = Tensor(rows.observed, shape: [rows.count, rows.fieldCount])
      }
      tensors[Self.names.latent] = scorer.latentVectors
      tensors[Self.names.weights] = Tensor(
        scorer.parts.flatMap { [Float($0.weight), Float($0.area)] },
        shape: [scorer.parts.count, 2]
      )
      for (place, part) in scorer.parts.enumerated() {
        let values = [part.scale.tail.start, part.scale.tail.length] + part.scale.values
        tensors[Self.scaleName(place)] = Tensor(values, shape: [values.count])
      }
    }
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
    let scorer = try Self.scorer(file, configuration, encoding, network)
    let count = file.tensors[Self.names.calibration]?.shape.dimensions.first ?? 0
    let scores = try file.tensor(Self.names.calibration, shape: [count]).scalars
    guard scores.allSatisfy(\.isFinite) else {
      throw file.damaged("its scores should be finite numbers")
    }
    var independent = count
    if file.tensors[Self.names.independent] != nil {
      let number = try file.tensor(Self.names.independent, shape: [1]).scalars[0]
      guard let whole = Int(exactly: number), (0...count).contains(whole) else {
        throw file.damaged("so many of its scores should be independent, found \(number)")
      }
      independent = whole
    }
    self.init(
      configuration: configuration,
      core: try FittedCore(file),
      encoding: encoding,
      scorer: scorer,
      baselines: DetectionBaselines(
        principal: try ReductionBaseline(file, width: layout.width),
        scorer: scorer
      ),
      calibration: ConformalCalibration(
        scores.map { Double($0) },
        independentCount: independent
      )
    )
  }

  /// What scores items, with the items that distances are measured to.
  private static func scorer(
    _ file: ModelContents,
    _ configuration: AnomalyDetector,
    _ encoding: ItemEncoding,
    _ network: FittedAutoencoder
  ) throws -> AnomalyScorer {
    let layout = encoding.scoredFields
    let fields = try file.tensor(names.fields, shape: [layout.count]).scalars
    guard fields.allSatisfy({ $0 > 0 }) else { throw file.damaged("its scales should be above 0") }
    let count = file.tensors[names.references]?.shape.dimensions.first ?? 0
    let rows =
      count > 0 ? try file.tensor(names.references, shape: [count, layout.width]) : nil
    guard case .table(let table) = encoding else {
      let terms = try file.tensor(names.terms, shape: [2]).scalars
      guard terms.allSatisfy({ $0 > 0 }) else { throw file.damaged("its scales should be above 0") }
      return .items(
        DetectionScorer(
          network: network,
          references: rows.map {
            NearestReferences(
              rows: $0,
              layout: layout,
              isGrouped: configuration.learned == .mixed
            )
          },
          scales: DetectionScales(fields: fields, reconstructing: terms[0], distance: terms[1])
        )
      )
    }
    let observed = try rows.map { _ in
      try file.tensor(names.observed, shape: [count, layout.count]).scalars
    }
    guard (rows?.scalars ?? []).allSatisfy(\.isFinite),
      (observed ?? []).allSatisfy({ $0 == 0 || $0 == 1 })
    else { throw file.damaged("the rows that it keeps should be finite numbers") }
    let latent = try file.tensors[names.latent].map { _ in
      try file.tensor(names.latent, shape: [count, network.autoencoder.latent])
    }
    var scorer = TableScorer(
      table,
      network: network,
      fieldErrors: fields,
      references: rows.map {
        EncodedTable(
          layout: layout,
          count: count,
          values: $0.scalars,
          observed: observed ?? []
        )
      },
      codes: rows == nil ? nil : latent,
      kinds: configuration.learned == .mixed ? ScorePart.ofMixedRows : ScorePart.ofNormalRows
    )
    let weights = try file.tensor(names.weights, shape: [scorer.parts.count, 2]).scalars
    guard weights.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
      throw file.damaged("the weights of its parts should be at least 0")
    }
    for place in scorer.parts.indices {
      let length = file.tensors[scaleName(place)]?.shape.dimensions.first ?? 0
      let scale = try file.tensor(scaleName(place), shape: [length]).scalars
      guard length > 2, scale[0] > 0, scale[1] > 0, scale.allSatisfy({ $0.isFinite }) else {
        throw file.damaged("the scales of its parts should be above 0")
      }
      scorer.parts[place].weight = Double(weights[2 * place])
      scorer.parts[place].area = Double(weights[2 * place + 1])
      scorer.parts[place].scale = ScoreScale(
        values: Array(scale[2...]),
        start: scale[0],
        length: scale[1]
      )
    }
    return .rows(scorer)
  }
}
