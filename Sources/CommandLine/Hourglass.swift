import ArgumentParser

@main
struct HourglassProgram: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "hourglass")
}
