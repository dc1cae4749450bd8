internal import HTTPTypes
internal import HourglassSystem
internal import Synchronization

/// What a workspace uses of its quotas: the bytes that are stored or on their way, and the seconds of the day.
///
/// Stored bytes are found by walking through the folder. What is stored after a walk began is added to what it
/// found, and what is still on its way is reserved, so that uploads at the same time do not share the same room.
final class Account: Sendable {
  /// What a walk found, and the bytes that had been stored before it began.
  struct Measure: Sendable {
    fileprivate var size: Int
    fileprivate var stored: Int
  }

  private struct State {
    var reserved = 0
    var stored = 0
    var deletions = 0
    var latest: (measure: Measure, time: ContinuousClock.Instant)?
    var usage: UsageLog?
    var unsaved = 0.0
  }

  private let state = Mutex(State())
  /// How long a walk is good for, where nothing is deleted meanwhile.
  private static let patience = Duration.seconds(1)
  /// The seconds of computing that a crash of the server may lose.
  private static let unsavedSeconds = 10.0

  // MARK: Bytes

  /// Walks through the folder, unless that was done a moment ago.
  func measure(_ folder: String) async throws -> Measure {
    let now = ContinuousClock.now
    let (latest, stored, deletions) = state.withLock { ($0.latest, $0.stored, $0.deletions) }
    if let latest, now - latest.time < Self.patience { return latest.measure }
    let size = try await Blocking.run { FolderFile.size(of: folder, without: ".runs") }
    let measure = Measure(size: size, stored: stored)
    state.withLock { state in
      if state.deletions == deletions { state.latest = (measure, now) }
    }
    return measure
  }

  /// The bytes in use.
  func used(_ measure: Measure) -> Int {
    state.withLock { measure.size + $0.stored - measure.stored + $0.reserved }
  }

  /// Reserves bytes; false where they would be more than the limit.
  func reserve(_ count: Int, _ measure: Measure, limit: Int) -> Bool {
    state.withLock { state in
      let used = measure.size + state.stored - measure.stored + state.reserved
      guard count <= limit - used else { return false }
      state.reserved += count
      return true
    }
  }

  /// Ends a reservation: the bytes are stored now, or are not needed.
  func release(_ count: Int, isStored: Bool) {
    state.withLock { state in
      state.reserved -= count
      if isStored { state.stored += count }
    }
  }

  /// What was deleted counts no longer.
  func forget() {
    state.withLock { state in
      state.deletions += 1
      state.latest = nil
    }
  }

  // MARK: Seconds

  /// The seconds of computing of today.
  func seconds(in folder: String) -> Double {
    state.withLock { Self.today(&$0, folder).seconds }
  }

  private static func today(_ state: inout State, _ folder: String) -> UsageLog {
    let usage = state.usage ?? UsageLog(folder: folder)
    let current = usage.isOfToday ? usage : UsageLog()
    state.usage = current
    return current
  }

  /// Counts seconds of computing; they are written to the disk at the end of a job, and once they are many.
  func charge(_ seconds: Double, in folder: String, isEnd: Bool) {
    let changed: UsageLog? = state.withLock { state in
      var usage = Self.today(&state, folder)
      usage.add(max(seconds, 0))
      state.usage = usage
      state.unsaved += max(seconds, 0)
      guard state.unsaved > 0, isEnd || state.unsaved >= Self.unsavedSeconds else { return nil }
      state.unsaved = 0
      return usage
    }
    changed?.save(folder: folder)
  }
}

/// Room of a workspace for what comes in, which is given back at the end.
final class Reservation: Sendable {
  /// The most bytes of one body, whatever room there is.
  let limit: Int
  private let account: Account
  private let measure: Account.Measure?
  private let quota: Int?
  private let held = Mutex(0)

  /// - Parameters:
  ///   - workspace: Whose room it is.
  ///   - measure: What is in use; none where there is no quota.
  ///   - limit: The most bytes of one body.
  init(_ workspace: Workspace, measure: Account.Measure?, limit: Int) {
    (account, self.measure, self.limit) = (workspace.account, measure, limit)
    quota = workspace.quota.bytes
  }

  deinit { release(isStored: false) }

  /// Reserves more, up to a number of bytes in all.
  func grow(to size: Int) throws(Problem) {
    guard let measure, let quota else { return }
    let more = size - held.withLock { $0 }
    guard more > 0 else { return }
    guard account.reserve(more, measure, limit: quota) else {
      throw Problem(
        .tooManyRequests,
        "The room of the workspace is used up. Delete data, jobs or models."
      )
    }
    held.withLock { $0 += more }
  }

  /// The bytes are stored now.
  func keep() { release(isStored: true) }

  /// The bytes are no longer needed.
  func giveBack() { release(isStored: false) }

  private func release(isStored: Bool) {
    let count = held.withLock { held in
      defer { held = 0 }
      return held
    }
    if count > 0 { account.release(count, isStored: isStored) }
  }
}

extension Workspace {
  /// What is in use; none where there is no quota of bytes.
  func measure() async throws -> Account.Measure? {
    quota.bytes == nil ? nil : try await account.measure(folder)
  }

  /// The bytes that a new file may have, at least a mebibyte; none without a quota.
  func roomLeft() async throws -> Int? {
    guard let most = quota.bytes, let measure = try await measure() else { return nil }
    return max(most - account.used(measure), 1 << 20)
  }

  /// Refuses more where the bytes are used up.
  func checkRoom(_ measure: Account.Measure?) throws(Problem) {
    guard let most = quota.bytes, let measure, account.used(measure) >= most else { return }
    throw Problem(.tooManyRequests, "The room of the workspace is used up. Delete something.")
  }

  /// The seconds of computing of today.
  var seconds: Double { account.seconds(in: folder) }

  /// The seconds of computing that are left today; none without a quota.
  var secondsLeft: Double? { quota.minutes.map { max($0 * 60 - seconds, 0) } }

  /// Refuses computing where the minutes of the day are used up.
  func checkMinutes() throws(Problem) {
    guard let left = secondsLeft, left <= 0 else { return }
    throw Problem(.tooManyRequests, "The minutes of computing of today (UTC) are used up.")
  }

  /// Counts seconds of computing.
  func charge(_ seconds: Double, isEnd: Bool = false) {
    account.charge(seconds, in: folder, isEnd: isEnd)
  }
}
