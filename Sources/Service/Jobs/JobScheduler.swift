internal import HTTPTypes
internal import HourglassJobs
internal import HourglassSystem
internal import Logging

/// Limits of the processes that the server starts.
package struct JobLimits: Sendable {
  /// The bytes of memory of one.
  package var memory: Int?
  /// The minutes of one.
  package var minutes: Double
  /// How many short ones run at once: scoring, inspecting, searching.
  package var shortRuns: Int

  /// Makes limits.
  package init(memory: Int? = nil, minutes: Double = 1440, shortRuns: Int = 4) {
    self.memory = memory
    self.minutes = minutes
    self.shortRuns = shortRuns
  }
}

/// All jobs of all users: one trains at a time, in the order in which they came, and others run beside it.
actor JobScheduler {
  /// A job of this run of the server.
  struct Entry {
    let workspace: Workspace
    var record: JobRecord
    var progress = JobProgress()
    /// Counts the changes of its record.
    var version = 0
    var worker: Worker?
    /// What becomes of it when its process ends.
    var ending = Ending.byItself
  }

  /// Why the process of a job is made to end.
  enum Ending { case byItself, stopped, discarded, outOfTime, serverEnds }

  let limits: JobLimits
  private let logger: Logger
  private var entries: [String: Entry] = [:]
  /// The keys of those that wait, in their order.
  private var queue: [String] = []
  private var endsNow = false
  private var runs: [String: Task<Void, Never>] = [:]

  init(limits: JobLimits, logger: Logger) {
    self.limits = limits
    self.logger = logger
  }

  private static func key(_ workspace: Workspace, _ id: String) -> String {
    "\(workspace.user)/\(id)"
  }

  // MARK: What was there before

  /// Takes the jobs of a workspace from its folder; what was interrupted waits to go on.
  func load(_ workspace: Workspace) {
    let folders = FolderFile.entries(of: workspace.path("jobs")).filter { $0.kind == .folder }
    let records = folders.compactMap {
      JobRecord(folder: workspace.path(JobRecord.folder($0.name)))
    }
    for var record in records.sorted(by: { $0.created < $1.created }) {
      let key = Self.key(workspace, record.id)
      if record.state.isOpen {
        record.state = .queued
        queue.append(key)
      }
      entries[key] = Entry(workspace: workspace, record: record)
    }
  }

  // MARK: What clients ask for

  /// Starts a job.
  func start(_ json: String, in workspace: Workspace) throws -> JobView {
    guard !endsNow else { throw Problem(.serviceUnavailable, "The server is ending.") }
    try checkQuota(workspace, isNew: true)
    let task = try JobRequest(json: json, name: "that was sent").taskName
    let id = freeIdentifier(task, in: workspace)
    let plan = try JobPlan(json: json, id: id, workspace: workspace, isNew: true)
    if let model = plan.model, jobs(of: workspace).contains(where: { $0.keeps(model) }) {
      throw Problem(.conflict, "Another job is to keep a model of this name. Choose another one.")
    }
    let record = JobRecord(
      id: id,
      task: task,
      request: try plan.request.json(),
      model: plan.model,
      isLearning: plan.isLearning,
      uses: plan.uses
    )
    let folder = workspace.path(JobRecord.folder(id))
    try Folders.make("\(folder)/files")
    try record.save(folder: folder)
    let key = Self.key(workspace, id)
    entries[key] = Entry(workspace: workspace, record: record)
    queue.append(key)
    startWaiting()
    return try view(id, of: workspace)
  }

  /// A job as it is shown.
  func view(_ id: String, of workspace: Workspace) throws -> JobView {
    let key = Self.key(workspace, id)
    guard let entry = entries[key] else { throw Problem.missing("job") }
    return view(key, entry)
  }

  private func view(_ key: String, _ entry: Entry) -> JobView {
    var view = JobView(record: entry.record)
    if entry.record.state == .queued { view.position = queue.firstIndex(of: key) }
    if entry.worker != nil { view.progress = entry.progress }
    let checkpoint = entry.workspace.path("\(JobRecord.folder(entry.record.id))/checkpoint")
    view.isResumable = !entry.record.state.isOpen && FileKind.exists(checkpoint)
    return view
  }

  /// The jobs of a workspace, newest first.
  func views(of workspace: Workspace) -> [JobView] {
    entries.filter { $0.value.workspace.user == workspace.user }
      .map { view($0.key, $0.value) }
      .sorted { ($0.record.created, $0.record.id) > ($1.record.created, $1.record.id) }
  }

  /// What changes with every change of the record of a job.
  func version(_ id: String, of workspace: Workspace) -> Int? {
    entries[Self.key(workspace, id)]?.version
  }

  /// Whether a name is in use by a job that waits or runs.
  func isUsed(_ path: String, in workspace: Workspace) -> Bool {
    jobs(of: workspace).contains { record in
      record.state.isOpen
        && record.uses.contains {
          $0 == path || $0.hasPrefix(path + "/") || path.hasPrefix($0 + "/")
        }
    }
  }

  /// Ends training with the best model so far.
  func stop(_ id: String, of workspace: Workspace) throws -> JobView {
    let key = Self.key(workspace, id)
    guard let entry = entries[key] else { throw Problem.missing("job") }
    guard entry.record.state == .running, let worker = entry.worker else {
      throw Problem(.conflict, "The job does not run. Delete it to discard it.")
    }
    guard entry.progress.keeps else {
      throw Problem(
        .conflict,
        "There is nothing to keep at this moment: the job does not train. Wait, or delete it."
      )
    }
    entries[key]?.ending = .stopped
    change(key) { $0.state = .stopping }
    worker.interrupt()
    return try view(id, of: workspace)
  }

  /// Puts a job that was stopped or failed into the queue again.
  func resume(_ id: String, of workspace: Workspace) throws -> JobView {
    let key = Self.key(workspace, id)
    guard let entry = entries[key] else { throw Problem.missing("job") }
    guard entry.record.state == .stopped || entry.record.state == .failed else {
      throw Problem(.conflict, "Only a job that was stopped or failed can go on.")
    }
    try checkQuota(workspace, isNew: false)
    change(key) { record in
      record.state = .queued
      (record.error, record.ended) = (nil, nil)
    }
    queue.append(key)
    startWaiting()
    return try view(id, of: workspace)
  }

  /// Discards a job that waits or runs, or deletes a past one.
  func delete(_ id: String, of workspace: Workspace) async throws {
    let key = Self.key(workspace, id)
    guard let entry = entries[key] else { throw Problem.missing("job") }
    let folder = "\(JobRecord.folder(id))"
    guard !isUsedByAnother(folder, than: id, in: workspace) else {
      throw Problem(.conflict, "A job that waits or runs reads what this one wrote.")
    }
    queue.removeAll { $0 == key }
    if let worker = entry.worker, let run = runs[key] {
      entries[key]?.ending = .discarded
      worker.kill()
      await run.value
    }
    // One that was interrupted by the end of the server may have left a model that is not trained to its end.
    if entry.record.state.isOpen, let model = entry.record.model {
      unlink(workspace.path("models/\(model)"))
    }
    entries[key] = nil
    FolderFile.remove(workspace.path(folder))
  }

  private func isUsedByAnother(_ path: String, than id: String, in workspace: Workspace) -> Bool {
    jobs(of: workspace).contains { record in
      record.id != id && record.state.isOpen
        && record.uses.contains { $0.hasPrefix(path + "/") }
    }
  }

  /// Ends all processes: what trains leaves a checkpoint, and goes on when the server starts again.
  func shutDown() async {
    endsNow = true
    for (key, entry) in entries where entry.worker != nil {
      if entry.ending == .byItself { entries[key]?.ending = .serverEnds }
      if entry.progress.keeps { entry.worker?.interrupt() } else { entry.worker?.kill() }
    }
    let deadline = ContinuousClock.now + .seconds(10)
    while !runs.isEmpty, .now < deadline { try? await Task.sleep(for: .milliseconds(20)) }
    for entry in entries.values { entry.worker?.kill() }
    for run in runs.values { await run.value }
  }

  /// Whether it takes jobs.
  var isReady: Bool { !endsNow }

  /// How many jobs run, and how many wait.
  var counts: (running: Int, waiting: Int) { (runs.count, queue.count) }

  // MARK: The queue

  private func jobs(of workspace: Workspace) -> [JobRecord] {
    entries.values.filter { $0.workspace.user == workspace.user }.map(\.record)
  }

  private func change(_ key: String, _ body: (inout JobRecord) -> Void) {
    guard var entry = entries[key] else { return }
    body(&entry.record)
    entry.version += 1
    entries[key] = entry
    let folder = entry.workspace.path(JobRecord.folder(entry.record.id))
    do {
      try entry.record.save(folder: folder)
    } catch {
      logger.error("the state of a job cannot be written: \(error)")
    }
  }

  /// `detect-20261201-120455`, with a number where that is taken.
  private func freeIdentifier(_ task: String, in workspace: Workspace) -> String {
    let digits = JobRecord.now.filter { $0.isNumber }
    let name = task.map { $0 == " " ? "-" : String($0) }.joined()
    let base = "\(name)-\(digits.prefix(8))-\(digits.dropFirst(8).prefix(6))"
    for number in 1... {
      let id = number == 1 ? base : "\(base)-\(number)"
      guard entries[Self.key(workspace, id)] == nil,
        !FileKind.exists(workspace.path(JobRecord.folder(id)))
      else { continue }
      return id
    }
    return base
  }

  private func checkQuota(_ workspace: Workspace, isNew: Bool) throws {
    let quota = workspace.quota
    if isNew, let most = quota.jobs, jobs(of: workspace).count >= most {
      throw Problem(.tooManyRequests, "All \(most) jobs are in use. Delete past ones.")
    }
    if let most = quota.minutes, UsageLog(workspace).seconds >= most * 60 {
      throw Problem(.tooManyRequests, "The minutes of computing of today (UTC) are used up.")
    }
    if let most = quota.bytes, workspace.size >= most {
      throw Problem(.tooManyRequests, "The room of the workspace is used up. Delete something.")
    }
  }

  /// Starts what may run now: one job that trains, and up to two others.
  private func startWaiting() {
    guard !endsNow else { return }
    for key in queue {
      guard let entry = entries[key] else { continue }
      let alike = runs.keys.count(where: {
        entries[$0]?.record.isLearning == entry.record.isLearning
      })
      guard alike < (entry.record.isLearning ? 1 : 2) else { continue }
      queue.removeAll { $0 == key }
      runs[key] = Task { await run(key) }
    }
  }

  /// Starts the jobs that were waiting when the server ended.
  func begin() { startWaiting() }

  // MARK: A run

  private func run(_ key: String) async {
    let start = ContinuousClock.now
    do {
      try launch(key)
      await watch(key, since: start)
    } catch {
      let failure = (error as? Problem).map { Failure.usage($0.detail) } ?? Failure(error)
      change(key) { record in
        record.state = .failed
        record.error = JobRecord.Failure(message: failure.message, exitCode: failure.exitCode)
      }
    }
    finish(key, seconds: (ContinuousClock.now - start) / .seconds(1))
    runs[key] = nil
    startWaiting()
  }

  private func launch(_ key: String) throws {
    guard let entry = entries[key] else { return }
    let (record, workspace) = (entry.record, entry.workspace)
    let plan = try JobPlan(json: record.request, id: record.id, workspace: workspace, isNew: false)
    let folder = JobRecord.folder(record.id)
    try Folders.make(workspace.path("\(folder)/files"))
    let file = ".\(record.id).json"
    try AtomicFile.replace(workspace.path(file), with: Array(try plan.runnable.json().utf8))
    let room = workspace.quota.bytes.map { max($0 - workspace.size, 1 << 20) }
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
    entries[key]?.progress = JobProgress()
    entries[key]?.ending = .byItself
    change(key) { record in
      record.state = .running
      record.started = JobRecord.now
    }
  }

  /// Follows a process to its end.
  private func watch(_ key: String, since start: ContinuousClock.Instant) async {
    guard let entry = entries[key], let worker = entry.worker else { return }
    let folder = entry.workspace.path(JobRecord.folder(entry.record.id))
    let log = "\(folder)/events"
    var tail = EventTail(path: log, from: FolderFile(log, name: "").map(\.bytes) ?? 0)
    let allowed = allowedSeconds(entry.workspace, entry.record)
    var pause = 5
    while true {
      let code = worker.ended()
      for line in tail.next() { entries[key]?.progress.take(line.text) }
      if let code { return conclude(key, code: code, folder: folder) }
      if (ContinuousClock.now - start) / .seconds(1) > allowed, entries[key]?.ending == .byItself {
        entries[key]?.ending = .outOfTime
        if entries[key]?.progress.keeps == true { worker.interrupt() } else { worker.kill() }
      }
      try? await Task.sleep(for: .milliseconds(pause))
      pause = min(pause * 2, 80)
    }
  }

  /// The seconds that a run may take now.
  private func allowedSeconds(_ workspace: Workspace, _ record: JobRecord) -> Double {
    let own = max(limits.minutes * 60 - record.seconds, 0)
    guard let minutes = workspace.quota.minutes else { return own }
    return min(own, max(minutes * 60 - UsageLog(workspace).seconds, 0))
  }

  private func conclude(_ key: String, code: Int32, folder: String) {
    guard let entry = entries[key] else { return }
    let hasModel =
      entry.record.model.map { FileKind.exists(entry.workspace.path("models/\($0)")) } ?? false
    change(key) { record in
      switch entry.ending {
      case _ where code == 0: record.state = .done
      case .serverEnds: record.state = .queued
      case .stopped where hasModel && code == 130, .outOfTime where hasModel && code == 130:
        record.state = .stopped
      case .outOfTime:
        record.state = .failed
        let message = "the time of the job was over before there was a result or a model to keep"
        record.error = JobRecord.Failure(message: message, exitCode: 3)
      default:
        record.state = .failed
        let errors = "\(folder)/errors"
        record.error = Worker.failure(code: code, errors: errors, memory: limits.memory)
      }
    }
  }

  /// What is done at the end of a run, however it ended.
  private func finish(_ key: String, seconds: Double) {
    guard let entry = entries[key] else { return }
    let (record, workspace) = (entry.record, entry.workspace)
    UsageLog.add(seconds, to: workspace)
    unlink(workspace.path(".\(record.id).json"))
    entries[key]?.worker = nil
    change(key) { record in
      record.seconds += seconds
      if !record.state.isOpen { record.ended = JobRecord.now }
    }
    if record.state == .queued, !endsNow { queue.append(key) }
  }
}

extension JobRecord {
  /// Whether it is to keep a model of this name when it ends.
  fileprivate func keeps(_ name: String) -> Bool { state.isOpen && model == name }
}
