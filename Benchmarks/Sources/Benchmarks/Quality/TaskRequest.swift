import Foundation
import Hourglass
import HourglassBenchmarkSupport
import HourglassJobs
import Synchronization

/// A request to a task as a user makes it: what it does not name is as in the command without the option.
///
/// Its paths are absolute, or relative to the folder of the measurement.
struct TaskRequest {
  /// The words of the command, such as `match add`.
  var task: String
  /// The files and folders that the task is about.
  var data: [String] = []
  /// What is read and written beside them: `output`, `save`, `model`, `learnFrom`, `first`.
  var files: [String: Any] = [:]
  /// The options of the task.
  var options: [String: Any] = [:]
  /// How the files are read.
  var reading: [String: Any] = [:]

  /// Whether something is trained.
  private var trains: Bool { files["model"] == nil && task != "match find" }

  /// The request as JSON, with the budget, the seed and the threads of a run where they have a use.
  fileprivate func json(of run: BenchmarkRun) throws -> String {
    var training: [String: Any] = [:]
    if trains {
      training["epochs"] = run.epochs
      training["minutes"] = run.minutes
    }
    if trains || options["addNoise"] != nil { training["seed"] = run.seed }
    var request: [String: Any] = [
      "task": task, "data": data, "files": files, "options": options, "reading": reading,
      "training": training,
    ]
    if let threads = run.threads { request["computing"] = ["threads": threads] }
    let bytes = try JSONSerialization.data(withJSONObject: request, options: .sortedKeys)
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// What a request came to, beside the files that it wrote.
struct TaskOutcome {
  private let result: JSONPart

  /// Reads what `Job.run` gives.
  init(_ json: String, task: String) throws {
    result = try JSONPart(json, name: task)
  }

  /// The seconds of training; `nil` where nothing was trained.
  var trainingSeconds: Double? { seconds("learning") }

  /// The seconds of training and of applying the model, without those of reading.
  var workingSeconds: Double { (seconds("learning") ?? 0) + (seconds("encoding") ?? 0) }

  private func seconds(_ stage: String) -> Double? {
    result["seconds"]?[stage]?.number
  }

  /// How well the model does on the data, as the task itself says it; `nil` where it says nothing of that.
  var evaluation: Evaluation? {
    get throws { try result["evaluationOfData"]?.decoded(as: Evaluation.self) }
  }

  /// The baselines of the evaluation of the data, with a value for each of some metrics.
  func baselines(_ metrics: [String]) throws -> [BenchmarkResult.Method] {
    guard let evaluation = try evaluation, let table = evaluation.tables.first else { return [] }
    return table.methods.filter(\.isBaseline).map { method in
      BenchmarkResult.Method(method.name, metrics.map { evaluation[method.name, $0] })
    }
  }

  /// What `match find` found for each query.
  var answers: [MatchAnswer] {
    get throws { try result["answers"]?.decoded(as: [MatchAnswer].self) ?? [] }
  }
}

/// The options of requests that differ from the defaults, each line once.
final class OptionLog: Sendable {
  private let all = Mutex<[String]>([])

  /// The lines so far, in the order of the requests.
  var lines: [String] { all.withLock { $0 } }

  /// Adds a line that no request says.
  func add(_ line: String) {
    all.withLock { if !$0.contains(line) { $0.append(line) } }
  }

  /// Adds each option of a request that differs from its default, as `training.epochs: 60`.
  ///
  /// Left out are the paths, which are those of the measurement, and the seed and the threads, which are printed
  /// with every result.
  func add(request json: String) throws {
    let request = try JSONPart(try Job.optionsThatDiffer(json: json), name: "the request")
    for (path, value) in request.leaves(leavingOut: Self.unprinted) { add("\(path): \(value)") }
  }

  private static let unprinted: Set<String> = [
    "task", "data", "files.output", "files.save", "files.model", "files.learnFrom",
    "options.database", "training.seed", "computing.threads",
  ]
}

extension BenchmarkRun {
  /// Runs a request as the command does, and keeps which of its options differ from the defaults.
  ///
  /// - Parameters:
  ///   - request: The request.
  ///   - folder: The folder that its paths are relative to.
  ///   - isOwn: Whether it makes the figures of this program; the options of a comparison are not kept.
  /// - Throws: What the command would say.
  @discardableResult
  func run(
    _ request: TaskRequest,
    in folder: ScratchFolder,
    isOwn: Bool = true
  ) async throws -> TaskOutcome {
    let json = try request.json(of: self)
    if isOwn { try options.add(request: json) }
    let says = says
    let result = try await Job.run(json: json, relativeTo: folder.path) { line in
      guard let event = try? JSONPart(line, name: "an event"),
        event["event"]?.string == "warning", let text = event["text"]?.string
      else { return }
      says("warning: \(text)")
    }
    return try TaskOutcome(result, task: request.task)
  }
}

extension Table {
  /// The numbers of a column of a file that a task wrote.
  ///
  /// - Throws: Where there is no such column, or a cell of it is no number.
  func numbers(_ name: String) throws -> [Double] {
    guard let column = self[column: name] else {
      throw BenchmarkError("\(self.name) should have a column \(name).")
    }
    return try (0..<rowCount).map { row in
      let text = column.text(row)
      guard let number = column.number(row) ?? text.flatMap(Double.init) else {
        throw BenchmarkError("\(self.name) should have a number in row \(row + 1) of \(name).")
      }
      return number
    }
  }
}

/// The path from the root, as requests need it whose other paths are relative to another folder.
func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
