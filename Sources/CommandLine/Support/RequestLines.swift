import CHourglassProcess
import HourglassJobs
import HourglassMedia
import HourglassSystem

/// Runs requests that come one after another on standard input, a JSON object a line, and answers each with a line.
///
/// The model and what is compiled of it stay loaded for the next request that names the same file.
struct RequestLines {
  /// Whether the program ends at once when standard input ends, also in the middle of a request.
  var endsWithInput = false

  /// Whether it is measured how well a model does on the data that it is applied to.
  var evaluates = true

  private static let longest = 1 << 24

  private struct Refusal: Encodable {
    var error: String
    var exitCode: Int32
  }

  /// Answers all requests, until there are no more.
  func run() async throws {
    let input = try InputFile(path: "/dev/stdin")
    let kept = KeptModels()
    var (waiting, piece) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
    while case let count = try input.read(into: &piece, from: 0), count > 0 {
      waiting += piece.prefix(count)
      while let end = waiting.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: waiting[..<end], as: UTF8.self)
        waiting.removeSubrange(...end)
        try await answer(line, kept)
      }
      guard waiting.count <= Self.longest else {
        throw Failure.usage("a line of standard input is too long for a request")
      }
    }
    if !waiting.isEmpty { try await answer(String(decoding: waiting, as: UTF8.self), kept) }
  }

  private func answer(_ line: String, _ kept: KeptModels) async throws {
    guard line.contains(where: { !$0.isWhitespace }) else { return }
    var control = JobControl()
    control.evaluatesData = evaluates
    try Console.print(await Self.answer(line, control, kept, endsWithInput: endsWithInput))
  }

  private static func answer(
    _ line: String,
    _ control: JobControl,
    _ kept: KeptModels,
    endsWithInput: Bool
  ) async throws -> String {
    let watch = endsWithInput ? Task.detached { try await endWithInput() } : nil
    defer { watch?.cancel() }
    do {
      let request = try JobRequest(json: line, name: "of the line")
      guard !usesStandardStreams(request) else {
        throw Failure.usage(
          "requests of --lines name files: - is where the requests and their answers are"
        )
      }
      let result = try await Job.run(request, control: control, kept: kept)
      return "{\"result\":\(try result.jsonLine())}"
    } catch {
      let failure = Failure(error)
      return try Refusal(error: failure.message, exitCode: failure.exitCode).jsonLine()
    }
  }

  private static func usesStandardStreams(_ request: JobRequest) -> Bool {
    let files = request.files
    return ([files.output, files.learnFrom].compactMap(\.self) + request.data).contains("-")
  }

  /// Ends the program when nobody holds the other end of standard input any more.
  private static func endWithInput() async throws {
    while true {
      if hg_worker_is_left(STDIN_FILENO) != 0 { endProcess(137) }
      try await Task.sleep(for: .milliseconds(100))
    }
  }
}
