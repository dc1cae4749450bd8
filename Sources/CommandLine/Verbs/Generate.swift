public import ArgumentParser
public import HourglassGenerate
import HourglassJobs

/// Makes new items like those that were trained on.
struct Generate: TaskVerb {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Generate new rows of a table, images or windows of a series like your own.",
    discussion: """
      The distribution of the items of --learn-from is learned, and new ones are drawn from it: of the \
      rows of a table by chains of decision trees, of images and series by a variational autoencoder \
      (--model-type vae takes it for tables, too, and evaluates it beside trees). Some items are held \
      out of training. The report shows how similar generated rows are to them, by columns and by pairs \
      of columns, with independent columns as the baseline; how well trees tell generated rows from real \
      ones; how near they are to the training rows, and whether that gives away which rows were trained \
      on (membership inference); and whether rare values leak. For images it shows lower bounds of the \
      log-likelihood of held-out ones, with independent pixels as the baseline.

      New rows are written as CSV with the columns of the table, in their order: whole numbers stay \
      whole, values stay within the range of the data, and cells are missing as often as they were. \
      New images are written as one PNG with all of them; new windows of a series as CSV with the \
      columns window and step, the key (--by) and the time before the channels.

      EXAMPLES
        hourglass generate --learn-from people.csv --count 1000 -o new.csv
        hourglass generate --learn-from people.csv --where sex=Female \\
          --where income='>50K' -o new.csv
        hourglass generate --learn-from people.csv --balance income \\
          --constraint 'hired <= left' -o new.csv
        hourglass generate --learn-from images.idx.gz --labels labels.idx.gz \\
          --save digits.hourglass -o grid.png
        hourglass generate --model digits.hourglass --count 400 --seed 7 -o more.png
        hourglass generate --learn-from images.idx.gz --labels labels.idx.gz \\
          --balance label -o rows.png
        hourglass generate --model digits.hourglass --where label=3 -o threes.png
        hourglass generate --learn-from images.idx.gz --latent 2 --lattice \\
          -o lattice.png
        hourglass generate --learn-from images.idx.gz --interpolate 3,17 --count 12 \\
          -o between.png
        hourglass generate --learn-from images.idx.gz --neighbors new-or-not.svg \\
          -o grid.png
        hourglass generate --learn-from train.idx.gz --evaluate-on test.idx.gz \\
          --reconstructions pairs.svg
        hourglass generate --model digits.hourglass --evaluate-on test.idx.gz \\
          --bound-samples 5000
        hourglass generate --learn-from taxi.csv --series time --window 48 \\
          --count 20 -o windows.csv
      """
  )

  @OptionGroup(title: "Generating")
  var generating: GeneratingArguments

  @OptionGroup(title: "Network (without --model)")
  var shape: SynthesizerArguments

  @OptionGroup
  var shared: TaskArguments<ReadingArguments>

  func request() throws -> JobRequest {
    var options = GenerateOptions()
    options.count = generating.count
    options.conditions = generating.conditions
    options.constraints = generating.constraint
    options.balance = generating.balance
    options.lattice = generating.lattice
    options.interpolate = generating.interpolate
    options.neighbors = generating.neighbors
    options.evaluateOn = generating.evaluateOn
    options.boundSamples = generating.boundSamples
    options.reconstructions = generating.reconstructions
    options.labels = shape.labels
    options.modelType = shape.modelType
    options.latent = shape.latent
    options.beta = shape.beta
    options.codes = shape.codes
    options.hidden = shape.hidden
    options.architecture = shape.architecture
    return shared.request(options, [])
  }
}

/// What is generated.
struct GeneratingArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The number of rows, images or windows (default: 1000 rows, 100 images, 10 windows).",
      valueName: "n"
    )
  )
  var count: Int?

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Make only rows with this value; may be repeated. NAME= is a missing cell. Of images with labels: "
        + "label=3.",
      valueName: "column=value"
    )
  )
  var conditions: [ConditionChoice] = []

  @Option(
    help: ArgumentHelp(
      "Make only rows that keep this: 'a <= b', 'a > 0', 'a + b = c' or 'unique(a)', where letters are "
        + "columns; may be repeated.",
      valueName: "rule"
    )
  )
  var constraint: [ConstraintChoice] = []

  @Option(
    help: ArgumentHelp(
      "Make as many rows of each value of this column; of images with labels: label.",
      valueName: "column"
    )
  )
  var balance: String?

  @Flag(
    help: "Decode a square lattice of latent vectors; needs --latent 2 (default: 20 by 20)."
  )
  var lattice = false

  @Option(
    help: ArgumentHelp(
      "Interpolate between two items of the data, by their numbers from 1 (default: 10 steps).",
      valueName: "a,b"
    )
  )
  var interpolate: ItemPair?

  @Option(
    help: ArgumentHelp(
      "Draw images above the nearest ones that were trained on, to see that they are new.",
      valueName: "figure.svg"
    )
  )
  var neighbors: String?

  @Option(
    help: ArgumentHelp("Evaluate the model by these data as well.", valueName: "data")
  )
  var evaluateOn: String?

  @Option(
    help: ArgumentHelp(
      "The latent samples of an image that bound its probability (default: 200; papers take 5000).",
      valueName: "n"
    )
  )
  var boundSamples: Int?

  @Option(
    help: ArgumentHelp(
      "Draw images of --evaluate-on, or else those trained on, above what the model reconstructs of them.",
      valueName: "figure.svg"
    )
  )
  var reconstructions: String?
}

/// What the network looks like.
struct SynthesizerArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The labels of the images of --learn-from, for --where label=3: an IDX file, or a text with one a "
        + "line (those of CIFAR-10 are known).",
      valueName: "file"
    )
  )
  var labels: String?

  @Option(
    help: ArgumentHelp(
      "What the distribution is learned by, trees or vae, a variational autoencoder (default: trees for a "
        + "table without other options of a network, else vae).",
      valueName: "type"
    )
  )
  var modelType: Synthesizer.ModelType?

  @Option(
    help: ArgumentHelp("The number of latent dimensions (default: by the data).", valueName: "n")
  )
  var latent: Int?

  @Option(
    help: ArgumentHelp(
      "The weight of the divergence of latent vectors from the prior (default: by the data).",
      valueName: "weight"
    )
  )
  var beta: Float?

  @Option(
    help: ArgumentHelp(
      "Where latent vectors come from: the prior, or a mixture fitted to those of the data (default: "
        + "the prior for images, else a mixture).",
      valueName: "source"
    )
  )
  var codes: Synthesizer.CodeSource?

  @Option(
    help: ArgumentHelp(
      "The fully connected layers before the latent vector, mirrored behind it (default: by the data).",
      valueName: "512,256"
    )
  )
  var hidden: LayerWidths?

  @Option(
    help: ArgumentHelp(
      "dense, or convolutional for images (default: convolutional for images of 8 pixels and more "
        + "without --hidden, else dense).",
      valueName: "kind"
    )
  )
  var architecture: ArchitectureKind?
}

extension ConditionChoice: ExpressibleByArgument {}
extension ConstraintChoice: ExpressibleByArgument {}
extension ItemPair: ExpressibleByArgument {}
extension Synthesizer.CodeSource: ExpressibleByArgument {}
extension Synthesizer.ModelType: ExpressibleByArgument {}
