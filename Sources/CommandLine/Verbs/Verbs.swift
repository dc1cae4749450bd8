import ArgumentParser
import HourglassJobs

/// The commands that are requests.
struct Verbs: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "hourglass", subcommands: all)

  /// The verbs in the order of the help.
  static let all: [any ParsableCommand.Type] = [
    Reduce.self, Features.self, Match.self, Denoise.self, Detect.self, Generate.self, Impute.self,
    Colorize.self, Inspect.self,
  ]

  /// The verb of the trait Service, where that is on.
  static var ofService: [any ParsableCommand.Type] {
    #if Service
      [Serve.self]
    #else
      []
    #endif
  }

  /// The request of a command line.
  static func request(_ arguments: [String]) throws -> JobRequest {
    guard let verb = try parseAsRoot(arguments) as? any Verb else {
      throw Failure.usage("\(arguments.first ?? "nothing") is no command that a request can name")
    }
    return try verb.request()
  }
}
