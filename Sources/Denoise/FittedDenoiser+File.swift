public import HourglassTasksCommon

/// What the items of a denoiser are, for the header of its model file.
enum DenoisedFields: Hashable, Sendable, Codable {
  /// Rows of a table or windows of series.
  case items(ItemEncoding)
  /// Parts of images of any size.
  case images(channels: Int)
  /// Pieces of spectrograms.
  case sounds(SoundMasking)
}

/// The network of a denoiser, for the header of its model file.
enum DenoisingNetwork: Hashable, Sendable, Codable {
  case translator(ImageToImageNetwork)
  case autoencoder(Autoencoder)
}

extension FittedDenoiser: FittedTask {
  /// What applying the model needs; no item of the data is among it.
  public var tensors: [String: Tensor] {
    switch content {
    case .images(let network): network.translation.variables
    case .table(let network): network.network.variables
    case .series(let network): network.network.variables
    case .sounds(let network): network.variables
    }
  }

  /// Makes it from what a model file holds.
  public init(contents file: ModelContents) throws {
    let fields = try file.decoded(\.fields, as: DenoisedFields.self)
    let network = try file.decoded(\.architecture, as: DenoisingNetwork.self)
    let content: Content
    switch (fields, network) {
    case (.images(let channels), .translator(let translator)):
      guard channels == 1 || channels == 3 else {
        throw file.damaged("images should have 1 or 3 channels, not \(channels)")
      }
      content = .images(
        ImageDenoising(
          channels: channels,
          translation: try TiledInference(translator, from: file, inputs: channels)
        )
      )
    case (.items(.table(let encoding)), .autoencoder(let autoencoder)):
      if let problem = encoding.problem { throw file.damaged(problem) }
      guard autoencoder.fields == encoding.layout else {
        throw file.damaged("its network should take the columns that it names")
      }
      content = .table(
        TableDenoising(
          encoding: encoding,
          network: try FittedAutoencoder(
            autoencoder,
            variables: file.tensors,
            itemShape: ItemEncoding.table(encoding).itemShape,
            record: nil
          )
        )
      )
    case (.items(.series(let encoding)), .translator(let translator)):
      if let problem = encoding.problem { throw file.damaged(problem) }
      content = .series(
        SeriesDenoising(
          encoding: encoding,
          network: try FittedImageToImageNetwork(
            translator,
            variables: file.tensors,
            itemShape: [encoding.channels.width, encoding.window],
            record: nil
          )
        )
      )
    case (.sounds(let masking), .translator(let translator)):
      if let problem = masking.problem { throw file.damaged(problem) }
      guard translator.target == .weighted(channels: 1), translator.outputActivation == .logistic,
        SoundDenoising.suits(translator.architecture)
      else { throw file.damaged("the network of sounds should give a mask") }
      _ = try FittedImageToImageNetwork(
        translator,
        variables: file.tensors,
        itemShape: [1, 16, 16],
        record: nil
      )
      content = .sounds(SoundDenoising(masking, translator, variables: file.tensors))
    case (.sounds, .autoencoder), (.images, .autoencoder), (.items, _):
      throw file.damaged("the network is not of the kind that the fields are for")
    }
    self.init(
      configuration: try file.decoded(\.configuration, as: Denoiser.self),
      core: try FittedCore(file),
      content: content
    )
  }
}
