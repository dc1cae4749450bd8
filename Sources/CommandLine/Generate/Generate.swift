import ArgumentParser
import HourglassEncodings
import HourglassEngines
import HourglassGenerate

/// Makes new items like those that were trained on.
struct Generate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Make new rows of a table, images or windows of a series, like your own.",
    discussion: """
      A variational autoencoder learns how the items of --learn-from are distributed, and new ones \
      are drawn from what it learned. Some items are held out of learning; the report tells how \
      alike generated rows are to them, column by column and pair by pair, beside columns drawn on \
      their own, how near they come to the rows trained on, and whether rare values leak. For images it \
      tells how probable the held-out ones are, by bounds from below, beside pixels on their own.

      New rows are written as CSV with the columns of the table, in their order: whole numbers stay \
      whole, nothing leaves the range that was seen, and cells are missing as often as they were. \
      New images are written as one PNG with all of them; new windows of a series as CSV with the \
      columns window and step before the channels.

      EXAMPLES
        hourglass generate --learn-from people.csv --count 1000 -o new.csv
        hourglass generate --learn-from people.csv --where sex=Female --where income='>50K' -o new.csv
        hourglass generate --learn-from people.csv --balance income --constraint 'hired <= left' -o new.csv
        hourglass generate --learn-from images.idx.gz --count 100 --save digits.hourglass -o grid.png
        hourglass generate --model digits.hourglass --count 400 --seed 7 -o more.png
        hourglass generate --learn-from images.idx.gz --labels labels.idx.gz --balance label -o grid.png
        hourglass generate --model digits.hourglass --where label=3 -o threes.png
        hourglass generate --learn-from images.idx.gz --latent 2 --lattice -o lattice.png
        hourglass generate --learn-from images.idx.gz --interpolate 3,17 --count 12 -o between.png
        hourglass generate --learn-from images.idx.gz --neighbors new-or-not.svg -o grid.png
        hourglass generate --learn-from train.idx.gz --evaluate-on test.idx.gz --reconstructions pairs.svg
        hourglass generate --model digits.hourglass --evaluate-on test.idx.gz --bound-samples 5000
        hourglass generate --learn-from taxi.csv --series time --window 48 --count 20 -o windows.csv
      """
  )

  @OptionGroup(title: "Generating")
  var generating: GeneratingOptions

  @OptionGroup(title: "Files")
  var files: VerbFiles

  @OptionGroup(title: "Data")
  var data: DataOptions

  @OptionGroup(title: "Network (without --model)")
  var shape: SynthesizerOptions

  @OptionGroup(title: "Learning (without --model)")
  var learning: TrainingOptions

  @OptionGroup(title: "Computing")
  var computing: ComputingOptions

  @OptionGroup(title: "Saying")
  var comparing: ComparisonOptions

  @OptionGroup(title: "Saying")
  var saying: ReportOptions

  func validate() throws {
    // The seed is that of generating, too.
    try files.checkModel(given: shape.given + learning.given.filter { $0 != "--seed" })
    try files.checkResume(learning)
    if files.model == nil, files.learnFrom == nil {
      throw ValidationError("give data to learn from with --learn-from, or a model with --model")
    }
    if generating.interpolate != nil, files.model != nil, generating.evaluateOn == nil {
      throw ValidationError(
        "--interpolate with --model needs --evaluate-on, the data that hold the items"
      )
    }
    if files.model != nil, generating.evaluateOn == nil {
      let asked = generating.reconstructions != nil ? "--reconstructions" : "--bound-samples"
      if generating.reconstructions != nil || generating.boundSamples != nil {
        throw ValidationError(
          "\(asked) with --model needs --evaluate-on, the data that hold the images"
        )
      }
    }
    if generating.neighbors != nil, files.model != nil {
      throw ValidationError("--neighbors needs --learn-from: a model keeps no items")
    }
    if generating.lattice, shape.latent.map({ $0 != 2 }) ?? (files.model == nil) {
      throw ValidationError("--lattice needs --latent 2")
    }
  }

  func run() async throws {
    var job = try GenerateJob(self)
    try await VerbRun.perform { try await job.run().say(saying) }
  }
}
