import ArgumentParser
import HourglassJobs

/// Fills the missing cells of a table, the gaps of a time series or the holes in images.
struct Impute: TaskVerb {
  static let configuration = CommandConfiguration(
    commandName: "impute",
    abstract: "Fill missing cells of a table, gaps of a time series, or holes in images.",
    discussion: """
      Autoencoders are trained to predict cells from the others: in training some cells of each \
      row are hidden, and the true values are the target. Then the missing cells are filled. The \
      result is a weighted sum of the networks, chained linear regression, the nearest rows and boosted \
      trees over the rows as these fill them; the weights are chosen on observed cells that are deleted before training, and the report shows \
      how well these are filled, with the column means and other baselines.

      DATA is a CSV or TSV table, plain or .gz, with numbers, whole numbers, yes and no, and \
      categories; or an array (NPY, NPZ). A missing cell is empty, NA, NaN, null or ?, or a word \
      of --missing. With --series it is a time series whose gaps are filled.

      Observed cells are written unchanged, byte for byte. Filled numbers stay within the range of \
      their column and on its grid: whole numbers stay whole. Missing names and free texts stay \
      missing, and so do remarks that are predicted no better than by the most frequent one, but with \
      --fill-remarks.

      With --draws N further tables NAME-1.csv to NAME-N.csv are written beside NAME.csv, each with \
      values drawn from the distributions of the cells; their differences show how certain the values are. \
      Means and shares over all of them are printed, with standard errors by Rubin's rules. With \
      --intervals the prediction interval of each filled cell is written to a file of its own.

      DATA may also be images: PNG files whose missing pixels are transparent, or any images with \
      --mask, images that are white where pixels are missing. A network is trained to fill holes that \
      are made in the images; all other pixels stay as they are.

      The data themselves are trained on, unless --learn-from or --model is given.

      EXAMPLES
        hourglass impute people.csv -o filled.csv
        hourglass impute people.csv -o filled.csv --draws 5
        hourglass impute people.csv -o filled.csv --intervals
        hourglass impute people.csv --column zip=category --missing=-999 \\
          -o filled.csv
        hourglass impute power.csv --series time --window 48 -o filled.csv
        hourglass impute old.csv --save people.hourglass -o old-filled.csv
        hourglass impute new.csv --model people.hourglass -o new-filled.csv
        hourglass impute torn/ --mask tears/ --learn-from album/ -o whole/
        hourglass impute album/ --mask-rate 0.2 --figure rows.png
          a test: pixels are deleted and filled again
      """
  )

  @Argument(
    help: ArgumentHelp("The table or series with missing cells, or the images.", valueName: "data")
  )
  var data: String

  @OptionGroup(title: "Filling")
  var filling: FillingArguments

  @OptionGroup(title: "Filling images")
  var holes: HoleArguments

  @OptionGroup
  var shared: TaskArguments<ReadingArguments>

  func request() throws -> JobRequest {
    var options = ImputeOptions()
    options.draws = filling.draws
    options.intervals = filling.intervals
    options.members = filling.members
    options.noNeighbors = filling.noNeighbors
    options.noRegression = filling.noRegression
    options.noTrees = filling.noTrees
    options.fillRemarks = filling.fillRemarks
    options.mask = holes.mask
    options.maskRate = holes.maskRate
    options.figure = holes.figure
    return shared.request(options, [data])
  }
}

/// How cells are filled.
struct FillingArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write so many further tables with drawn values, NAME-1.csv and so on.",
      valueName: "n"
    )
  )
  var draws: Int?

  @Option(
    defaultAsFlag: 0.9,
    help: ArgumentHelp(
      """
      Write NAME-intervals.csv: for each filled cell the prediction interval, of a category the set \
      of levels, of this confidence, 0.5 to 0.99 (0.9 where no number follows).
      """,
      valueName: "level"
    )
  )
  var intervals: Double?

  @Option(help: ArgumentHelp("The networks whose mean is taken (default: 3).", valueName: "n"))
  var members: Int?

  @Flag(
    help: "Leave nearest rows out of the result; the model then keeps no rows of the data."
  )
  var noNeighbors = false

  @Flag(help: "Leave chained regression out of the result.")
  var noRegression = false

  @Flag(help: "Leave boosted trees out of the result; training then ends sooner.")
  var noTrees = false

  @Flag(
    help: """
      Fill columns of remarks too: of texts that mostly occur once or twice, and that are predicted no better than \
      by the most frequent one.
      """
  )
  var fillRemarks = false
}

/// Where the missing pixels of images are.
struct HoleArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "An image, or a folder with one of the name of each image, that is white where pixels are "
        + "missing (default: where an image is transparent).",
      valueName: "images"
    )
  )
  var mask: String?

  @Option(
    help: ArgumentHelp(
      "For a test, delete this share of the pixels, fill them, and compare; 0.01 to 0.7.",
      valueName: "share"
    )
  )
  var maskRate: Float?

  @Option(
    help: ArgumentHelp(
      "Draw the first images in rows (missing, filled, true) to this PNG or SVG file.",
      valueName: "file"
    )
  )
  var figure: String?
}
