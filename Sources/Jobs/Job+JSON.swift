internal import HourglassAutoencoders
public import HourglassTasksCommon

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

extension Job {
  /// Runs a request in JSON and gives its result as JSON: the entry for callers that have no types of Swift,
  /// such as a service, and for those that measure what a user gets.
  ///
  /// A request is what `--print-request` of every verb of the command prints. Its task and data are required;
  /// what is left out is as without the option of the command:
  ///
  ///     {"task": "detect", "data": ["new.csv"], "training": {"seed": 3},
  ///      "files": {"learnFrom": "normal.csv", "output": "scores.csv"}}
  ///
  /// Cancelling the Swift task that it runs on ends training; nothing is written half.
  ///
  /// - Parameters:
  ///   - json: The request.
  ///   - folder: The folder that its paths are relative to, empty for the current one; the result has them
  ///     with the folder before them.
  ///   - events: Takes what happens, in order, on any thread: JSON objects on one line, whose member `event`
  ///     is `message`, `warning`, `working`, `baseline`, `training`, `finished` or `stoppable`.
  /// - Returns: What the command prints with `--json`: a JSON object on one line.
  /// - Throws: The error with what was being done, expected and found, and what to do.
  public static func run(
    json: String,
    relativeTo folder: String = "",
    events: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws(HourglassError) -> String {
    do {
      let request = try JobRequest(json: json, name: "of JSON").relative(to: folder)
      let result = try await run(request) { event in
        // An event is of numbers and texts, which are always JSON.
        if let line = try? event.jsonLine() { events(line) }
      }
      return try result.jsonLine()
    } catch {
      throw HourglassError(error)
    }
  }

  /// A request in JSON with its task, its data and the options that differ from the defaults, a member on
  /// each line in alphabetical order.
  ///
  /// - Throws: An error for what is no JSON, and for a member that is unknown or has a wrong value.
  public static func optionsThatDiffer(json: String) throws(HourglassError) -> String {
    do {
      let request = try JobRequest(json: json, name: "of JSON")
      try request.validate()
      return try request.json()
    } catch {
      throw HourglassError(error)
    }
  }
}

extension Encodable {
  /// The value as JSON on one line, its keys in alphabetical order; a number that is not finite is a text.
  package func jsonLine() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf",
      negativeInfinity: "-inf",
      nan: "nan"
    )
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}

extension JobEvent: Encodable {
  private enum Key: CodingKey {
    case event, text, work, fraction, stage, seconds, by, name
    // Of training.
    case unit, state, items, itemsHeldOut, batchSize, stepsPerEpoch, epochs, parameters, epoch, step
    case loss, validationLoss, error, validationError, secondsLeft, learningRate, itemsPerSecond,
      reason
  }

  /// An object whose member `event` names the case.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .message(let text):
      try container.encode("message", forKey: .event)
      try container.encode(text, forKey: .text)
    case .warning(let text):
      try container.encode("warning", forKey: .event)
      try container.encode(text, forKey: .text)
    case .working(let work, let fraction):
      try container.encode("working", forKey: .event)
      try container.encode(work, forKey: .work)
      try container.encode(fraction, forKey: .fraction)
    case .training(let event, let unit):
      try container.encode("training", forKey: .event)
      try container.encode(unit, forKey: .unit)
      try Self.encode(event, into: &container)
    case .baseline(let baseline):
      try container.encode("baseline", forKey: .event)
      try container.encode(baseline.name, forKey: .name)
      try container.encode(baseline.squaredError, forKey: .error)
    case .finished(let stage, let seconds):
      try container.encode("finished", forKey: .event)
      try container.encode(stage.rawValue, forKey: .stage)
      try container.encode(seconds, forKey: .seconds)
    case .stoppable(let way):
      try container.encode("stoppable", forKey: .event)
      try container.encode(way.rawValue, forKey: .by)
    }
  }

  /// What happens during training, whose member `state` names the case.
  private static func encode(
    _ event: TrainingEvent,
    into container: inout KeyedEncodingContainer<Key>
  ) throws {
    switch event {
    case .preparing(let fraction):
      try container.encode("preparing", forKey: .state)
      try container.encode(fraction, forKey: .fraction)
    case .started(let outline):
      try container.encode("started", forKey: .state)
      try container.encode(outline.trainingCount, forKey: .items)
      try container.encode(outline.validationCount, forKey: .itemsHeldOut)
      try container.encode(outline.batchSize, forKey: .batchSize)
      try container.encode(outline.stepsPerEpoch, forKey: .stepsPerEpoch)
      try container.encodeIfPresent(outline.epochs, forKey: .epochs)
      try container.encode(outline.parameterCount, forKey: .parameters)
      try container.encode(outline.resumedStep, forKey: .step)
    case .progress(let progress):
      try container.encode("progress", forKey: .state)
      try container.encode(progress.epoch, forKey: .epoch)
      try container.encode(progress.step, forKey: .step)
      try container.encode(progress.fraction, forKey: .fraction)
      try container.encode(progress.training.loss, forKey: .loss)
      try container.encode(progress.training.squaredError, forKey: .error)
      try container.encodeIfPresent(progress.secondsLeft, forKey: .secondsLeft)
      try container.encode(progress.learningRate, forKey: .learningRate)
      try container.encode(progress.itemsPerSecond, forKey: .itemsPerSecond)
      try container.encode(progress.seconds, forKey: .seconds)
    case .epochFinished(let report):
      try container.encode("epochFinished", forKey: .state)
      try container.encode(report.record.epoch, forKey: .epoch)
      try container.encode(report.record.step, forKey: .step)
      try container.encode(report.record.training.loss, forKey: .loss)
      try container.encodeIfPresent(report.record.validation?.loss, forKey: .validationLoss)
      try container.encode(report.record.training.squaredError, forKey: .error)
      try container.encodeIfPresent(
        report.record.validation?.squaredError,
        forKey: .validationError
      )
      try container.encode(report.record.learningRate, forKey: .learningRate)
      try container.encode(report.itemsPerSecond, forKey: .itemsPerSecond)
      try container.encode(report.seconds, forKey: .seconds)
    case .improved(let epoch, let loss):
      try container.encode("improved", forKey: .state)
      try container.encode(epoch, forKey: .epoch)
      try container.encode(loss, forKey: .loss)
    case .checkpointWritten(let step):
      try container.encode("checkpointWritten", forKey: .state)
      try container.encode(step, forKey: .step)
    case .diverged(let epoch, let step):
      try container.encode("diverged", forKey: .state)
      try container.encode(epoch, forKey: .epoch)
      try container.encode(step, forKey: .step)
    case .stopped(let reason):
      try container.encode("stopped", forKey: .state)
      try container.encode(reason.rawValue, forKey: .reason)
    }
  }
}
