import ArgumentParser
import HourglassJobs
import HourglassSystem
import HourglassTasksCommon

/// The program `hourglass`: one verb for each task, one grammar for all.
@main
struct HourglassProgram: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hourglass",
    abstract: "Train autoencoders on your own data, and apply the models.",
    discussion: """
      An autoencoder compresses each row, image, sound or window to a few dimensions and reconstructs \
      it from them. Trained on your data alone, it does eight tasks.

      EXAMPLES
        Reduce each image to two dimensions, and keep the model:
          hourglass reduce images.idx.gz --save images.hourglass -o latent.csv
        Train features, and see how well a simple model predicts from them:
          hourglass features customers.csv --probe churn -o features.csv
        Find out which song a query clip is from:
          hourglass match add songs/ --database songs.db
          hourglass match find clip.wav --database songs.db
        Remove noise from images:
          hourglass denoise noisy/ --learn-from clean/ -o denoised/
        Find the rows that are unlike normal ones:
          hourglass detect week23.csv --learn-from normal.csv -o scores.csv
        Generate new rows like your own:
          hourglass generate --learn-from people.csv --count 1000 -o new.csv
        Fill missing cells:
          hourglass impute survey.csv -o filled.csv
        Colorize gray photographs:
          hourglass colorize old/ --learn-from photos/ -o colored/
        Run all of it on real data, or show the contents of a file:
          hourglass demo
          hourglass inspect survey.csv
        Do all of it in the browser, or over HTTP:
          hourglass serve

      EXIT CODES
        0    success
        1    error in the data or the model
        2    error in the command line
        3    error of the machine (memory, disk)
        130  interrupted, with the checkpoint kept (143 after the signal TERM)
      """,
    version: "hourglass \(ProgramVersion.current)",
    subcommands: Verbs.all + [Run.self, Demo.self] + Verbs.ofService
  )

  /// Runs the command of the command line, and ends the process with its exit code.
  static func main() async {
    ProcessSetup.run()
    endProcess(await run(Array(CommandLine.arguments.dropFirst())))
  }

  private static func run(_ arguments: [String]) async -> Int32 {
    if let failure = unknownVerb(arguments) { return report(failure, in: arguments) }
    var command: any ParsableCommand
    do {
      command = try parseAsRoot(arguments)
    } catch {
      return parsingEnded(error, arguments)
    }
    do {
      try (command as? any Verb)?.request().validate()
    } catch {
      return report(Failure(error), in: arguments)
    }
    do {
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      return 0
    } catch let code as ExitCode {
      return code.rawValue
    } catch {
      // A request for help or for the version comes this way too.
      guard Self.exitCode(for: error) != .success else { return parsingEnded(error, arguments) }
      return report(Failure(error), in: [])
    }
  }

  /// Prints the help that was asked for, or what is wrong with the command line.
  private static func parsingEnded(_ error: any Error, _ arguments: [String]) -> Int32 {
    guard Self.exitCode(for: error) == .success else {
      let line = message(for: error).split(separator: "\n").joined(separator: " ")
      return report(.usage(line.prefix(1).lowercased() + line.dropFirst()), in: arguments)
    }
    do {
      try Console.print(fullMessage(for: error))
      return 0
    } catch {
      return report(Failure(error), in: [])
    }
  }

  /// Says on standard error what failed.
  private static func report(_ failure: Failure, in arguments: [String]) -> Int32 {
    Console.note("error: \(failure.message)")
    if !arguments.isEmpty {
      Console.note("See '\(command(of: arguments)) --help'.")
    }
    return failure.exitCode
  }

  /// The words of a command line that name its command, such as `hourglass match add`.
  private static func command(of arguments: [String]) -> String {
    var words = ["hourglass"]
    var subcommands = configuration.subcommands
    for argument in arguments {
      guard let next = subcommands.first(where: { $0.configuration.commandName == argument })
      else { break }
      words.append(argument)
      subcommands = next.configuration.subcommands
    }
    return words.joined(separator: " ")
  }

  private static var verbs: [String] {
    configuration.subcommands.compactMap { $0.configuration.commandName }
  }

  /// The failure of a first word that is no verb.
  private static func unknownVerb(_ arguments: [String]) -> Failure? {
    let known = verbs
    guard let verb = arguments.first, !verb.hasPrefix("-"), verb != "help",
      !known.contains(verb)
    else { return nil }
    let hint =
      Suggestion.nearest(to: verb, among: known).map { "did you mean '\($0)'?" }
      ?? "there are \(known.joined(separator: ", "))."
    return .usage("there is no verb '\(verb)'; \(hint)")
  }
}
