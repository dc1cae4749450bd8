internal import NIOPosix

/// Work that waits for the disk, on threads of its own: those that answer requests are as many as the cores, and
/// stay free for other clients.
enum Blocking {
  private static let pool: NIOThreadPool = {
    let pool = NIOThreadPool(numberOfThreads: 8)
    pool.start()
    return pool
  }()

  /// Runs a body on one of the threads.
  static func run<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await pool.runIfActive(body)
  }
}
