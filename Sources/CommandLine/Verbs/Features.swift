import ArgumentParser
import HourglassJobs

/// Learns features of items and writes them.
struct Features: Verb {
  static let configuration = CommandConfiguration(
    commandName: "features",
    abstract: "Learn features of rows, images, sounds or windows, for other models to learn from.",
    discussion: """
      An autoencoder learns to reconstruct items from --dimensions latent dimensions; its decoder \
      is then dropped, and what the encoder gives are the features. No label is trained on.

      Of images it learns kinds of patches first, and then from what each image says of them; \
      --architecture dense learns from pixels. Where the images look as much like the mirror images \
      of others as like others, as photographs of things do and writing does not, an image and its \
      mirror image get the same features; --mirror-images alike or apart says so instead.

      DATA is what `hourglass reduce` takes: a table of numbers and categories with missing cells, \
      images, sounds, arrays, or with --series a table of measurements in time.

      The output is a table: columns that identify the rows, file names or labels first, then z1, z2, \
      ...; an output that ends in .npy is an array of the features alone.

      --probe COLUMN shows what the features are worth: the column is left out of learning, and a linear \
      model (softmax regression for classes, ridge regression for numbers) and the ten nearest \
      neighbors predict it from the features, from the raw values, and from PCA of the same size, \
      with 5-fold cross-validation. For images and sounds --labels FILE gives the classes. \
      Categories and booleans are classes; --column NAME=category makes classes of numbers.

      EXAMPLES
        hourglass features people.csv -o features.npy
        hourglass features people.csv --probe income --plot bars.svg -o features.csv
        hourglass features images.idx.gz --labels labels.idx.gz --save clothes.hourglass
        hourglass features photos/ --dimensions 256 --mirror-images alike -o features.npy
        hourglass features new.csv --model people.hourglass -o features.csv
      """
  )

  @Argument(help: ArgumentHelp("What to describe.", valueName: "data"))
  var data: String

  @OptionGroup
  var shared: TaskArguments

  @OptionGroup(title: "Reading")
  var reading: ReadingArguments

  @OptionGroup(title: "Comparison")
  var comparison: ProbeArguments

  @OptionGroup(title: "Network (without --model)")
  var shape: ShapeArguments

  @OptionGroup(title: "Network (without --model)")
  var mirror: MirrorArguments

  @OptionGroup(title: "Reports and progress")
  var saying: OutputArguments

  func request() throws -> JobRequest {
    var options = FeaturesOptions()
    options.shape = shape.options
    options.mirrorImages = mirror.mirrorImages
    options.probe = comparison.probe
    options.labels = comparison.labels
    options.plot = comparison.plot
    var request = shared.request(options, [data])
    request.reading = reading.options
    return request
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
