import ArgumentParser
import HourglassApplications

/// `reproduce vae-mnist`.
struct VariationalImagesVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vae-mnist",
    abstract:
      "How probable test images are to what generates such images (MNIST, IDX, four files).",
    discussion: cardHelp(VariationalImagesCard(), "reproduce vae-mnist --data mnist/")
  )

  @OptionGroup
  var options: CardOptions

  @Option(help: ArgumentHelp("The codes that are drawn for an image.", valueName: "n"))
  var boundSamples = 5_000

  @Option(help: ArgumentHelp("The test images that codes are drawn for.", valueName: "n"))
  var images = 500

  func validate() throws {
    try requireAtLeastOne(boundSamples, "--bound-samples")
    try requireAtLeastOne(images, "--images")
  }

  func run() async throws {
    try await options.run(VariationalImagesCard(samples: boundSamples, imageCount: images))
  }
}
