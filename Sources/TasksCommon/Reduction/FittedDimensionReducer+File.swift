extension FittedDimensionReducer: FittedTask {
  /// What applying and evaluating the model needs; no row of the data is among it.
  public var tensors: [String: Tensor] {
    network.variables.merging(baseline.tensors) { variable, _ in variable }
  }

  /// Makes it from what a model file holds.
  public init(contents file: ModelContents) throws {
    let encoding = try file.decoded(\.fields, as: ItemEncoding.self)
    if let problem = encoding.problem { throw file.damaged(problem) }
    let autoencoder = try file.decoded(\.architecture, as: Autoencoder.self)
    guard autoencoder.fields == encoding.layout else {
      throw file.damaged("its network should take the columns that it names")
    }
    self.init(
      configuration: try file.decoded(\.configuration, as: DimensionReducer.self),
      core: try FittedCore(file),
      encoding: encoding,
      network: try FittedAutoencoder(
        autoencoder,
        variables: file.tensors,
        itemShape: encoding.itemShape,
        record: nil
      ),
      baseline: try ReductionBaseline(file, width: encoding.valueCount)
    )
  }
}

extension FittedDimensionReducer {
  /// A start for a network like this one with another number of dimensions: its variables, and, where the
  /// length shows in their shape, as much of them as fits into what the other would start from.
  package func start(over fresh: [String: Tensor], shapes: [String: Shape]) -> [String: Tensor] {
    var start = fresh
    for (name, shape) in shapes {
      guard let own = network.variables[name], own.shape.rank == shape.rank else { continue }
      if own.shape == shape {
        start[name] = own
        continue
      }
      var tensor = start[name] ?? Self.drawn(shape, name)
      if shape.rank == 1 {
        for place in 0..<min(own.shape[0], shape[0]) { tensor[flat: place] = own.scalars[place] }
      } else if shape.rank == 2 {
        for row in 0..<min(own.shape[0], shape[0]) {
          for column in 0..<min(own.shape[1], shape[1]) {
            tensor[flat: row * shape[1] + column] = own.scalars[row * own.shape[1] + column]
          }
        }
      } else {
        continue
      }
      start[name] = tensor
    }
    return start
  }

  /// Numbers as a layer draws them at its start.
  private static func drawn(_ shape: Shape, _ name: String) -> Tensor {
    var tensor = Tensor.zeros(shape)
    guard shape.rank == 2 else { return tensor }
    var generator = SeededGenerator.named(name, seed: 0)
    let scale = 1 / Float(max(shape[1], 1)).squareRoot()
    for place in 0..<shape.elementCount { tensor[flat: place] = scale * generator.nextNormal() }
    return tensor
  }
}
