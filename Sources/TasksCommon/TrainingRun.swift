/// One training run, the same for every application: a trainer, the header of a checkpoint,
/// and the session that it takes place in.
package struct TrainingRun: Sendable {
  /// How the network is trained.
  package var trainer: Trainer
  /// The header of a checkpoint, which a model extends.
  package let header: ModelHeader
  /// Where it takes place.
  package let session: TrainingSession
  /// What the names of the network's variables begin with in a model that training starts from.
  package var startPrefix = ""

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - application: The name of the application, such as `reduce`.
  ///   - configuration: How the application was set up.
  ///   - fields: How items are encoded.
  ///   - architecture: The network.
  ///   - data: The name and the fingerprint of the data.
  ///   - itemCount: The number of items that gradients are followed of.
  package init(
    application: String,
    configuration: some Encodable,
    fields: some Encodable,
    architecture: some Encodable,
    data: (name: String, fingerprint: String),
    itemCount: Int,
    trainer: Trainer,
    session: TrainingSession
  ) throws(ModelFileError) {
    self.trainer = trainer
    self.trainer.checkpointInterval = session.checkpointInterval
    self.session = session
    header = ModelHeader(
      application: application,
      configuration: try JSONValue(encoding: configuration, file: "the model"),
      fields: try JSONValue(encoding: fields, file: "the model"),
      architecture: try JSONValue(encoding: architecture, file: "the model"),
      provenance: ModelProvenance(
        seed: trainer.seed,
        dataFingerprint: data.fingerprint,
        dataName: data.name,
        itemCount: itemCount,
        programVersion: ProgramVersion.current,
        precision: session.engine.configuration.precision.rawValue,
        threads: session.engine.threads
      )
    )
  }

  /// Trains and reports progress; ends with an error when the task is cancelled, after a checkpoint.
  ///
  /// Where the session ends training, the best variables so far are given, if there are any.
  package func train(
    _ learner: any Learner,
    on source: any BatchSource
  ) async throws -> TrainingResult {
    let learner: any Learner =
      try session.start?.started(
        learner,
        itemShape: source.itemShape,
        header: header,
        prefix: startPrefix
      ) ?? learner
    let (events, continuation) = AsyncStream<TrainingEvent>.makeStream()
    // A task of its own receives the last events even when this one is cancelled.
    let progress = session.progress
    let listener = Task { for await event in events { progress(event) } }
    let outcome: Result<TrainingResult, any Error>
    do {
      let file = session.checkpoint.map { CheckpointFile($0, header: header) }
      outcome = .success(
        try await endingWithSession { [trainer, session] in
          try await trainer.train(
            learner,
            on: source,
            by: session.engine,
            checkpoints: session.store ?? file,
            resumes: session.resumes,
            now: session.now,
            events: continuation
          )
        }
      )
    } catch {
      outcome = .failure(error)
    }
    continuation.finish()
    await listener.value
    let result = try outcome.get()
    if result.record.stopReason == .cancellation {
      // The session ends training alone, and this task goes on to evaluate the model.
      guard session.endsLearning != nil, result.record.bestEpoch != nil else {
        throw CancellationError()
      }
      try Task.checkCancellation()
    }
    return result
  }

  /// Trains on a task that is cancelled when this one is, and when the session ends training.
  private func endingWithSession(
    _ learning: @escaping @Sendable () async throws -> TrainingResult
  ) async throws -> TrainingResult {
    guard let ends = session.endsLearning else { return try await learning() }
    let task = Task { try await learning() }
    let watch = Task {
      while !Task.isCancelled {
        if ends() { task.cancel() }
        try await Task.sleep(for: .milliseconds(50))
      }
    }
    defer { watch.cancel() }
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }

  /// A network with its trained variables, and how it was trained.
  package typealias Learned = (
    network: FittedAutoencoder, record: HourglassAutoencoders.TrainingRecord
  )

  /// Trains an autoencoder.
  ///
  /// - Parameters:
  ///   - autoencoder: The network.
  ///   - learner: The network with a start, where it has one.
  ///   - source: What is trained on.
  ///   - itemShape: The shape of an item.
  package func network(
    _ autoencoder: Autoencoder,
    _ learner: (any Learner)? = nil,
    on source: any BatchSource,
    itemShape: Shape
  ) async throws -> Learned {
    let result = try await train(learner ?? autoencoder, on: source)
    let network = try FittedAutoencoder(
      autoencoder,
      variables: result.variables,
      itemShape: itemShape,
      record: result.record
    )
    return (network, result.record)
  }

  /// What a finished model without training steps has beside what its task needs.
  ///
  /// - Parameters:
  ///   - header: That of the run, with what was found in fitting.
  ///   - evaluation: How well it does, with baselines, which the session may not want.
  package func core(
    _ header: ModelHeader,
    _ evaluation: Evaluation
  ) throws(ModelFileError) -> FittedCore {
    let evaluation = session.shown(evaluation)
    var header = header
    header.training = TrainingSummary(metrics: evaluation.metrics)
    header.report = try JSONValue(encoding: evaluation, file: "the model")
    return FittedCore(header: header, evaluation: evaluation, checkpoint: nil)
  }

  /// What the finished model has beside what its task needs.
  ///
  /// - Parameters:
  ///   - record: How it was trained; nothing of it depends on the machine's speed.
  ///   - evaluation: How well it does, with baselines, which the session may not want; `nil` where nothing
  ///     could be measured.
  ///   - estimates: Further numbers of how well it does, by their names.
  ///   - stateTensors: The names of tensors that no gradient was followed of.
  ///   - keptItemCount: How many items of the data the model keeps.
  package func core(
    _ record: HourglassAutoencoders.TrainingRecord,
    _ evaluation: Evaluation?,
    estimates: [String: Double] = [:],
    stateTensors: [String] = [],
    keptItemCount: Int = 0
  ) throws(ModelFileError) -> FittedCore {
    let evaluation = evaluation.map(session.shown)
    var header = header
    header.training = TrainingSummary(
      epochs: record.epochs.count,
      steps: record.steps,
      bestEpoch: record.bestEpoch,
      trainingLosses: record.epochs.map(\.training.loss),
      validationLosses: record.epochs.compactMap(\.validation?.loss),
      metrics: (evaluation?.metrics ?? [:]).merging(estimates) { $1 }
    )
    let report = try JSONValue(encoding: evaluation, file: "the model")
    header.report = report == .null ? nil : report
    header.stateTensors = stateTensors.sorted()
    header.provenance.keptItemCount = keptItemCount
    return FittedCore(header: header, evaluation: evaluation, checkpoint: session.checkpoint)
  }
}

/// The version of this library and of the program that is built on it.
package enum ProgramVersion {
  /// The version, by the rules of Semantic Versioning.
  package static let current = "0.1.0"
}
