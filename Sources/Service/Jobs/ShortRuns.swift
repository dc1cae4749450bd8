internal import HTTPTypes
internal import HourglassJobs
internal import HourglassSystem

/// Runs whose result a client waits for: inspecting, scoring, searching. A few run at once, and the others wait.
///
/// No user has all places where there are several users; of those who wait, who has the fewest runs comes next.
actor ShortRuns {
  private let limits: JobLimits
  private let places: Int
  private let placesOfOne: Int
  /// How many run, by user.
  private var running: [String: Int] = [:]
  private var waiting: [Waiting] = []
  private var lastID: UInt64 = 0
  /// How many of a user may wait.
  private static let room = 1_000
  /// Those that keep a model from one run to the next.
  private let residents: ResidentWorkers

  private struct Waiting {
    var id: UInt64
    var user: String
    var wake: CheckedContinuation<Void, any Error>
  }

  /// - Parameters:
  ///   - limits: What a run may use.
  ///   - users: How many users there are.
  init(limits: JobLimits, users: Int) {
    self.limits = limits
    places = max(limits.shortRuns, 1)
    placesOfOne = users > 1 ? max(places - 1, 1) : places
    residents = ResidentWorkers(most: limits.shortRuns)
  }

  /// Runs a request in a folder of its own, and gives its result as JSON.
  ///
  /// - Parameters:
  ///   - workspace: Whose run it is; the request's paths are relative to its folder.
  ///   - folder: The folder of the run, in the workspace.
  ///   - request: What is done.
  /// - Throws: A problem where it failed.
  func run(
    _ request: JobRequest,
    in workspace: Workspace,
    folder: String
  ) async throws -> String {
    let seconds = try await begin(workspace)
    let start = ContinuousClock.now
    defer { end(workspace, since: start) }
    try request.validate()
    let name = ".\(lastPart(of: folder)).json"
    try AtomicFile.replace(workspace.path(name), with: Array(try request.json().utf8))
    defer { unlink(workspace.path(name)) }
    let (output, errors) = (workspace.path("\(folder)/result"), workspace.path("\(folder)/errors"))
    let worker = try Worker(
      request: name,
      events: nil,
      folder: workspace.folder,
      output: output,
      errors: errors,
      memory: limits.memory,
      fileSize: try await workspace.roomLeft()
    )
    let code = try await Self.end(of: worker, seconds: seconds)
    guard code == 0 else {
      throw Problem(
        ofRun: Worker.failure(code: code, errors: errors, memory: limits.memory)
      )
    }
    return try await Blocking.run { try TextFile.contents(of: output) }
  }

  /// Runs a request in a process that stays for the next one with the same model or database.
  ///
  /// Where a process that answered before ends without an answer, a new one is asked once.
  ///
  /// - Parameters:
  ///   - path: The model or the database, in the workspace.
  func run(
    _ request: JobRequest,
    in workspace: Workspace,
    keeping path: String
  ) async throws -> String {
    let seconds = try await begin(workspace)
    let start = ContinuousClock.now
    defer { end(workspace, since: start) }
    try request.validate()
    let json = try request.json()
    let file = FileIdentity(workspace.path(path))
    let key = ResidentWorkers.Key(user: workspace.user, path: path, file: file)
    let used = await residents.take(key)
    let (answer, worker): (ResidentWorker.Answer, ResidentWorker?)
    do {
      (answer, worker) = try await self.answer(
        to: json,
        from: used,
        in: workspace,
        seconds: seconds
      )
    } catch {
      await residents.giveBack(nil, for: key)
      throw error
    }
    await residents.giveBack(worker, for: key)
    switch answer {
    case .result(let text): return text
    case .failure(let failure): throw Problem(ofRun: failure)
    case .ended(let code):
      throw Problem(ofRun: Worker.failure(code: code, errors: nil, memory: limits.memory))
    }
  }

  /// The answer of a process that is there already, or of a new one, and the process where it may answer again.
  private func answer(
    to request: String,
    from used: ResidentWorker?,
    in workspace: Workspace,
    seconds: Double
  ) async throws -> (ResidentWorker.Answer, ResidentWorker?) {
    if let used {
      let answer = try await used.answer(request, seconds: seconds)
      if !answer.isEnd { return (answer, used) }
    }
    let new = try ResidentWorker(
      folder: workspace.folder,
      memory: limits.memory,
      fileSize: try await workspace.roomLeft()
    )
    let answer = try await new.answer(request, seconds: seconds)
    return (answer, answer.isEnd ? nil : new)
  }

  /// Waits for the end of a process; where nobody waits for it any more, it is ended.
  private static func end(of worker: Worker, seconds: Double) async throws -> Int32 {
    let deadline = ContinuousClock.now + .seconds(seconds)
    var pause = 1
    while true {
      if let code = worker.ended() { return code }
      do {
        try await Task.sleep(for: .milliseconds(pause))
        guard .now < deadline else { throw Problem.late(seconds) }
      } catch {
        worker.kill()
        // A task of its own, which is not cancelled, and holds no thread meanwhile.
        let reaper = Task.detached {
          while worker.ended() == nil { try? await Task.sleep(for: .milliseconds(2)) }
        }
        await reaper.value
        throw error
      }
      pause = min(pause + 1, 20)
    }
  }

  // MARK: Places

  /// Waits for a place, and gives the seconds that the run may take.
  private func begin(_ workspace: Workspace) async throws -> Double {
    try workspace.checkMinutes()
    try await take(workspace.user)
    return min(limits.requestMinutes * 60, workspace.secondsLeft ?? .infinity)
  }

  private func end(_ workspace: Workspace, since start: ContinuousClock.Instant) {
    workspace.charge((ContinuousClock.now - start) / .seconds(1))
    running[workspace.user, default: 1] -= 1
    wake()
  }

  private func hasPlace(_ user: String) -> Bool {
    running.values.reduce(0, +) < places && running[user, default: 0] < placesOfOne
  }

  private func take(_ user: String) async throws {
    if hasPlace(user) {
      running[user, default: 0] += 1
      return
    }
    guard waiting.count(where: { $0.user == user }) < Self.room else {
      throw Problem(.serviceUnavailable, "Too many requests wait already. Try again later.")
    }
    lastID += 1
    let id = lastID
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation {
        waiting.append(Waiting(id: id, user: user, wake: $0))
      }
    } onCancel: {
      Task { await self.giveUp(id) }
    }
  }

  private func giveUp(_ id: UInt64) {
    guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
    waiting.remove(at: index).wake.resume(throwing: CancellationError())
  }

  /// Gives free places to those who wait: first to users with the fewest runs, and of those to who came first.
  private func wake() {
    while true {
      let next = waiting.indices.filter { hasPlace(waiting[$0].user) }
        .min { running[waiting[$0].user, default: 0] < running[waiting[$1].user, default: 0] }
      guard let next else { return }
      let chosen = waiting.remove(at: next)
      running[chosen.user, default: 0] += 1
      chosen.wake.resume()
    }
  }
}

