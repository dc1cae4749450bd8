internal import HourglassSystem

/// Runs the jobs of one actor, in the order in which they come, on one thread that it owns.
///
/// The library of primitives and its OpenMP team belong to the thread that first called them, so
/// that an actor over the shared pool of threads, which wakes on any of them, would not do. The
/// thread has a stack of 8 MiB (the pool's have 512 KiB on some systems). It ends when the last
/// reference to the executor goes.
package final class DedicatedThreadExecutor: SerialExecutor {
  /// The size of the thread's stack.
  package static let stackBytes = 8 * 1_048_576

  private let queue: JobQueue

  package init() {
    queue = JobQueue()
    queue.startThread()
  }

  deinit { queue.close() }

  package func enqueue(_ job: consuming ExecutorJob) {
    queue.append(QueuedJob(job: UnownedJob(job), executor: self))
  }

  /// Whether the caller is on the executor's thread.
  package var isCurrent: Bool { queue.isOnThread }

  package func checkIsolated() {
    precondition(isCurrent, "plans are used on the thread of their compute engine alone")
  }
}

/// A job with the executor, which must outlive it.
private struct QueuedJob: Sendable {
  let job: UnownedJob
  let executor: DedicatedThreadExecutor
}

/// The jobs that wait, and the thread that takes them.
///
/// It is held by the thread and by the executor, so that the executor may go on any thread, its own
/// among them.
///
/// Sendable without the compiler's check: the POSIX mutex guards every field that changes, and the
/// condition variable and mutex are made before the thread and freed after it.
private final class JobQueue: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let isFilled = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var jobs: [QueuedJob] = []
  private var isClosed = false
  private var thread: pthread_t?

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(isFilled, nil)
  }

  deinit {
    pthread_cond_destroy(isFilled)
    pthread_mutex_destroy(mutex)
    isFilled.deallocate()
    mutex.deallocate()
  }

  func startThread() {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, DedicatedThreadExecutor.stackBytes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let context = Unmanaged.passRetained(self).toOpaque()
    #if canImport(Darwin)
      var handle: pthread_t?
    #else
      var handle = pthread_t()
    #endif
    let status = pthread_create(
      &handle,
      &attributes,
      { context in
        #if canImport(Darwin)
          let queue = Unmanaged<JobQueue>.fromOpaque(context).takeRetainedValue()
        #else
          guard let context else { return nil }
          let queue = Unmanaged<JobQueue>.fromOpaque(context).takeRetainedValue()
        #endif
        queue.runJobs()
        return nil
      },
      context
    )
    precondition(status == 0, "cannot start a thread: status \(status)")
    pthread_attr_destroy(&attributes)
  }

  func append(_ job: QueuedJob) {
    pthread_mutex_lock(mutex)
    jobs.append(job)
    pthread_cond_signal(isFilled)
    pthread_mutex_unlock(mutex)
  }

  func close() {
    pthread_mutex_lock(mutex)
    isClosed = true
    pthread_cond_signal(isFilled)
    pthread_mutex_unlock(mutex)
  }

  var isOnThread: Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false
  }

  private func runJobs() {
    pthread_mutex_lock(mutex)
    thread = pthread_self()
    pthread_mutex_unlock(mutex)
    while let next = takeJobs() {
      for queued in next {
        queued.job.runSynchronously(on: queued.executor.asUnownedSerialExecutor())
      }
    }
  }

  /// All the jobs that wait, or `nil` once there are none and none can come.
  private func takeJobs() -> [QueuedJob]? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while jobs.isEmpty {
      if isClosed { return nil }
      pthread_cond_wait(isFilled, mutex)
    }
    let taken = jobs
    jobs = []
    return taken
  }
}
