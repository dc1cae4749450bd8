public import ArgumentParser
public import HourglassColorize
import HourglassJobs

/// Gives gray images colors.
struct Colorize: TaskVerb {
  static let configuration = CommandConfiguration(
    commandName: "colorize",
    abstract: "Colorize gray images of any size.",
    discussion: """
      A network is trained on images in color to predict their colors from their lightness. The \
      lightness of the result is that of the gray image; only the colors are new. Some images are \
      held out of training; the report compares their colors with the true ones, and with \
      the baselines gray and one mean color for all.

      GRAY is a folder of PNG and JPEG files or one such file, or images in IDX or CIFAR-10 files. \
      Images keep their size, depth and transparency; those of a folder keep their names. Colors \
      of GRAY are removed first, and the report compares with them.

      The colors are the mean of the predicted distribution: the smallest error on average, but \
      pale. --colors vivid takes the likeliest ones instead, as saturated as in true images; \
      --samples 4 draws four different colorings that are all likely, NAME-1.png to NAME-4.png. \
      --hint sets the color of a pixel, and similar pixels around it take that color, too.

      EXAMPLES
        hourglass colorize old/ --learn-from photos/ -o colored/
        hourglass colorize grandmother.png --learn-from photos/ --minutes 20 \\
          -o colored.png
        hourglass colorize photos/ --save holidays.hourglass --figure rows.png
          a test: photos are made gray and colorized again
        hourglass colorize old/ --model holidays.hourglass --colors vivid -o colored/
        hourglass colorize old/ --model holidays.hourglass --samples 4 -o choices/
        hourglass colorize car.png --model holidays.hourglass \\
          --hint 120,80=#b22222 --hint 30,10=#87ceeb -o car-colored.png
      """
  )

  @Argument(help: ArgumentHelp("The images to color.", valueName: "gray"))
  var data: String

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
  var colors: ColorChoice = .mean

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
  var hints: [HintChoice] = []

  @OptionGroup
  var shared: TaskArguments<FolderArguments>

  func request() throws -> JobRequest {
    var options = ColorizeOptions()
    options.figure = figure
    options.colors = colors
    options.saturation = saturation
    options.samples = samples
    options.hints = hints
    return shared.request(options, [data])
  }
}

extension ColorChoice: ExpressibleByArgument {}
extension HintChoice: ExpressibleByArgument {}
