public import ArgumentParser
public import HourglassDetect
import HourglassJobs

/// Finds what is unlike the rest.
struct Detect: TaskVerb {
  static let configuration = CommandConfiguration(
    commandName: "detect",
    abstract: "Find rows, images, or times of a series that are unlike normal ones.",
    discussion: """
      An autoencoder is trained on normal data. The score of a row of a table adds up several \
      parts: what the autoencoder fails to reconstruct, and how far the row is from the nearest \
      normal rows in several scalings of the columns; each counts as much as it helps to tell \
      normal rows from rows with some cells exchanged. Rows scored without themselves show the \
      score above which at most --false-alarms of normal rows lie; that rate can be changed with \
      a saved model.

      DATA is a CSV or TSV table with columns of any kinds and missing cells, an NPY or NPZ array, \
      images (IDX, CIFAR-10, or a folder of PNG and JPEG of one size), or, with --series, a time \
      series. Give normal data to train on with --learn-from; without it DATA itself is trained \
      on, what is common in it counts as normal, and the fifth of it that is farthest from the \
      rest is left out of training, since the anomalies are among it (--learned normal trains on \
      all of it).

      The result is a table with a line for each row: columns of identifiers, score, p_value (the \
      share of held-out normal rows with a score as high), is_anomaly, and the three columns that \
      add most to the score, with what each adds; all of them together are the score. Of a series \
      there is a line for each time, and the number of the range of neighboring anomalies it is in.

      EXAMPLES
        hourglass detect week23.csv --learn-from normal.csv -o scores.csv
        hourglass detect week24.csv --model pump.hourglass --false-alarms 0.001 \\
          -o scores.csv
        hourglass detect week24.csv --model pump.hourglass --false-discoveries 0.1 \\
          -o scores.csv
        hourglass detect power.csv --series time --window 96 -o scores.csv
        hourglass detect scans/ --learn-from good/ -o scores.csv --heat-maps maps/
        hourglass detect test.csv --learn-from train.csv --labels is_fraud
        tail -f log.csv | hourglass detect - --model pump.hourglass
          - is standard input: a header and rows as they come, each answered at once
      """
  )

  @Argument(
    help: ArgumentHelp(
      "The rows, images or series to look at; - for rows from standard input.",
      valueName: "data"
    )
  )
  var data: String

  @Option(
    help: ArgumentHelp(
      "The part of normal rows that may be taken for anomalies (default: 0.01, or the model's).",
      valueName: "rate"
    )
  )
  var falseAlarms: Double?

  @Option(
    help: ArgumentHelp(
      "Choose anomalies together, so that at most this share of them is normal on average, in place "
        + "of --false-alarms.",
      valueName: "share"
    )
  )
  var falseDiscoveries: Double?

  @Option(
    help: ArgumentHelp(
      "A column that says which rows are anomalies (1, true, yes, anomaly); it is not trained on. "
        + "The report then says how well they are found, beside simpler detectors.",
      valueName: "column"
    )
  )
  var labels: String?

  @Option(
    help: ArgumentHelp(
      "Draw the squared error of each pixel of the 100 most unusual images into this folder.",
      valueName: "folder"
    )
  )
  var heatMaps: String?

  @Option(
    help: ArgumentHelp(
      "Whether what is trained on is normal, or mixed with anomalies (default: normal with "
        + "--learn-from, and mixed without).",
      valueName: "normal|mixed"
    )
  )
  var learned: AnomalyDetector.LearnedItems?

  @Option(
    help: ArgumentHelp("The number of latent dimensions (default: by the data).", valueName: "n")
  )
  var latent: Int?

  @Option(
    help: ArgumentHelp(
      "The number of rows, images or windows that the model keeps to measure distances to; 0 keeps "
        + "none, and the score is the reconstruction error (default: up to 20000 rows).",
      valueName: "n"
    )
  )
  var references: Int?

  @OptionGroup
  var shared: TaskArguments<ReadingArguments>

  func request() throws -> JobRequest {
    var options = DetectOptions()
    options.falseAlarms = falseAlarms
    options.falseDiscoveries = falseDiscoveries
    options.labels = labels
    options.heatMaps = heatMaps
    options.learned = learned
    options.latent = latent
    options.references = references
    return shared.request(options, [data])
  }
}

extension AnomalyDetector.LearnedItems: ExpressibleByArgument {}
