public import HourglassAutoencoders
public import HourglassEngines

/// Where learning takes place: the engine, the checkpoint, and who hears how it goes.
///
///     let session = TrainingSession(checkpoint: "run.checkpoint", resumes: true)
///     let detector = try await AnomalyDetector().fit(rows, session: session)
///
/// Nothing in it changes what is learned, but for the precision and the number of threads of the engine, which
/// change the last digits.
public struct TrainingSession: Sendable {
  /// Where it is computed.
  public var engine: ComputeEngine
  /// A file that keeps the state of learning until the model is saved; `nil` keeps none.
  public var checkpoint: String?
  /// The seconds between two checkpoints; more where writing one takes long.
  public var checkpointInterval: Double
  /// Whether to go on from the checkpoint, where there is one; it must be of the same settings and
  /// the same data.
  public var resumes: Bool
  /// A folder with room for the encoded rows of a table that is larger than memory.
  ///
  /// `nil` takes the system's folder for such files. Nothing is left in it.
  public var scratchFolder: String?
  /// Whether the report sets the model beside simpler means on the items held out.
  ///
  /// Those that the method itself needs, such as principal components to start from, are made all the same.
  public var comparesWithBaselines: Bool
  /// Takes what happens, in order.
  public var progress: @Sendable (TrainingEvent) -> Void
  /// Whether learning is to end now with the best model so far; it is asked several times a second.
  ///
  /// Where there is none so far, learning ends with an error, as after a cancellation.
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
