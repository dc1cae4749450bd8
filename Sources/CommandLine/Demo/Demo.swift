import ArgumentParser
import HourglassJobs
import HourglassReports
import HourglassSystem

/// Runs every verb on example data and gathers what came of it on one page.
struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Run every verb on real data, into one report page.",
    discussion: """
      Each command line is shown before it is run, so that you can run it yourself. What it writes \
      stays in the folder of --output, and its index.html shows all of it: the commands, the numbers \
      beside the simple methods, and the images. The page needs no network and nothing beside itself.

      The data are those of Examples/Data in the repository of Hourglass, which says where they come \
      from and under which licenses.

      EXAMPLES
        hourglass demo
        hourglass demo --only reduce --only impute -o look
      """
  )

  @Option(help: ArgumentHelp("The folder of the example data.", valueName: "folder"))
  var data = "Examples/Data"

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("The folder to write to, made where it is missing.", valueName: "folder")
  )
  var output = "report"

  @Option(help: ArgumentHelp("Run only this job; may be repeated.", valueName: "verb"))
  var only: [String] = []

  func validate() throws {
    let known = Set(DemoStep.all(data: data, output: output).map(\.job))
    for job in only where !known.contains(job) {
      throw ValidationError(
        "there is no job '\(job)'; there are \(known.sorted().joined(separator: ", "))"
      )
    }
  }

  func run() async throws {
    let steps = DemoStep.all(data: data, output: output)
      .filter { only.isEmpty || only.contains($0.job) }
    try DemoStep.checkData(data)
    try OutputFolder.make(output)
    var page = DemoPage()
    for step in steps {
      Console.note("\n\(step.heading)")
      for path in step.before { unlink(path) }
      let start = ContinuousClock.now
      var results: [JobResult] = []
      for arguments in step.commands {
        Console.note("$ \(DemoStep.commandLine(arguments))")
        let request = try Verbs.request(arguments)
        let result = try await JobRunner.result(of: request, isQuiet: false)
        Console.note(result.text(width: 80))
        results.append(result)
      }
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      try page.add(step, results: results, seconds: seconds)
    }
    let path = "\(output)/index.html"
    try page.page.write(to: path)
    try Console.print("Look at \(path) in any web browser.")
  }
}
