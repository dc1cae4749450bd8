internal import HourglassAutoencoders
package import HourglassModelFiles
internal import HourglassTensors

extension FittedDimensionReducer {
  /// Writes the model, whole or not at all, and removes the checkpoint.
  ///
  /// The file holds what applying and judging the model needs, and no row of the data.
  public func save(to path: String) throws(HourglassError) {
    do {
      try ModelFile.write(tensors: tensors, header: header, to: path)
    } catch {
      throw .modelFile(error)
    }
    try removeCheckpoint()
  }

  /// The bytes that `save` writes.
  package func bytes() throws(HourglassError) -> [UInt8] {
    do {
      return try ModelFile.bytes(tensors: tensors, header: header, path: "the model")
    } catch {
      throw .modelFile(error)
    }
  }

  private var tensors: [String: Tensor] {
    network.variables.merging(baseline.tensors) { variable, _ in variable }
  }

  /// Removes the checkpoint, where there is one.
  public func removeCheckpoint() throws(HourglassError) {
    guard let checkpoint else { return }
    do {
      try CheckpointFile.remove(checkpoint)
    } catch {
      throw .modelFile(error)
    }
  }

  /// Reads a model that `save` wrote.
  ///
  /// - Throws: `modelFile` for a damaged or foreign file, `reduction(.otherApplication)` for a model
  ///   of another application.
  public init(contentsOf path: String) throws(HourglassError) {
    let file: ModelFile
    do {
      file = try ModelFile(contentsOf: path)
    } catch {
      throw .modelFile(error)
    }
    try self.init(file)
  }

  /// Reads a model from its open file.
  package init(_ file: ModelFile) throws(HourglassError) {
    let path = file.path
    do {
      guard file.application == Self.application else {
        throw ReductionError.otherApplication(file: path, found: file.application)
      }
      let header = try file.header(as: ModelHeader.self)
      guard header.checkpoint == nil else {
        throw ReductionError.checkpointForModel(file: path)
      }
      let encoding = try header.fields.decoded(as: FieldEncoding.self, file: path)
      if let problem = encoding.problem {
        throw ReductionError.damagedModel(file: path, problem: problem)
      }
      let tensors = try file.tensors()
      self.init(
        configuration: try header.configuration.decoded(as: DimensionReducer.self, file: path),
        header: header,
        report: try header.report?.decoded(as: ReductionReport.self, file: path),
        checkpoint: nil,
        encoding: encoding,
        network: try FittedAutoencoder(
          try header.architecture.decoded(as: Autoencoder.self, file: path),
          variables: tensors,
          itemShape: encoding.itemShape,
          record: nil
        ),
        baseline: try ReductionBaseline(tensors, width: encoding.itemShape.elementCount, file: path)
      )
    } catch {
      throw HourglassError(error)
    }
  }
}

extension ReductionBaseline {
  /// Takes the tensors of a model file and checks them.
  fileprivate init(
    _ tensors: [String: Tensor],
    width: Int,
    file: String
  ) throws(ReductionError) {
    guard let means = tensors[Self.names.means], let components = tensors[Self.names.components],
      means.shape == [width], components.shape.rank == 2, components.shape[0] > 0,
      components.shape[1] == width, means.isFinite, components.isFinite
    else {
      throw .damagedModel(
        file: file,
        problem: "the tensors \(Self.names.means) and \(Self.names.components) should hold numbers "
          + "for rows of \(width) values, and do not"
      )
    }
    self.init(means: means, components: components)
  }
}
