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
  /// The minutes of one of those, for which a client waits.
  package var requestMinutes: Double
  /// The seconds that a job has to end after it was asked to, before it is killed.
  package var grace: Double

  /// Makes limits.
  package init(
    memory: Int? = nil,
    minutes: Double = 1440,
    shortRuns: Int = 4,
    requestMinutes: Double = 5,
    grace: Double = 60
  ) {
    (self.memory, self.minutes, self.shortRuns) = (memory, minutes, shortRuns)
    (self.requestMinutes, self.grace) = (requestMinutes, grace)
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
    /// When its process was started.
    var start: ContinuousClock.Instant?
    /// What becomes of it when its process ends.
    var ending = Ending.byItself
  }

  /// Why the process of a job is made to end.
  enum Ending { case byItself, stopped, discarded, outOfTime, serverEnds }

  let limits: JobLimits
  private let logger: Logger
  var entries: [String: Entry] = [:]
  /// The keys of those that wait, in their order.
  private var queue: [String] = []
  private(set) var endsNow = false
  private var runs: [String: Task<Void, Never>] = [:]
  /// The identifiers of jobs that are being checked.
  private var checked: Set<String> = []
  private var lastQueued = 0.0

  init(limits: JobLimits, logger: Logger) {
    self.limits = limits
    self.logger = logger
  }

  private static func key(_ workspace: Workspace, _ id: String) -> String {
    "\(workspace.user)/\(id)"
  }

  // MARK: What was there before

  /// Takes the jobs of a workspace from its folder; what was interrupted waits to go on, in the order of all users.
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
    // Who ran had waited for the longest, and so goes on first.
    queue.sort { place($0) < place($1) }
    lastQueued = max(lastQueued, queue.last.map { place($0).time } ?? 0)
  }

  private func place(_ key: String) -> (time: Double, created: String, key: String) {
    let record = entries[key]?.record
    return (record?.queued ?? 0, record?.created ?? "", key)
  }

  /// A time that is after all others in the queue.
  private func nextPlace() -> Double {
    lastQueued = max(JobRecord.clock, lastQueued + 1e-5)
    return lastQueued
  }

  // MARK: What clients ask for

  /// Starts a job.
  func start(_ json: String, in workspace: Workspace) async throws -> JobView {
    let measure = try await workspace.measure()
    try checkStart(workspace, measure)
    let task = try JobRequest(json: json, name: "that was sent").taskName
    let id = freeIdentifier(task, in: workspace)
    let key = Self.key(workspace, id)
    checked.insert(key)
    defer { checked.remove(key) }
    // Folders that the request names may be large.
    let plan = try await Blocking.run {
      try JobPlan(json: json, id: id, workspace: workspace, isNew: true)
    }
    // Others may have come meanwhile.
    try checkStart(workspace, measure)
    if let model = plan.model, isUsed("models/\(model)", in: workspace) || workspace.hasModel(model)
    {
      throw Problem(.conflict, "Another job is to keep a model of this name. Choose another one.")
    }
    var record = JobRecord(
      id: id,
      task: task,
      request: try plan.request.json(),
      model: plan.model,
      isLearning: plan.isLearning,
      uses: plan.uses
    )
    record.queued = nextPlace()
    let folder = workspace.path(JobRecord.folder(id))
    try Folders.make("\(folder)/files")
    try record.save(folder: folder)
    entries[key] = Entry(workspace: workspace, record: record)
    queue.append(key)
    startWaiting()
    return try view(id, of: workspace)
  }

  private func checkStart(_ workspace: Workspace, _ measure: Account.Measure?) throws {
    guard !endsNow else { throw Problem(.serviceUnavailable, "The server is ending.") }
    if let most = workspace.quota.jobs, jobs(of: workspace).count >= most {
      throw Problem(.tooManyRequests, "All \(most) jobs are in use. Delete past ones.")
    }
    try workspace.checkMinutes()
    try workspace.checkRoom(measure)
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
    if let start = entry.start { view.running = (ContinuousClock.now - start) / .seconds(1) }
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

  /// Stores something unless a job that waits or runs uses its place; between the question and the answer no job
  /// starts.
  func storing(_ path: String, in workspace: Workspace, _ body: @Sendable () throws -> Void) throws
  {
    guard !isUsed(path, in: workspace) else { throw Problem.inUse }
    try body()
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
  func resume(_ id: String, of workspace: Workspace) async throws -> JobView {
    let measure = try await workspace.measure()
    let key = Self.key(workspace, id)
    guard let entry = entries[key] else { throw Problem.missing("job") }
    guard entry.record.state == .stopped || entry.record.state == .failed else {
      throw Problem(.conflict, "Only a job that was stopped or failed can go on.")
    }
    try workspace.checkMinutes()
    try workspace.checkRoom(measure)
    if let model = entry.record.model {
      let mark = FolderFile.mark(of: workspace.path("models/\(model)"))
      guard mark == nil || mark == entry.record.kept, !isUsed("models/\(model)", in: workspace)
      else {
        throw Problem(
          .conflict,
          "The model \(model) is another one now, or is used by a job. Delete it, or wait."
        )
      }
    }
    let place = nextPlace()
    change(key) { record in
      record.state = .queued
      record.queued = place
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
    entries[key] = nil
    workspace.remove(folder)
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

  func change(_ key: String, _ body: (inout JobRecord) -> Void) {
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
      let key = Self.key(workspace, id)
      guard entries[key] == nil, !checked.contains(key),
        !FileKind.exists(workspace.path(JobRecord.folder(id)))
      else { continue }
      return id
    }
    return base
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
      runs[key] = Task {
        await run(key)
        runs[key] = nil
        startWaiting()
      }
    }
  }

  /// Starts the jobs that were waiting when the server ended.
  func begin() { startWaiting() }
}

extension Problem {
  /// What a job reads or writes does not change under it.
  static let inUse = Problem(
    .conflict,
    "A job that waits or runs uses this. Wait for its end, or delete it."
  )
}
