internal import HourglassAutoencoders
internal import HourglassModelFiles
internal import HourglassTensors

extension FittedDimensionReducer {
  /// Writes the model, whole or not at all, and removes the checkpoint.
  ///
  /// The file holds what applying the model needs and no row of the data.
  public func save(to path: String) throws(HourglassError) {
    do {
      try ModelFile.write(tensors: network.variables, header: header, to: path)
    } catch {
      throw .modelFile(error)
    }
    try removeCheckpoint()
  }

  /// Removes the checkpoint, where there is one.
  public func removeCheckpoint() throws(HourglassError) {
  }

  /// Reads a model that `save` wrote.
  ///
  /// - Throws: `modelFile` for a damaged or foreign file, `reduction(.otherApplication)` for a model
  ///   of another application.
  public init(contentsOf path: String) throws(HourglassError) {
    do {
      let file = try ModelFile(contentsOf: path)
      guard file.application == Self.application else {
        throw ReductionError.otherApplication(file: path, found: file.application)
      }
      let header = try file.header(as: ModelHeader.self)
      let encoding = try header.fields.decoded(as: FieldEncoding.self, file: path)
      self.init(
        configuration: try header.configuration.decoded(as: DimensionReducer.self, file: path),
        header: header,
        report: try header.report?.decoded(as: ReductionReport.self, file: path),
        checkpoint: nil,
        encoding: encoding,
        network: try FittedAutoencoder(
          try header.architecture.decoded(as: Autoencoder.self, file: path),
          variables: try file.tensors(),
          itemShape: encoding.itemShape,
          record: nil
        )
      )
    } catch {
      throw HourglassError(error)
    }
  }
}
