internal import HourglassJobs
internal import HourglassModelFiles
internal import HourglassSystem

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// What is known of a job; one small file of its folder, which is replaced whole.
struct JobRecord: Codable, Sendable {
  enum State: String, Codable, Sendable {
    case queued, running, stopping, done, stopped, failed

    /// Whether it waits or runs.
    var isOpen: Bool { self == .queued || self == .running || self == .stopping }
  }

  /// Why it ended without its result.
  struct Failure: Codable, Sendable {
    var message: String
    var exitCode: Int32
  }

  let id: String
  let task: String
  var state = State.queued
  let created: String
  /// When it came into the queue, in seconds since 1970: the order of the queue.
  var queued: Double?
  var started: String?
  var ended: String?
  /// The seconds that it ran, over all its starts.
  var seconds = 0.0
  /// The request in the names of the workspace, as JSON.
  let request: String
  /// The name of the model that it keeps.
  var model: String?
  /// What the model's file differs by from others that had its name; none before there is one.
  var kept: String?
  var error: Failure?
  /// Whether it trains, for which it waits until no other one does.
  let isLearning: Bool
  /// The names of uploads, models and databases that it reads or writes.
  let uses: [String]

  /// The time now, as records have it.
  static var now: String { Date.now.formatted(.iso8601) }

  /// The seconds since 1970.
  static var clock: Double { Date.now.timeIntervalSince1970 }

  /// Where the process of a job writes its model, which has its place among the models when the process has ended.
  static func modelFolder(_ id: String) -> String { "\(folder(id))/models" }

  /// The folder of a job in its workspace.
  static func folder(_ id: String) -> String { "jobs/\(id)" }

  /// Reads the record in a folder; none where there is no whole one.
  init?(folder: String) {
    guard let text = try? TextFile.contents(of: "\(folder)/job.json", limit: 4 << 20),
      let record = try? JSONDecoder().decode(JobRecord.self, from: Data(text.utf8))
    else { return nil }
    self = record
  }

  init(
    id: String,
    task: String,
    request: String,
    model: String?,
    isLearning: Bool,
    uses: [String]
  ) {
    (self.id, self.task, self.request, self.model) = (id, task, request, model)
    (self.isLearning, self.uses, created) = (isLearning, uses, Self.now)
    queued = Self.clock
  }

  /// Writes it.
  func save(folder: String) throws {
    try AtomicFile.replace("\(folder)/job.json", with: Array(try jsonLine().utf8))
  }
}

/// The latest of what happens in a job.
struct JobProgress: Encodable, Sendable {
  var stage: String?
  var fraction: Double?
  var epoch: Int?
  var epochs: Int?
  var step: Int?
  var loss: Double?
  var validationLoss: Double?
  var secondsLeft: Double?
  /// Whether training can be ended with the best model so far.
  var keeps = false

  private enum CodingKeys: CodingKey {
    case stage, fraction, epoch, epochs, step, loss, validationLoss, secondsLeft
  }

  /// Takes an event of the log.
  mutating func take(_ line: String) {
    guard let event = try? JSONValue(text: line, file: "the event") else { return }
    switch event["event"]?.stringValue {
    case "working":
      stage = event["work"]?.stringValue
      fraction = event["fraction"]?.number
    case "training":
      stage = "learning"
      fraction = event["fraction"]?.number ?? fraction
      epoch = event["epoch"]?.number.map { Int($0) } ?? epoch
      epochs = event["epochs"]?.number.map { Int($0) } ?? epochs
      step = event["step"]?.number.map { Int($0) } ?? step
      loss = event["loss"]?.number ?? loss
      validationLoss = event["validationLoss"]?.number ?? validationLoss
      secondsLeft = event["secondsLeft"]?.number
    case "finished":
      self = JobProgress(stage: event["stage"]?.stringValue, keeps: keeps)
    case "stoppable": keeps = event["by"]?.stringValue == "endingLearning"
    default: break
    }
  }
}

extension JSONValue {
  /// The number, where it is one.
  fileprivate var number: Double? {
    if case .number(let number) = self { number.doubleValue } else { nil }
  }
}

/// A job as it is shown.
struct JobView: Encodable, Sendable {
  var record: JobRecord
  var position: Int?
  var progress: JobProgress?
  var isResumable = false
  /// The seconds since its process was started, while it runs.
  var running = 0.0

  private enum Key: CodingKey {
    case id, task, state, position, created, started, ended, seconds, request, model, progress
    case keeps, error, resumable
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(record.id, forKey: .id)
    try container.encode(record.task, forKey: .task)
    try container.encode(record.state, forKey: .state)
    try container.encodeIfPresent(position, forKey: .position)
    try container.encode(record.created, forKey: .created)
    try container.encodeIfPresent(record.started, forKey: .started)
    try container.encodeIfPresent(record.ended, forKey: .ended)
    try container.encode(record.seconds + running, forKey: .seconds)
    try container.encode(
      try JSONValue(text: record.request, file: "the request"),
      forKey: .request
    )
    if !record.state.isOpen, record.kept != nil || record.state == .done {
      try container.encodeIfPresent(record.model, forKey: .model)
    }
    try container.encodeIfPresent(progress, forKey: .progress)
    try container.encode(progress?.keeps == true && record.state == .running, forKey: .keeps)
    try container.encodeIfPresent(record.error, forKey: .error)
    try container.encode(isResumable, forKey: .resumable)
  }
}
