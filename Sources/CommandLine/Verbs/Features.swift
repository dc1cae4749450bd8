import ArgumentParser
import HourglassJobs

/// Trains a feature extractor on items and writes their features.
struct Features: TaskVerb {
  static let configuration = CommandConfiguration(
    commandName: "features",
    abstract: "Train features of rows, images, sounds or windows, as the input of other models.",
    discussion: """
      An autoencoder is trained to reconstruct items from --dimensions latent dimensions; the outputs \
      of its encoder are the features. No label is trained on.

      Of a table, without --dimensions and layers of your own, the features are 128 to 512 hidden \
      activations: 15 % of the cells are swapped for those of other rows while the network trains, so \
      that it has to tell from the other cells what a cell should be. --dimensions gives a short \
      vector instead.

      Of images it trains patch features first, and then an autoencoder of these; \
      --architecture dense trains on pixels. Where images resemble the mirror images of others as much \
      as the others themselves (photographs do, writing does not), an image and its mirror image get \
      the same features; --mirror-images alike or apart overrides this.

      DATA is what `hourglass reduce` takes: a table of numbers and categories with missing cells, \
      images, sounds, arrays, or with --series a table of measurements in time.

      The output is a table: columns that identify the rows, file names or labels first, then z1, z2, \
      ...; an output that ends in .npy is an array of the features alone.

      --probe COLUMN shows what the features are worth: the column is left out of training, and a linear \
      model (softmax regression for classes, ridge regression for numbers) and the ten nearest \
      neighbors predict it from the features, from the raw values, from PCA and from random features of \
      the same size, with 5-fold cross-validation, the linear model with 100 labels too. For images and sounds --labels FILE gives the classes. \
      Categories and booleans are classes; --column NAME=category makes classes of numbers.

      EXAMPLES
        hourglass features people.csv -o features.npy
        hourglass features people.csv --probe income --plot bars.svg -o features.csv
        hourglass features images.idx.gz --labels labels.idx.gz \\
          --save clothes.hourglass
        hourglass features photos/ --dimensions 256 --mirror-images alike \\
          -o features.npy
        hourglass features new.csv --model people.hourglass -o features.csv
      """
  )

  @Argument(help: ArgumentHelp("What to describe.", valueName: "data"))
  var data: String

  @OptionGroup(title: "Comparison")
  var comparison: ProbeArguments

  @OptionGroup(title: "Network (without --model)")
  var shape: ShapeArguments

  @OptionGroup(title: "Network (without --model)")
  var mirror: MirrorArguments

  @OptionGroup
  var shared: TaskArguments<ReadingArguments>

  func request() throws -> JobRequest {
    var options = FeaturesOptions()
    options.shape = shape.options
    options.mirrorImages = mirror.mirrorImages
    options.probe = comparison.probe
    options.labels = comparison.labels
    options.plot = comparison.plot
    return shared.request(options, [data])
  }
}

/// Whether left and right count in images.
struct MirrorArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Features of an image and its horizontal flip: alike, apart, or auto, as the images look.",
      valueName: "choice"
    )
  )
  var mirrorImages: FeaturesOptions.Mirror?
}

/// What features are to predict.
struct ProbeArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Compare what models predict of this column; it is not trained on.",
      valueName: "column"
    )
  )
  var probe: String?

  @Option(
    help: ArgumentHelp(
      "Compare what models predict of these classes: an IDX file, or a text with one a line.",
      valueName: "file"
    )
  )
  var labels: String?

  @Option(help: ArgumentHelp("Draw the comparison as bars.", valueName: "bars.svg"))
  var plot: String?
}

extension FeaturesOptions.Mirror: ExpressibleByArgument {}
