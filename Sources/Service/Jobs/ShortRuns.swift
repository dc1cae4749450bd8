internal import HTTPTypes
internal import HourglassJobs
internal import HourglassSystem

/// Runs whose result a client waits for: inspecting, scoring, searching. A few run at once, and the others wait in
/// the order in which they came.
actor ShortRuns {
  private let limits: JobLimits
  private var free: Int
  private var waiting: [(id: UInt64, wake: CheckedContinuation<Void, any Error>)] = []
  private var lastID: UInt64 = 0
  /// How many may wait.
  private static let room = 1_000
  /// Those that keep a model from one run to the next.
  private let residents: ResidentWorkers
  /// The seconds that a run may take.
  private static let seconds = 3600.0

  init(limits: JobLimits) {
    self.limits = limits
    free = max(limits.shortRuns, 1)
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
    try await take()
    defer { giveBack() }
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
      fileSize: workspace.quota.bytes
    )
    let code = try await Self.end(of: worker)
    guard code == 0 else {
      throw Problem(
        ofRun: Worker.failure(code: code, errors: errors, memory: limits.memory)
      )
    }
    return try TextFile.contents(of: output)
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
    try await take()
    defer { giveBack() }
    try request.validate()
    let json = try request.json()
    let file = FileIdentity(workspace.path(path))
    let key = ResidentWorkers.Key(user: workspace.user, path: path, file: file)
    let used = await residents.take(key)
    let (answer, worker): (ResidentWorker.Answer, ResidentWorker?)
    do {
      (answer, worker) = try await self.answer(to: json, from: used, in: workspace)
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
    in workspace: Workspace
  ) async throws -> (ResidentWorker.Answer, ResidentWorker?) {
    if let used {
      let answer = try await used.answer(request, seconds: Self.seconds)
      if !answer.isEnd { return (answer, used) }
    }
    let new = try ResidentWorker(
      folder: workspace.folder,
      memory: limits.memory,
      fileSize: workspace.quota.bytes
    )
    let answer = try await new.answer(request, seconds: Self.seconds)
    return (answer, answer.isEnd ? nil : new)
  }

  /// Waits for the end of a process; one that nobody waits for any more is ended.
  private static func end(of worker: Worker) async throws -> Int32 {
    let deadline = ContinuousClock.now + .seconds(seconds)
    var pause = 1
    while true {
      if let code = worker.ended() { return code }
      do {
        try await Task.sleep(for: .milliseconds(pause))
        guard .now < deadline else {
          throw Problem(.unprocessableContent, "The run took longer than an hour. Start a job.")
        }
      } catch {
        worker.kill()
        while worker.ended() == nil { usleep(500) }
        throw error
      }
      pause = min(pause + 1, 20)
    }
  }

  private func take() async throws {
    if free > 0 {
      free -= 1
      return
    }
    guard waiting.count < Self.room else {
      throw Problem(.serviceUnavailable, "Too many requests wait already. Try again later.")
    }
    lastID += 1
    let id = lastID
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { waiting.append((id, $0)) }
    } onCancel: {
      Task { await self.giveUp(id) }
    }
  }

  private func giveUp(_ id: UInt64) {
    guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
    waiting.remove(at: index).wake.resume(throwing: CancellationError())
  }

  private func giveBack() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().wake.resume() }
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
  /// What a run said of its failure.
  init(ofRun failure: JobRecord.Failure) {
    self.init(
      failure.exitCode == 3 ? .insufficientStorage : .unprocessableContent,
      failure.message.filter { !"<>&\"".contains($0) }
    )
  }
}
