import ArgumentParser
import HourglassApplications

/// Gives grey images colours.
struct Colorize: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "colorize",
    abstract: "Give grey images of any size the colours that images like them have.",
    discussion: """
      A network learns from images in colour what colours belong to what it sees in grey. The \
      lightness of the result is that of the grey image; only the colours are new. Some images are \
      held out of learning; the report tells how near their colours come to the true ones, beside \
      grey and beside one mean colour for all.

      GRAY is a folder of PNG and JPEG files or one such file, or images in IDX or CIFAR-10 files. \
      Pictures keep their size, depth and transparency; those of a folder keep their names. Colours \
      that GRAY has are taken away first, and the report compares with them.

      The colours are the mean of what a place could be: the nearest to the truth on average, and \
      paler. --saturation 1.5 makes them stronger.

      EXAMPLES
        hourglass colorize old/ --learn-from photos/ -o coloured/
        hourglass colorize grandmother.png --learn-from photos/ --minutes 20 -o coloured.png
        hourglass colorize photos/ --save holidays.hourglass --figure rows.png
          tries it: the colours of photos are learned, taken away and given back
        hourglass colorize old/ --model holidays.hourglass --saturation 1.5 -o coloured/
      """
  )

  @Argument(help: ArgumentHelp("The images to colour.", valueName: "gray"))
  var data: String

  @OptionGroup(title: "Files")
  var files: VerbFiles

  @Option(
    help: ArgumentHelp(
      "Draw the first images in rows, grey, coloured and true: .png or .svg.",
      valueName: "rows.png"
    )
  )
  var figure: String?

  @Option(
    help: ArgumentHelp("What the colours are multiplied by, from 0 to 10.", valueName: "factor")
  )
  var saturation: Float = 1

  @Flag(help: "Skip the files of a folder that cannot be read.")
  var skipUnreadable = false

  @OptionGroup(title: "Learning (without --model)")
  var learning: LearningOptions

  @OptionGroup(title: "Computing")
  var computing: ComputingOptions

  @OptionGroup(title: "Saying")
  var saying: ReportOptions

  func validate() throws {
    try files.checkModel(given: learning.given)
    try files.checkResume(learning)
    try requireOption(
      (0...10).contains(saturation),
      "--saturation",
      "from 0 to 10, found \(saturation)"
    )
  }

  func run() async throws {
    var job = try ColorizeJob(self)
    try await VerbRun.perform { try await job.run().say(saying) }
  }
}
