internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEncodings
internal import HourglassModelFiles
internal import HourglassNetworks
internal import HourglassStatistics
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
    var predictor = CellPredictor(
      members: members,
      window: fields.window,
      means: means,
      regression: regression,
      neighbors: neighbors
    )
    if file.tensors[State.Names.treeColumns] != nil {
      predictor.trees = try State.trees(file, layout, filledBy: predictor.parts.count)
    }
    let parts = predictor.parts.count
    let weights = try file.tensor(State.Names.weights, shape: [layout.count, parts]).scalars
    self.init(
      configuration: configuration,
      core: try FittedCore(file),
      state: State(
        fields: fields,
        predictor: predictor,
        blend: CellBlend(
          weights,
          alone: try file.tensors[State.Names.weights + State.Names.alone].map { _ in
            try file.tensor(
              State.Names.weights + State.Names.alone,
              shape: [layout.count, parts]
            ).scalars
          },
          parts: parts
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
    /// What follows the name of weights where they are those of cells that alone are missing.
    static let alone = ".alone"
    static let treeColumns = "trees.columns"
    static let treeValues = "trees.values"
    static let treeCounts = "trees.counts"
    static let treeFillings = ["trees.filling", "trees.refilling"]
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
      Names.weights: blend.tensor,
      Names.deviations: Tensor(uncertainty.deviations, shape: [width]),
      Names.quantiles: Tensor(
        uncertainty.quantiles,
        shape: [layout.count, CellUncertainty.probabilityCount]
      ),
    ]
    tensors[Names.weights + Names.alone] = blend.aloneTensor
    if let regression = predictor.regression {
      tensors[Names.regression] = Tensor(regression.coefficients, shape: [width, width + 1])
    }
    if let trees = predictor.trees {
      let nodes = trees.ensembles.compactMap(\.self)
      let columns = nodes.flatMap { $0.columns.map(Float.init) }
      tensors[Names.treeColumns] = Tensor(columns, shape: [columns.count])
      tensors[Names.treeValues] = Tensor(nodes.flatMap(\.values), shape: [columns.count])
      tensors[Names.treeCounts] = Tensor(
        trees.ensembles.map { Float($0?.treeCount ?? 0) },
        shape: [layout.count]
      )
      for (filling, name) in zip(trees.fillings, Names.treeFillings) {
        tensors[name] = filling.tensor
        tensors[name + Names.alone] = filling.aloneTensor
      }
    }
    if let rows = predictor.neighbors?.reference {
      tensors[Names.values] = Tensor(rows.values, shape: [rows.count, width])
      tensors[Names.observed] = Tensor(rows.observed, shape: [rows.count, rows.fieldCount])
    }
    return tensors
  }
}

extension FittedImputer.State {
  /// The trees that a model file holds, after checking that they are trees over its columns.
  ///
  /// - Parameter parts: The number of the parts that fill the cells that trees look at.
  fileprivate static func trees(
    _ file: ModelContents,
    _ layout: FeatureSchema,
    filledBy parts: Int
  ) throws -> ColumnTrees {
    let counts = try file.tensor(Names.treeCounts, shape: [layout.count]).scalars
    let nodeCount = file.tensors[Names.treeColumns]?.shape.dimensions.first ?? 0
    let columns = try file.tensor(Names.treeColumns, shape: [nodeCount]).scalars
    let values = try file.tensor(Names.treeValues, shape: [nodeCount]).scalars
    var fillings: [CellBlend] = []
    for (index, name) in Names.treeFillings.enumerated()
    where index == 0 || file.tensors[name] != nil {
      // From the second on the trees are among the parts.
      let count = parts + min(index, 1)
      let weights = try file.tensor(name, shape: [layout.count, count]).scalars
      let alone = try file.tensors[name + Names.alone].map { _ in
        try file.tensor(name + Names.alone, shape: [layout.count, count]).scalars
      }
      fillings.append(CellBlend(weights, alone: alone, parts: count))
    }
    let outputCounts = layout.fields.map { field in
      if case .category(let levels) = field, levels > 2 { levels } else { 1 }
    }
    guard let columns = columns.wholeNumbers(from: -1), let counts = counts.wholeNumbers(from: 0),
      zip(counts, layout.fields).allSatisfy({ $0 == 0 || ColumnTrees.isPredicted($1) }),
      let ensembles = TreeEnsemble.split(
        columns: columns,
        values: values,
        counts: counts.map(Int.init),
        outputCounts: outputCounts,
        width: layout.width
      )
    else { throw file.damaged("its trees should be whole trees over its columns") }
    return ColumnTrees(ensembles: ensembles, fillings: fillings)
  }
}

extension [Float] {
  /// The numbers as whole ones; `nil` where one is none, or less than `least`.
  fileprivate func wholeNumbers(from least: Int32) -> [Int32]? {
    let numbers = compactMap { Int32(exactly: $0) }
    return numbers.count == count && numbers.allSatisfy { $0 >= least } ? numbers : nil
  }
}

extension CellBlend {
  /// The weights as a file has them, `[F, parts]`.
  fileprivate init(_ weights: [Float], alone: [Float]?, parts: Int) {
    self.init(
      weights: Self.split(weights, parts),
      alone: alone.map { Self.split($0, parts) }
    )
  }

  private static func split(_ weights: [Float], _ parts: Int) -> [[Double]] {
    stride(from: 0, to: weights.count, by: Swift.max(parts, 1)).map { start in
      weights[start..<start + parts].map(Double.init)
    }
  }

  fileprivate var tensor: Tensor { Self.tensor(weights) }

  fileprivate var aloneTensor: Tensor? { alone.map(Self.tensor) }

  private static func tensor(_ weights: [[Double]]) -> Tensor {
    Tensor(
      weights.flatMap { $0.map { Float($0) } },
      shape: [weights.count, weights.first?.count ?? 0]
    )
  }
}
