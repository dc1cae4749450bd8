/// Where training takes place: the engine, the checkpoint, and the progress handler.
///
///     let session = TrainingSession(checkpoint: "run.checkpoint", resumes: true)
///     let detector = try await AnomalyDetector().fit(rows, session: session)
///
/// Nothing in it changes the trained model, but for the precision and the number of threads of the engine,
/// which change the last digits.
public struct TrainingSession: Sendable {
  /// Where it is computed.
  public var engine: ComputeEngine
  /// A file that keeps the training state until the model is saved; `nil` keeps none.
  public var checkpoint: String?
  /// The seconds between two checkpoints; more where writing one takes long.
  public var checkpointInterval: Double
  /// Whether to go on from the checkpoint, where there is one; it must be of the same settings and
  /// the same data.
  public var resumes: Bool
  /// The model whose variables training starts from, and whose encoding it takes; `nil` starts anew.
  public var start: TrainingStart?
  /// A folder with room for the encoded rows of a table that is larger than memory.
  ///
  /// `nil` takes the system's folder for such files. Nothing is left in it.
  public var scratchFolder: String?
  /// Whether the evaluation compares the model with baselines on the held-out items.
  ///
  /// Those that the method itself needs, such as principal components to start from, are fitted all the same.
  public var comparesWithBaselines: Bool
  /// Takes what happens, in order.
  public var progress: @Sendable (TrainingEvent) -> Void
  /// Takes how well baselines do on the held-out items, before training begins, where that is known then.
  package var takeBaseline: (@Sendable (TrainingBaseline) -> Void)?
  /// Whether training is to end now with the best model so far; it is asked several times a second.
  ///
  /// Where there is none so far, training ends with an error, as after a cancellation.
  package var endsLearning: (@Sendable () -> Bool)?
  /// A store in place of the file, for tests.
  package var store: (any CheckpointStore)?
  /// The clock, for tests.
  package var now: @Sendable () -> Double = Trainer.steadySeconds

  /// Makes a session; by default nothing is kept and nobody listens.
  public init(
    engine: ComputeEngine = ComputeEngine(),
    checkpoint: String? = nil,
    checkpointInterval: Double = 30,
    resumes: Bool = false,
    scratchFolder: String? = nil,
    comparesWithBaselines: Bool = true,
    progress: @escaping @Sendable (TrainingEvent) -> Void = { _ in }
  ) {
    self.engine = engine
    self.checkpoint = checkpoint
    self.checkpointInterval = checkpointInterval
    self.resumes = resumes
    self.scratchFolder = scratchFolder
    self.comparesWithBaselines = comparesWithBaselines
    self.progress = progress
  }
}

extension TrainingSession {
  /// Computes what training needs before it begins; after a cancellation there is a checkpoint only where
  /// training was to go on from one.
  package func preparing<Result: Sendable>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> Result
  ) async throws -> Result {
    do {
      return try await body()
    } catch is CancellationError {
      throw HourglassError.interrupted(checkpoint: resumes ? checkpoint : nil)
    }
  }

  /// An evaluation with baselines, or without where the session wants none.
  package func shown(_ evaluation: Evaluation) -> Evaluation {
    comparesWithBaselines ? evaluation : evaluation.withoutBaselines
  }
}

/// What the error of training is set beside while it goes on.
package struct TrainingBaseline: Hashable, Sendable {
  /// What it is called, such as `PCA`.
  package var name: String
  /// The squared difference of a held-out item and its reconstruction, summed over features, in the mean: as
  /// `LossParts.squaredError`.
  package var squaredError: Double

  /// Takes both.
  package init(_ name: String, squaredError: Double) {
    (self.name, self.squaredError) = (name, squaredError)
  }
}

/// A saved model that training starts from: of the same task, the same columns and the same layers.
///
///     session.start = try TrainingStart(contentsOf: "pump.hourglass")
public struct TrainingStart: Sendable {
  private let contents: ModelContents

  /// Reads a model that `save` wrote.
  ///
  /// - Throws: `modelFile` for a damaged or foreign file.
  public init(contentsOf path: String) throws(HourglassError) {
    do {
      contents = try ModelContents(ModelFile(contentsOf: path))
    } catch {
      throw HourglassError(error)
    }
  }

  /// The encoding of the model.
  ///
  /// - Throws: `otherApplication` where the model is one of another task.
  package func fields<Fields: Decodable>(
    _ type: Fields.Type,
    of application: String
  ) throws -> Fields {
    try check(application)
    return try contents.decoded(\.fields, as: type)
  }

  /// The error of a model that does not suit.
  package func foreign(expected: String, found: String) -> TaskError {
    .foreignStart(file: contents.path, expected: expected, found: found)
  }

  /// The network with the variables of the model as its start.
  ///
  /// - Parameters:
  ///   - header: The header of the model to train.
  ///   - prefix: What the names of the network's variables begin with in the file.
  func started(
    _ learner: any Learner,
    itemShape: Shape,
    header: ModelHeader,
    prefix: String
  ) throws -> StartedLearner {
    try check(header.application)
    guard contents.header.fields == header.fields else {
      throw foreign(expected: "the encoding of the data", found: "that of other data")
    }
    let network = (learner as? StartedLearner)?.learner ?? learner
    try network.validate(itemShape: itemShape)
    let graph = try network.validationGraph(GraphShapes(item: itemShape, batch: 1))
    var start: [String: Tensor] = [:]
    for (name, shape) in graph.variableShapes.sorted(by: { $0.key < $1.key }) {
      let found = contents.tensors[prefix + name]
      guard let found, found.shape == shape else {
        throw foreign(
          expected: "\(name) of the shape \(shape)",
          found: found.map { "one of the shape \($0.shape)" } ?? "none"
        )
      }
      start[name] = found
    }
    return StartedLearner(network, start: start)
  }

  private func check(_ application: String) throws(TaskError) {
    guard contents.header.application == application else {
      throw .otherApplication(
        file: contents.path,
        expected: application,
        found: contents.header.application
      )
    }
  }
}

extension TrainingSession {
  /// The encoding of the model that training starts from; `nil` where it starts anew.
  ///
  /// - Throws: `otherApplication` where the model is one of another task.
  package func startingFields<Fields: Decodable>(
    _ type: Fields.Type,
    of application: String
  ) throws -> Fields? {
    try start?.fields(type, of: application)
  }
}
