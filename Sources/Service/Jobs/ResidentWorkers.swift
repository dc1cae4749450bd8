internal import HourglassJobs
internal import HourglassSystem

/// The processes that keep a model loaded, a few at most: each of one workspace and one model.
///
/// One that is idle for a while is ended, and so is one whose model was replaced; the one that was not used for the
/// longest time makes room for another.
actor ResidentWorkers {
  /// What a process was started for.
  struct Key: Hashable, Sendable {
    /// The user whose workspace it runs in.
    var user: String
    /// The path of the model or of the database.
    var path: String
    /// The file that is there now.
    var file: FileIdentity?
  }

  private struct Idle {
    var key: Key
    var worker: ResidentWorker
    var since: ContinuousClock.Instant
  }

  /// The most processes.
  private let most: Int
  /// How long one stays without work.
  private let patience: Duration
  /// Those without work, the one that was used last at the end.
  private var idle: [Idle] = []
  private var busy = 0

  init(most: Int, patience: Duration = .seconds(60)) {
    (self.most, self.patience) = (max(most, 1), patience)
  }

  /// Takes one that was started for this; none where another one must be started, for which there is room then.
  func take(_ key: Key) -> ResidentWorker? {
    busy += 1
    let stale = idle.filter { $0.key.user == key.user && $0.key.path == key.path && $0.key != key }
    end(stale)
    if let index = idle.lastIndex(where: { $0.key == key }) { return idle.remove(at: index).worker }
    end(idle.prefix(max(idle.count + busy - most, 0)))
    return nil
  }

  /// Puts one back that may answer again; none where it has ended.
  func giveBack(_ worker: ResidentWorker?, for key: Key) {
    busy -= 1
    guard let worker else { return }
    idle.append(Idle(key: key, worker: worker, since: .now))
    end(idle.prefix(max(idle.count + busy - most, 0)))
    Task {
      try? await Task.sleep(for: patience)
      endIdle()
    }
  }

  /// Ends those that had no work for long.
  private func endIdle() {
    let limit = ContinuousClock.now - patience
    end(idle.filter { $0.since <= limit })
  }

  private func end(_ some: some Sequence<Idle>) {
    let workers = some.map(\.worker)
    guard !workers.isEmpty else { return }
    idle.removeAll { item in workers.contains { $0 === item.worker } }
    // A process takes a moment to end, for which nobody here waits.
    Task.detached { for worker in workers { worker.end() } }
  }
}
