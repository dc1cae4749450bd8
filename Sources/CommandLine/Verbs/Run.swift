import ArgumentParser
import CHourglassProcess
import HourglassJobs
import HourglassMedia
import HourglassSystem

/// Runs a request that was printed by `--print-request`, or written by hand.
struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a request in JSON, as --print-request of any verb prints it.",
    usage: "hourglass run <request.json> [<options>]",
    discussion: """
      A request holds all that a result depends on: the task, its data, options, budget, seed and \
      outputs. Its paths are relative to the folder of the file. Members that are left out are as \
      without the option; what is unknown or wrong is an error.

      EXAMPLES
        hourglass detect week23.csv --learn-from normal.csv -o scores.csv \\
          --print-request > week.json
        hourglass run week.json
        hourglass run week.json --json --quiet --events week.log

      With --lines standard input holds requests, a JSON object a line, whose paths are relative to \
      the current folder. Each is answered by a line on standard output before the next one is \
      read: {"result": …} as --json prints it, or {"error": …, "exitCode": …}. The model stays \
      loaded, so that a program that scores again and again pays for loading it once:
        hourglass run - --lines <requests.jsonl
      """
  )

  @Argument(
    help: ArgumentHelp("The request; - for one from standard input.", valueName: "request.json")
  )
  var file: String

  @Option(
    help: ArgumentHelp(
      "Append what happens to this file, a JSON object a line, for a program that watches.",
      valueName: "file"
    )
  )
  var events: String?

  @Flag(help: "Run the requests of standard input, one a line, and keep the model loaded.")
  var lines = false

  @Flag(
    help: ArgumentHelp(
      "With --lines: do not measure how well a model does on the data that it is applied to."
    )
  )
  var noEvaluation = false

  @Flag(help: "End at once when standard input ends: with the program that started this one.")
  var endWithInput = false

  @Flag(help: "Leave sounds that need ffmpeg unread, also where it is installed.")
  var noFfmpeg = false

  @OptionGroup
  var saying: OutputArguments

  func run() async throws {
    if lines {
      if !noFfmpeg { ForeignSounds.use(FFmpeg.decoder) }
      return try await RequestLines(endsWithInput: endWithInput, evaluates: !noEvaluation).run()
    }
    if endWithInput { hg_worker_end_with(STDIN_FILENO) }
    var watch = RunWatch()
    watch.events = try events.map { try EventLog(path: $0) }
    watch.usesFFmpeg = !noFfmpeg
    let request = try JobRequest(json: try Self.text(of: file), name: file)
    let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
    try await JobRunner.run(request.relative(to: folder), saying, watch: watch)
  }

  func validate() throws {
    guard !lines || (file == "-" && events == nil && !saying.printRequest) else {
      throw ValidationError(
        "--lines takes its requests from standard input: give - in place of a file, and neither "
          + "--events nor --print-request"
      )
    }
    guard !noEvaluation || lines else {
      throw ValidationError("--no-evaluation is for --lines")
    }
    guard !endWithInput || lines || file != "-" else {
      throw ValidationError("--end-with-input needs a request in a file, not in standard input")
    }
  }

  private static func text(of path: String) throws -> String {
    let file = try InputFile(path: path == "-" ? "/dev/stdin" : path)
    var (text, piece) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
    while case let count = try file.read(into: &piece, from: 0), count > 0 {
      text += piece.prefix(count)
      guard text.count < 1 << 24 else {
        throw Failure.usage("\(path) is too long for a request")
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
