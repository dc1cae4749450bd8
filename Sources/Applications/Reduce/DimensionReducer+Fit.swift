public import HourglassAutoencoders
public import HourglassDatasets
public import HourglassEngines
package import HourglassModelFiles

extension DimensionReducer {
  /// Learns from rows.
  ///
  /// Some rows are held out to judge the result, see `ReductionReport.Rows`; how values are encoded
  /// is learnt from the others alone. A checkpoint is written now and then, and at the end; it stays
  /// until the model is saved.
  ///
  /// - Parameters:
  ///   - data: The rows.
  ///   - engine: Where it is computed.
  ///   - checkpoint: A file that keeps the state of learning until the model is saved; `nil` keeps
  ///     none.
  ///   - checkpointInterval: The seconds between two checkpoints; more where writing takes long.
  ///   - resumes: Whether to go on from the checkpoint, where there is one. It must be of the same
  ///     settings and the same data.
  ///   - progress: Takes what happens, in order.
  /// - Throws: `interrupted` when the task is cancelled; the checkpoint is written before.
  public func fit(
    _ data: NumericDataset,
    on engine: ComputeEngine = ComputeEngine(),
    checkpoint: String? = nil,
    checkpointInterval: Double = 30,
    resumes: Bool = false,
    progress: @escaping @Sendable (TrainingEvent) -> Void = { _ in }
  ) async throws(HourglassError) -> FittedDimensionReducer {
    do {
      var job = try ReductionJob(self, data, on: engine)
      job.trainer.checkpointInterval = checkpointInterval
      let result = try await job.train(
        checkpoints: checkpoint.map { CheckpointFile($0, header: job.header) },
        resumes: resumes,
        progress: progress
      )
      return try await job.finish(result, checkpoint: checkpoint)
    } catch {
      throw HourglassError(error, checkpoint: checkpoint)
    }
  }

  /// Learns with a store, an interval of checkpoints and a clock of one's own.
  package func fit(
    _ data: NumericDataset,
    on engine: ComputeEngine,
    checkpoints: any CheckpointStore,
    interval: Double,
    resumes: Bool,
    now: @escaping @Sendable () -> Double = Trainer.steadySeconds
  ) async throws(HourglassError) -> FittedDimensionReducer {
    do {
      var job = try ReductionJob(self, data, on: engine)
      job.trainer.checkpointInterval = interval
      let result = try await job.train(
        checkpoints: checkpoints,
        resumes: resumes,
        now: now,
        progress: { _ in }
      )
      return try await job.finish(result, checkpoint: nil)
    } catch {
      throw HourglassError(error)
    }
  }

  /// What a model or a checkpoint of some data says of itself; for a store of one's own.
  package func header(
    for data: NumericDataset,
    on engine: ComputeEngine
  ) throws(HourglassError) -> ModelHeader {
    do {
      return try ReductionJob(self, data, on: engine).header
    } catch {
      throw HourglassError(error)
    }
  }
}
