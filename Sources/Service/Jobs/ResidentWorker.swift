internal import Dispatch
internal import HTTPTypes
internal import HourglassSystem
internal import Synchronization

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// This program in a process of its own that answers one request after another, and keeps the model of the last one.
///
/// One request at a time: who holds it has it alone.
final class ResidentWorker: Sendable {
  /// What a process answered to a request.
  enum Answer {
    /// The result as JSON.
    case result(String)
    /// What it said of its failure, which was none of the process.
    case failure(JobRecord.Failure)
    /// It ended without an answer, with an exit code.
    case ended(Int32)

    /// Whether the process is no more.
    var isEnd: Bool { if case .ended = self { true } else { false } }
  }

  private static let longest = 256 << 20

  private let worker: Worker
  private let queue = DispatchQueue(label: "hourglass.resident")

  /// Starts a process in the folder of a workspace.
  ///
  /// - Parameters:
  ///   - folder: What the paths of its requests are relative to.
  ///   - memory: The bytes of memory of its own.
  ///   - fileSize: The bytes of the largest file that it writes.
  init(folder: String, memory: Int?, fileSize: Int?) throws(Problem) {
    worker = try Worker(answeringIn: folder, memory: memory, fileSize: fileSize)
  }

  /// Sends a request and waits for the answer; when nobody waits for it any more, or it takes too long, the process
  /// is ended.
  ///
  /// - Parameters:
  ///   - request: A request in JSON.
  ///   - seconds: How long it may take.
  func answer(_ request: String, seconds: Double) async throws -> Answer {
    let isLate = Mutex(false)
    let clock = Task {
      try await Task.sleep(for: .seconds(seconds))
      isLate.withLock { $0 = true }
      worker.kill()
    }
    defer { clock.cancel() }
    let line = await withTaskCancellationHandler {
      await exchange(request)
    } onCancel: {
      worker.kill()
    }
    if let answer = line.flatMap(Self.parsed) { return answer }
    let code = end()
    try Task.checkCancellation()
    if isLate.withLock({ $0 }) {
      throw Problem.late(seconds)
    }
    return .ended(code)
  }

  /// A line for a line; none where the process ended before it was whole.
  private func exchange(_ request: String) async -> [UInt8]? {
    guard worker.send(Array(request.utf8.map { $0 == 10 ? 32 : $0 }) + [10]) else { return nil }
    var line: [UInt8] = []
    while line.last != 10 {
      await readable(worker.answers)
      guard let bytes = worker.receive(), line.count < Self.longest else { return nil }
      line += bytes
    }
    return line.dropLast()
  }

  /// Waits until something can be read, or the other side has gone.
  private func readable(_ descriptor: Int32) async {
    await withCheckedContinuation { (wake: CheckedContinuation<Void, Never>) in
      let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
      source.setEventHandler { source.cancel() }
      source.setCancelHandler { wake.resume() }
      source.activate()
    }
  }

  private static let start = Array("{\"result\":".utf8)

  private static func parsed(_ line: [UInt8]) -> Answer? {
    if line.starts(with: start), line.last == UInt8(ascii: "}") {
      return .result(String(decoding: line[start.count...].dropLast(), as: UTF8.self))
    }
    guard let refusal = try? JSONDecoder().decode(Refusal.self, from: Data(line)) else {
      return nil
    }
    return .failure(JobRecord.Failure(message: refusal.error, exitCode: refusal.exitCode))
  }

  private struct Refusal: Decodable {
    var error: String
    var exitCode: Int32
  }

  /// Ends the process, and gives its exit code.
  @discardableResult
  func end() -> Int32 {
    worker.kill()
    while true {
      if let code = worker.ended() { return code }
      usleep(500)
    }
  }
}