extension Workspace {
  /// Makes a folder for a run that leaves nothing behind, and removes it afterwards.
  func withRunFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let folder = try makeRunFolder()
    defer { FolderFile.remove(path(folder)) }
    return try await body(folder)
  }

  /// Makes a folder for a run; its name is in the workspace.
  func makeRunFolder() throws -> String {
    let folder = ".runs/\(String(UInt64.random(in: .min ... .max), radix: 36))"
    try Folders.make(path(folder))
    return folder
  }
}

extension Problem {
  /// What took longer than a request may.
  static func late(_ seconds: Double) -> Problem {
    Problem(
      .unprocessableContent,
      "The run took longer than the \(Int(seconds.rounded(.up))) seconds that a request may take. "
        + "Start a job."
    )
  }

  /// The same with a name of the request in place of a path of the server, and of the name at its end.
  func naming(_ path: String, _ name: String) -> Problem {
    let text = [path, lastPart(of: path)].reduce(detail) { text, own in
      text.split(separator: own, omittingEmptySubsequences: false).joined(separator: name)
    }
    var problem = Problem(status, text)
    problem.headers = headers
    return problem
  }

  /// What a run said of its failure.
  init(ofRun failure: JobRecord.Failure) {
    self.init(
      failure.exitCode == 3 ? .insufficientStorage : .unprocessableContent,
      failure.message.withoutMarkup
    )
  }
}
