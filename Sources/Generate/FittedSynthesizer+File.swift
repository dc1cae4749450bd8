internal import HourglassAutoencoders
internal import HourglassEncodings
internal import HourglassModelFiles
public import HourglassTasksCommon
public import HourglassTensors

extension FittedSynthesizer: FittedTask {
  /// What generating and evaluating needs; no row of the data is among it.
  public var tensors: [String: Tensor] { model.tensors }

  /// Makes it from what a model file holds.
  public init(contents file: ModelContents) throws {
    let fields = try file.decoded(\.fields, as: SynthesisFields.self)
    if let problem = fields.problem { throw file.damaged(problem) }
    if fields.modelType == .trees {
      self.init(
        configuration: try file.decoded(\.configuration, as: Synthesizer.self),
        core: try FittedCore(file),
        model: .trees(try TableTrees(file, fields))
      )
      return
    }
    let autoencoder = try file.decoded(\.architecture, as: Autoencoder.self)
    guard autoencoder.fields == fields.encoding.layout else {
      throw file.damaged("its network should be one of its fields")
    }
    self.init(
      configuration: try file.decoded(\.configuration, as: Synthesizer.self),
      core: try FittedCore(file),
      model: .network(
        SynthesisNetwork(
          fields: fields,
          network: try FittedAutoencoder(
            autoencoder,
            variables: file.tensors,
            itemShape: fields.encoding.itemShape,
            record: nil
          ),
          codes: try CodeMixture(file, size: autoencoder.latent),
          pixels: fields.kind == .images
            ? try IndependentPixels(file, width: fields.encoding.itemShape.elementCount) : nil,
          classes: try ClassCodes(file, names: fields.classNames, size: autoencoder.latent),
          windows: try WindowCodes(file, fields.encoding, size: autoencoder.latent)
        )
      )
    )
  }
}
