internal import CHourglassProcess
internal import HTTPTypes
internal import HourglassSystem
internal import Synchronization

/// This program in a process of its own, which runs one request.
///
/// It ends with this process, however that ends.
final class Worker: Sendable {
  private let process: Mutex<hg_worker>
  /// What its standard output can be read from, -1 where that is a file.
  let answers: Int32

  /// Starts it.
  ///
  /// - Parameters:
  ///   - request: The file of the request, in the folder.
  ///   - events: The file that what happens is appended to, in the folder; none where nobody looks.
  ///   - folder: Where it runs: what the paths of the request are relative to.
  ///   - output: The file of its result.
  ///   - errors: The file of what it says on standard error.
  ///   - memory: The bytes of memory of its own.
  ///   - fileSize: The bytes of the largest file that it writes.
  convenience init(
    request: String,
    events: String?,
    folder: String,
    output: String,
    errors: String,
    memory: Int?,
    fileSize: Int?
  ) throws(Problem) {
    var words = [request, "--json"]
    if let events { words += ["--events", events] }
    try self.init(words, folder, output: output, errors: errors, memory, fileSize)
  }

  /// Starts one that answers requests which are sent to it, a line for a line.
  convenience init(answeringIn folder: String, memory: Int?, fileSize: Int?) throws(Problem) {
    try self.init(
      ["-", "--lines", "--no-evaluation"],
      folder,
      output: nil,
      errors: nil,
      memory,
      fileSize
    )
  }

  private init(
    _ own: [String],
    _ folder: String,
    output: String?,
    errors: String?,
    _ memory: Int?,
    _ fileSize: Int?
  ) throws(Problem) {
    let words = ["hourglass", "run"] + own + ["--end-with-input", "--no-ffmpeg"]
    let limits = hg_worker_limits(memory: UInt64(memory ?? 0), file: UInt64(fileSize ?? 0))
    var process = hg_worker()
    let code = hg_worker_start(
      "/proc/self/exe",
      words.joined(separator: "\n"),
      folder,
      output,
      errors,
      limits,
      &process
    )
    answers = process.answers
    self.process = Mutex(process)
    guard code != 0 else { return }
    if code == EWOULDBLOCK { throw Problem(.serviceUnavailable, "The job still ends. Try again.") }
    throw Problem(FileError(path: output ?? folder, operation: .create, code: code))
  }

  /// Its exit code where it has ended: 128 and the number of a signal that ended it.
  func ended() -> Int32? {
    process.withLock { process in
      var code: Int32 = 0
      switch hg_worker_ended(&process, &code) {
      case 0: return nil
      case 1: return code
      default: return 1
      }
    }
  }

  /// Writes to its standard input; false where it has ended.
  func send(_ bytes: [UInt8]) -> Bool {
    process.withLock { hg_worker_send(&$0, bytes, bytes.count) } == 0
  }

  /// Some bytes of its standard output, once there are any; none at the end.
  func receive() -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(answers, &bytes, bytes.count)
      if count > 0 { return Array(bytes[..<count]) }
      if count == 0 || errno != EINTR { return nil }
    }
  }

  /// Asks it to stop as Ctrl-C does.
  func interrupt() { process.withLock { hg_worker_signal(&$0, SIGINT) } }

  /// Ends it at once.
  func kill() { process.withLock { hg_worker_signal(&$0, SIGKILL) } }

  /// Why it ended with a code that is not 0, in what it said on standard error.
  static func failure(code: Int32, errors path: String?, memory: Int?) -> JobRecord.Failure {
    let text = path.flatMap { try? TextFile.end(of: $0, bytes: 1 << 16) } ?? ""
    let lines = text.split(separator: "\n")
    if let line = lines.last(where: { $0.hasPrefix("error: ") }) {
      return JobRecord.Failure(message: String(line.dropFirst(7)), exitCode: code)
    }
    if let line = lines.last(where: { $0.hasPrefix("interrupted") }), code == 130 || code == 143 {
      return JobRecord.Failure(message: String(line), exitCode: code)
    }
    let hint =
      memory.map { "it may have needed more memory than the \(NumberText.bytes($0)) of a job" }
      ?? "it may have needed more memory than there is"
    return JobRecord.Failure(
      message: "the process of the job ended by itself with the code \(code); \(hint)",
      exitCode: 3
    )
  }
}
