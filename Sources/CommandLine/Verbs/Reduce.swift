import ArgumentParser
import HourglassJobs

/// Describes each row, image, sound or window by a few numbers.
struct Reduce: TaskVerb {
  static let configuration = CommandConfiguration(
    commandName: "reduce",
    abstract: "Reduce each row of a table, image, sound or window of a series to a few dimensions.",
    discussion: """
      An autoencoder is trained to reconstruct rows from --dimensions latent dimensions, and the \
      latent vector of each row is written, in the order of the rows. Some rows are held out of \
      training; the report shows how well they are reconstructed, with PCA of the same size and \
      the column means as baselines.

      DATA is a CSV or TSV table of numbers and categories, where cells may be missing; images (a \
      folder or a file of PNG or JPEG, IDX, CIFAR-10); sounds (a folder or a file of WAV, FLAC or \
      OGG), whose latent vectors are the means of those of their patches of about \
      a second; an NPY or NPZ array; or, with --series, a table of measurements in time, cut \
      into windows. It is recognized by its contents. Standard input (-) and pipes are read like files; \
      several files of one table are given as a pattern in quotes, 'data/*.csv', or as a folder with \
      part-* files.

      The latent vectors are a table with the columns z1, z2, ... and a line for each row; for rows of a \
      table there is no other column, so that the file can be read as plain numbers, and pasted \
      beside the data. Files have their names and windows their times before the latent vectors. An output \
      that ends in .npy is an array. Without --output only the report is printed.

      EXAMPLES
        hourglass reduce images.idx.gz -o latent.csv
        hourglass reduce images.idx.gz --save clothes.hourglass --plot map.svg
        hourglass reduce new.idx.gz --model clothes.hourglass -o latent.csv
        hourglass reduce week23.csv --learn-from normal.csv --dimensions 8
        hourglass reduce load.csv --series time --window 96 -o latent.csv
        hourglass reduce sensors.csv --dimensions auto --keep 0.95 \\
          --curve curve.svg -o latent.csv
        hourglass reduce 'days/*.csv' --dimensions 3 -o latent.csv
        cat week23.csv | hourglass reduce - -o latent.csv
        hourglass reduce songs/ --dimensions 8 -o songs.csv
        hourglass reduce sensors.csv --minutes 10 -o latent.csv
          and, after Ctrl-C, the same again with --resume
      """
  )

  @Argument(help: ArgumentHelp("What to describe.", valueName: "data"))
  var data: String

  @OptionGroup(title: "Map")
  var map: MapArguments

  @OptionGroup(title: "Network (without --model)")
  var shape: ShapeArguments

  @OptionGroup(title: "Latent vectors (without --model)")
  var codes: CodeArguments

  @OptionGroup(title: "Finding the number of dimensions")
  var search: SearchArguments

  @OptionGroup
  var shared: TaskArguments<ReadingArguments>

  func request() throws -> JobRequest {
    var options = ReduceOptions()
    options.shape = shape.options
    options.preserve = codes.preserve
    options.neighbors = codes.neighbors
    options.neighborWeight = codes.neighborWeight
    options.plot = map.plot
    options.labels = map.labels
    options.color = map.color
    options.labelNames = map.labelNames
    options.keep = search.keep
    options.curve = search.curve
    return shared.request(options, [data])
  }
}

/// A map of the first two latent dimensions.
struct MapArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Draw a map of the first two latent dimensions, as SVG, or, where the name ends in .html, as a page that "
        + "shows the item and the decoded place under the pointer.",
      valueName: "map.svg"
    )
  )
  var plot: String?

  @Option(
    help: ArgumentHelp(
      "Color the map by these: an IDX file of labels, or a text with a label a line.",
      valueName: "file"
    )
  )
  var labels: String?

  @Option(
    help: ArgumentHelp(
      "Color the map by this column of the table, which is trained on like others unless --column "
        + "makes it an identifier.",
      valueName: "column"
    )
  )
  var color: String?

  @Option(
    help: ArgumentHelp(
      "What the labels 0, 1, 2 and so on are called in the map.",
      valueName: "a,b,c"
    ),
    transform: { text in
      text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  )
  var labelNames: [String] = []
}

/// What latent vectors keep of items.
struct CodeArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "values, so that items are reconstructed as well as can be, or neighbors, so that items near each "
        + "other have latent vectors near each other: for a map (default: values).",
      valueName: "what"
    )
  )
  var preserve: ReduceOptions.Preserved?

  @Option(
    help: ArgumentHelp(
      "How many nearest items are an item's neighbors; fewer show finer groups (default: 15).",
      valueName: "n"
    )
  )
  var neighbors: Int?

  @Option(
    help: ArgumentHelp(
      "The weight of preserving neighbors against that of reconstruction (default: 0.25).",
      valueName: "factor"
    )
  )
  var neighborWeight: Float?
}

/// How few numbers are enough.
struct SearchArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "With --dimensions auto, what is to be kept: 0.95 of the variance, or neighbors:0.6 of the "
        + "nearest items (default: 0.95).",
      valueName: "share"
    )
  )
  var keep: KeepChoice?

  @Option(
    help: ArgumentHelp(
      "With --dimensions auto, draw what is kept against the number of dimensions.",
      valueName: "curve.svg"
    )
  )
  var curve: String?
}

extension ReduceOptions.Preserved: ExpressibleByArgument {}
extension KeepChoice: ExpressibleByArgument {}
