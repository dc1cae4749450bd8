/// A fitted model of a task: a value that is applied to data, saved and loaded.
///
/// Nothing that is done with it changes it.
public protocol FittedTask: Sendable {
  /// The name of the application in the header of a model file, such as `reduce`.
  static var application: String { get }

  /// What every fitted model has.
  var core: FittedCore { get }

  /// Everything that applying it needs beside the header, by name.
  var tensors: [String: Tensor] { get }

  /// Makes it from what a model file of its application holds; `init(contentsOf:)` calls it.
  ///
  /// - Throws: Any error of the rooms where the file contradicts itself.
  init(contents file: ModelContents) throws
}

/// What every fitted model has beside what its task needs.
public struct FittedCore: Hashable, Sendable {
  /// The header of a model file: settings, fields, architecture, provenance.
  package var header: ModelHeader
  /// How well the model does, measured when it was trained; `nil` where nothing could be measured.
  public var evaluation: Evaluation?
  /// Where the state of training is kept until the model is saved.
  public var checkpoint: String?

  /// Takes the result of a fit.
  package init(header: ModelHeader, evaluation: Evaluation?, checkpoint: String?) {
    self.header = header
    self.evaluation = evaluation
    self.checkpoint = checkpoint
  }

  /// Takes it from a model file.
  package init(_ file: ModelContents) throws(TaskError) {
    do {
      let evaluation = try file.report(as: Evaluation.self)
      self.init(header: file.header, evaluation: evaluation, checkpoint: nil)
    } catch {
      let version = file.header.provenance.programVersion
      throw file.damaged("its evaluation cannot be read, it was saved by hourglass \(version)")
    }
  }
}

extension FittedTask {
  /// The header of a model file: settings, fields, architecture, provenance.
  package var header: ModelHeader { core.header }
  /// What the model was made from.
  public var provenance: ModelProvenance { core.header.provenance }
  /// How its training went.
  public var training: TrainingSummary { core.header.training }
  /// How well the model does, measured when it was trained; `nil` where nothing could be measured.
  public var evaluation: Evaluation? { core.evaluation }
  /// Where the state of training is kept until the model is saved.
  public var checkpoint: String? { core.checkpoint }
}

/// A model file that was read and is of the right application.
public struct ModelContents: Sendable {
  /// The file.
  public let path: String
  /// Its header.
  package let header: ModelHeader
  /// The tensors by name.
  public let tensors: [String: Tensor]

  /// Reads an open file.
  ///
  /// - Throws: `checkpointForModel` for a checkpoint, `olderModel` for a model of an earlier format.
  init(_ file: ModelFile) throws {
    let header = try file.header(as: ModelHeader.self)
    guard header.checkpoint == nil else { throw TaskError.checkpointForModel(file: file.path) }
    guard header.format == ModelFile.formatVersion else {
      throw TaskError.olderModel(
        file: file.path,
        version: header.provenance.programVersion,
        found: header.format,
        expected: ModelFile.formatVersion
      )
    }
    self.init(path: file.path, header: header, tensors: try file.tensors())
  }

  private init(path: String, header: ModelHeader, tensors: [String: Tensor]) {
    (self.path, self.header, self.tensors) = (path, header, tensors)
  }

  /// The configuration, the fields or another part of the header as a value.
  package func decoded<Value: Decodable>(
    _ part: KeyPath<ModelHeader, JSONValue>,
    as type: Value.Type
  ) throws(ModelFileError) -> Value {
    try header[keyPath: part].decoded(as: type, file: path)
  }

  /// The report, where the file has one.
  package func report<Value: Decodable>(as type: Value.Type) throws(ModelFileError) -> Value? {
    try header.report?.decoded(as: type, file: path)
  }

  /// A tensor of a shape.
  package func tensor(_ name: String, shape: Shape) throws(TaskError) -> Tensor {
    guard let tensor = tensors[name], tensor.shape == shape, tensor.isFinite else {
      throw damaged("the tensor \(name) should hold finite numbers of the shape \(shape)")
    }
    return tensor
  }

  /// The error of a file that contradicts itself.
  package func damaged(_ problem: String) -> TaskError {
    .damagedModel(file: path, problem: problem)
  }
}

extension FittedTask {
  /// The number of parameters.
  public var parameterCount: Int {
    let state = Set(header.stateTensors)
    return tensors.reduce(0) { $0 + (state.contains($1.key) ? 0 : $1.value.shape.elementCount) }
  }

  /// Writes the model, whole or not at all, and removes the checkpoint.
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
  /// - Throws: `modelFile` for a damaged or foreign file, `application(.otherApplication)` for a
  ///   model of another application.
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
        throw TaskError.otherApplication(
          file: path,
          expected: Self.application,
          found: file.application
        )
      }
      let contents = try ModelContents(file)
      do {
        try self.init(contents: contents)
      } catch {
        throw Self.damage(error, in: path)
      }
    } catch {
      throw HourglassError(error)
    }
  }

  /// What keeps a model from being made of a file: settings and networks that cannot be are the file's
  /// fault, and not that of the caller.
  private static func damage(_ error: any Error, in path: String) -> any Error {
    switch HourglassError(error) {
    case .modelFile, .application(.damagedModel): error
    case let other:
      TaskError.damagedModel(file: path, problem: "it cannot be used: \(other)")
    }
  }
}
