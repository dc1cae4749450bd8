internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEncodings
internal import HourglassModelFiles
internal import HourglassNetworks
public import HourglassTasksCommon
public import HourglassTensors

extension FittedImputer: FittedTask {
  /// What applying the model needs: the networks and the parts beside them, with rows of the data where
  /// the nearest are looked for.
  public var tensors: [String: Tensor] { state.tensors }

  /// Makes it from what a model file holds.
  public init(contents file: ModelContents) throws {
    let configuration = try file.decoded(\.configuration, as: Imputer.self)
    let fields = try file.decoded(\.fields, as: ImputedFields.self)
    if let problem = fields.problem { throw file.damaged(problem) }
    guard (1...16).contains(configuration.members) else {
      throw file.damaged("it should have from 1 to 16 networks")
    }
    let autoencoder = try file.decoded(\.architecture, as: Autoencoder.self)
    let layout = fields.columns.layout
    let width = layout.width
    guard
      autoencoder.fields == fields.encoding.layout
    else { throw file.damaged("its networks should take the columns that it names") }
    let members = try (0..<configuration.members).map { number in
      let prefix = State.memberPrefix(number)
      var variables: [String: Tensor] = [:]
      for (name, tensor) in file.tensors where name.hasPrefix(prefix) {
        variables[String(name.dropFirst(prefix.count))] = tensor
      }
      return try FittedAutoencoder(
        autoencoder,
        variables: variables,
        itemShape: fields.encoding.itemShape,
        record: nil
      )
    }
    let bounds = try file.tensor(State.Names.bounds, shape: [3, width]).scalars
    let means = FieldMeans(
      means: Array(bounds[..<width]),
      lows: Array(bounds[width..<2 * width]),
      highs: Array(bounds[(2 * width)...])
    )
    var regression: ChainedRegression?
    if file.tensors[State.Names.regression] != nil {
      let coefficients = try file.tensor(State.Names.regression, shape: [width, width + 1])
      regression = ChainedRegression(coefficients: coefficients.scalars, means: means)
    }
    var neighbors: NearestRows?
    if let values = file.tensors[State.Names.values] {
      let count = values.shape.dimensions.first ?? 0
      neighbors = NearestRows(
        EncodedTable(
          layout: layout,
          count: count,
          values: try file.tensor(State.Names.values, shape: [count, width]).scalars,
          observed: try file.tensor(State.Names.observed, shape: [count, layout.count]).scalars
        )
      )
    }
    let predictor = CellPredictor(
      members: members,
      window: fields.window,
      means: means,
      regression: regression,
      neighbors: neighbors
    )
    let parts = predictor.parts.count
    let weights = try file.tensor(State.Names.weights, shape: [layout.count, parts]).scalars
    self.init(
      configuration: configuration,
      core: try FittedCore(file),
      state: State(
        fields: fields,
        predictor: predictor,
        blend: CellBlend(
          weights: (0..<layout.count).map { field in
            (0..<parts).map { Double(weights[field * parts + $0]) }
          }
        ),
        uncertainty: CellUncertainty(
          deviations: try file.tensor(State.Names.deviations, shape: [width]).scalars,
          quantiles: try file.tensor(
            State.Names.quantiles,
            shape: [layout.count, CellUncertainty.probabilityCount]
          ).scalars
        )
      )
    )
  }
}

extension FittedImputer.State {
  /// The names of the tensors beside the networks'.
  enum Names {
    static let bounds = "columns.bounds"
    static let regression = "regression.coefficients"
    static let values = "rows.values"
    static let observed = "rows.observed"
    static let weights = "blend.weights"
    static let deviations = "columns.deviations"
    static let quantiles = "scores.quantiles"
  }

  static func memberPrefix(_ number: Int) -> String { "member.\(number)." }

  /// The names of the tensors that no gradient was followed of.
  var stateNames: [String] { Array(parts.keys) }

  /// The tensors of a model file.
  var tensors: [String: Tensor] {
    var tensors = parts
    for (number, member) in predictor.members.enumerated() {
      for (name, tensor) in member.variables { tensors[Self.memberPrefix(number) + name] = tensor }
    }
    return tensors
  }

  private var parts: [String: Tensor] {
    let layout = fields.columns.layout
    let width = layout.width
    let means = predictor.means
    var tensors = [
      Names.bounds: Tensor(means.means + means.lows + means.highs, shape: [3, width]),
      Names.weights: Tensor(
        blend.weights.flatMap { $0.map { Float($0) } },
        shape: [layout.count, predictor.parts.count]
      ),
      Names.deviations: Tensor(uncertainty.deviations, shape: [width]),
      Names.quantiles: Tensor(
        uncertainty.quantiles,
        shape: [layout.count, CellUncertainty.probabilityCount]
      ),
    ]
    if let regression = predictor.regression {
      tensors[Names.regression] = Tensor(regression.coefficients, shape: [width, width + 1])
    }
    if let rows = predictor.neighbors?.reference {
      tensors[Names.values] = Tensor(rows.values, shape: [rows.count, width])
      tensors[Names.observed] = Tensor(rows.observed, shape: [rows.count, rows.fieldCount])
    }
    return tensors
  }
}
