import ArgumentParser
import Foundation

/// A program that a measurement runs in a process of its own.
struct ChildProgram {
  /// Its file.
  let path: String

  /// Runs it with some arguments, and gives what it printed and the seconds from its start to its end.
  ///
  /// - Throws: Where it does not start, or does not end well; it has said why then.
  func output(of arguments: [String]) throws -> (text: String, seconds: Double) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    let clock = ContinuousClock()
    let start = clock.now
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let seconds = (clock.now - start).inSeconds
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      let kind = process.terminationReason == .exit ? "exit code" : "signal"
      throw BenchmarkError(
        "'\(path) \(arguments.joined(separator: " "))' ended with the \(kind) "
          + "\(process.terminationStatus)."
      )
    }
    return (text, seconds)
  }

  /// This program once more.
  static var current: ChildProgram {
    ChildProgram(path: Bundle.main.executablePath ?? CommandLine.arguments[0])
  }
}

/// Which `hourglass` is measured.
struct HourglassOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The program hourglass (default: the one beside this program, else on the PATH).",
      valueName: "path"
    )
  )
  var hourglass: String?

  @Option(help: ArgumentHelp("Where the files are made (default: a folder for temporary ones)."))
  var folder: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  /// The program.
  ///
  /// - Throws: Where there is none.
  func program() throws -> ChildProgram {
    let files = FileManager.default
    if let hourglass {
      guard files.isExecutableFile(atPath: hourglass) else {
        throw BenchmarkError("there is no program at \(hourglass); ./run build makes it.")
      }
      return ChildProgram(path: hourglass)
    }
    let own = URL(fileURLWithPath: ChildProgram.current.path).deletingLastPathComponent().path
    let folders = [own] + Self.searchPath
    guard
      let path = folders.map({ $0 + "/hourglass" }).first(where: {
        files.isExecutableFile(atPath: $0)
      })
    else {
      throw BenchmarkError(
        "there is no program hourglass beside this one or on the PATH; make it with ./run build and "
          + "name it with --hourglass PATH."
      )
    }
    return ChildProgram(path: path)
  }

  /// The folders in which a shell looks for programs.
  private static var searchPath: [String] {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
  }
}
