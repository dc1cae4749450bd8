import ArgumentParser
import HourglassJobs

/// What the network of `reduce` and `features` looks like.
struct ShapeArguments: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The number of latent dimensions, or auto for as few as keep enough, see --keep (default: "
        + "2, of features 32, of a table's 128 to 512).",
      valueName: "n|auto"
    )
  )
  var dimensions: DimensionsChoice?

  @Option(
    help: ArgumentHelp(
      "The fully connected layers before the latent vector, mirrored behind it (default: by the data).",
      valueName: "512,256,128"
    )
  )
  var hidden: LayerWidths?

  @Option(
    help: ArgumentHelp(
      "dense, or convolutional for all but tables (default: dense, or that of the verb).",
      valueName: "kind"
    )
  )
  var architecture: ArchitectureKind?

  var options: ShapeOptions {
    var options = ShapeOptions()
    options.dimensions = dimensions
    options.hidden = hidden
    options.architecture = architecture
    return options
  }
}

extension DimensionsChoice: ExpressibleByArgument {}
extension LayerWidths: ExpressibleByArgument {}
extension ArchitectureKind: ExpressibleByArgument {}
