internal import HourglassAutoencoders
internal import HourglassModelFiles
public import HourglassTensors

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
      header: file.header,
      report: try file.report(as: ReductionReport.self),
      checkpoint: nil,
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

extension ReductionBaseline {
  /// Takes the tensors of a model file and checks them.
  fileprivate init(_ file: ModelContents, width: Int) throws(TaskError) {
    let count = file.tensors[Self.names.components]?.shape.dimensions.first ?? 0
    guard count > 0 else { throw file.damaged("the tensor \(Self.names.components) is missing") }
    self.init(
      means: try file.tensor(Self.names.means, shape: [width]),
      components: try file.tensor(Self.names.components, shape: [count, width])
    )
  }
}
