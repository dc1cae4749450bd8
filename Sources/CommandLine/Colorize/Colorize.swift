import ArgumentParser
import HourglassData
import HourglassEncodings
import HourglassEngines

/// Gives gray images colors.
struct Colorize: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "colorize",
    abstract: "Give gray images of any size the colors that images like them have.",
    discussion: """
      A network learns from images in color what colors belong to what it sees in gray. The \
      lightness of the result is that of the gray image; only the colors are new. Some images are \
      held out of learning; the report tells how near their colors come to the true ones, beside \
      gray and beside one mean color for all.

      GRAY is a folder of PNG and JPEG files or one such file, or images in IDX or CIFAR-10 files. \
      Images keep their size, depth and transparency; those of a folder keep their names. Colors \
      that GRAY has are taken away first, and the report compares with them.

      The colors are the mean of what a place could be: the nearest to the truth on average, and \
      paler. --colors vivid takes the likeliest ones instead, as strong as in true images; \
      --samples 4 draws four different colorings that are all likely, NAME-1.png to NAME-4.png. \
      --hint says what color a place has, and what is like it around that place takes it too.

      EXAMPLES
        hourglass colorize old/ --learn-from photos/ -o colored/
        hourglass colorize grandmother.png --learn-from photos/ --minutes 20 -o colored.png
        hourglass colorize photos/ --save holidays.hourglass --figure rows.png
          tries it: the colors of photos are learned, taken away and given back
        hourglass colorize old/ --model holidays.hourglass --colors vivid -o colored/
        hourglass colorize old/ --model holidays.hourglass --samples 4 -o choices/
        hourglass colorize car.png --model holidays.hourglass \\
          --hint 120,80=#b22222 --hint 30,10=#87ceeb -o car-colored.png
      """
  )

  @Argument(help: ArgumentHelp("The images to color.", valueName: "gray"))
  var data: String

  @OptionGroup(title: "Files")
  var files: VerbFiles

  @Option(
    help: ArgumentHelp(
      "Draw the first images in rows, gray, colored and true: .png or .svg.",
      valueName: "rows.png"
    )
  )
  var figure: String?

  @Option(
    help: ArgumentHelp(
      "Which colors: mean (nearest to the truth) or vivid.",
      valueName: "mean|vivid"
    )
  )
  var colors: ColorChoiceOption = .mean

  @Option(
    help: ArgumentHelp("What the colors are multiplied by, from 0 to 10.", valueName: "factor")
  )
  var saturation: Float = 1

  @Option(help: ArgumentHelp("Draw so many different colorings of each image.", valueName: "k"))
  var samples: Int?

  @Option(
    name: .customLong("hint"),
    help: ArgumentHelp(
      "The color of a pixel of a single image, counted from 0 at the top left; repeatable.",
      valueName: "x,y=#rrggbb"
    )
  )
  var hints: [HintOption] = []

  @OptionGroup var folders: FolderOptions

  @OptionGroup(title: "Learning (without --model)")
  var learning: TrainingOptions

  @OptionGroup(title: "Computing")
  var computing: ComputingOptions

  @OptionGroup(title: "Saying")
  var comparing: ComparisonOptions

  @OptionGroup(title: "Saying")
  var saying: ReportOptions

  func validate() throws {
    // Samples are drawn from the seed too.
    try files.checkModel(given: learning.given.filter { samples == nil || $0 != "--seed" })
    try files.checkResume(learning)
    try requireOption(
      (0...10).contains(saturation),
      "--saturation",
      "from 0 to 10, found \(saturation)"
    )
    guard let samples else { return }
    try requireOption(
      (1...1_000).contains(samples),
      "--samples",
      "from 1 to 1000, found \(samples)"
    )
    if colors == .vivid {
      throw ValidationError("--colors vivid and --samples exclude each other: samples are drawn")
    }
    if files.output == nil, figure == nil {
      throw ValidationError("--samples needs --output or --figure to show them in")
    }
  }

  func run() async throws {
    var job = try ColorizeJob(self)
    try await VerbRun.perform { try await job.run().say(saying) }
  }
}
