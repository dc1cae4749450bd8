internal import HTTPTypes
internal import HourglassJobs
internal import HourglassSystem

/// The process of a job, from its start to its end.
extension JobScheduler {
  /// Runs a job whose turn it is.
  func run(_ key: String) async {
    do {
      try await launch(key)
      await watch(key)
    } catch {
      let failure = (error as? Problem).map { Failure.usage($0.detail) } ?? Failure(error)
      change(key) { record in
        record.state = .failed
        record.error = JobRecord.Failure(message: failure.message, exitCode: failure.exitCode)
      }
    }
    finish(key)
  }

  private func launch(_ key: String) async throws {
    guard let entry = entries[key] else { return }
    let (record, workspace) = (entry.record, entry.workspace)
    let room = try await workspace.roomLeft()
    let plan = try await Blocking.run {
      try JobPlan(json: record.request, id: record.id, workspace: workspace, isNew: false)
    }
    // It may have been deleted meanwhile, or the server ends, and it waits for the next start.
    guard entries[key] != nil, !endsNow else { return }
    let folder = JobRecord.folder(record.id)
    try Folders.make(workspace.path("\(folder)/files"))
    // What an earlier start left is not trained to its end.
    FolderFile.remove(workspace.path(JobRecord.modelFolder(record.id)))
    if record.model != nil { try Folders.make(workspace.path(JobRecord.modelFolder(record.id))) }
    let file = ".\(record.id).json"
    try AtomicFile.replace(workspace.path(file), with: Array(try plan.runnable.json().utf8))
    let worker = try Worker(
      request: file,
      events: "\(folder)/events",
      folder: workspace.folder,
      output: workspace.path("\(folder)/result.json"),
      errors: workspace.path("\(folder)/errors"),
      memory: limits.memory,
      fileSize: room
    )
    entries[key]?.worker = worker
    entries[key]?.start = .now
    entries[key]?.progress = JobProgress()
    entries[key]?.ending = .byItself
    change(key) { record in
      record.state = .running
      record.started = JobRecord.now
    }
  }

  /// Follows a process to its end.
  private func watch(_ key: String) async {
    guard let entry = entries[key], let worker = entry.worker, let start = entry.start else {
      return
    }
    let (workspace, folder) = (
      entry.workspace, entry.workspace.path(JobRecord.folder(entry.record.id))
    )
    let log = "\(folder)/events"
    var tail = EventTail(path: log, from: FolderFile(log, name: "").map(\.bytes) ?? 0)
    let allowed = max(limits.minutes * 60 - entry.record.seconds, 0)
    var (pause, counted) = (5, start)
    /// Since when it is asked to end.
    var asked: ContinuousClock.Instant?
    while true {
      let code = worker.ended()
      for line in tail.next() { entries[key]?.progress.take(line.text) }
      let now = ContinuousClock.now
      workspace.charge((now - counted) / .seconds(1))
      counted = now
      if let code { return conclude(key, code: code, folder: folder) }
      // The minutes of a day are of all runs of a user together.
      let isLate = (now - start) / .seconds(1) > allowed || workspace.secondsLeft == 0
      if isLate, entries[key]?.ending == .byItself {
        entries[key]?.ending = .outOfTime
        if entries[key]?.progress.keeps == true { worker.interrupt() } else { worker.kill() }
      }
      if let ending = entries[key]?.ending, ending == .stopped || ending == .outOfTime {
        asked = asked ?? now
        if let asked, (now - asked) / .seconds(1) > limits.grace { worker.kill() }
      }
      try? await Task.sleep(for: .milliseconds(pause))
      pause = min(pause * 2, 80)
    }
  }

  private func conclude(_ key: String, code: Int32, folder: String) {
    guard let entry = entries[key], entry.ending != .discarded else { return }
    let waits = code != 0 && (entry.ending == .serverEnds || (endsNow && code == 137))
    if waits { return change(key) { $0.state = .queued } }
    let model = keepModel(of: entry)
    let hasModel = model != nil
    change(key) { record in
      if let model { (record.model, record.kept) = (model.name, model.mark) }
      switch entry.ending {
      case _ where code == 0: record.state = .done
      case .stopped where hasModel && [130, 137].contains(code),
        .outOfTime where hasModel && [130, 137].contains(code):
        record.state = .stopped
      case .outOfTime:
        record.state = .failed
        let message = "the time of the job was over before there was a result or a model to keep"
        record.error = JobRecord.Failure(message: message, exitCode: 3)
      case .stopped where code == 137:
        record.state = .failed
        let message = "the job did not end in time after it was asked to, and was killed"
        record.error = JobRecord.Failure(message: message, exitCode: 3)
      default:
        record.state = .failed
        let errors = "\(folder)/errors"
        record.error = Worker.failure(code: code, errors: errors, memory: limits.memory)
      }
    }
  }

  /// Gives the model that a process wrote its place among the models, over the one that the same job kept before.
  ///
  /// - Returns: The model that the job has now; none where it has none.
  private func keepModel(of entry: Entry) -> (name: String, mark: String)? {
    let (record, workspace) = (entry.record, entry.workspace)
    guard let name = record.model else { return nil }
    func mark(_ name: String) -> String? { FolderFile.mark(of: workspace.path("models/\(name)")) }
    let folder = workspace.path(JobRecord.modelFolder(record.id))
    guard let written = FolderFile.entries(of: folder).first(where: { $0.kind == .file }) else {
      guard let kept = record.kept, mark(name) == kept else { return nil }
      return (name, kept)
    }
    let new = "\(folder)/\(written.name)"
    // A model that somebody else put there is not replaced.
    for chosen in [name, "\(record.id).hourglass"] {
      let path = workspace.path("models/\(chosen)")
      let isOwn = record.kept.map { $0 == mark(chosen) } ?? false
      let isPlaced =
        isOwn ? rename(new, path) == 0 : (try? FolderFile.place(new, at: path)) ?? false
      if isPlaced, let mark = mark(chosen) { return (chosen, mark) }
    }
    return nil
  }

  /// What is done at the end of a run, however it ended.
  private func finish(_ key: String) {
    guard let entry = entries[key] else { return }
    let (record, workspace) = (entry.record, entry.workspace)
    let seconds = entry.start.map { (ContinuousClock.now - $0) / .seconds(1) } ?? 0
    workspace.charge(0, isEnd: true)
    unlink(workspace.path(".\(record.id).json"))
    entries[key]?.worker = nil
    entries[key]?.start = nil
    change(key) { record in
      record.seconds += seconds
      if !record.state.isOpen { record.ended = JobRecord.now }
    }
  }
}
