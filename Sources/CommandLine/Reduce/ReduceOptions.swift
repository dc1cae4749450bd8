import ArgumentParser
import HourglassApplications
import HourglassDatasets
import HourglassNetworks
import HourglassTensors

/// What the network looks like.
struct ShapeOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp("How many numbers describe an item (default: 2).", valueName: "n")
  )
  var dimensions: Int?

  @Option(
    help: ArgumentHelp(
      "The fully connected layers before the code, mirrored behind it (default: by the data).",
      valueName: "512,256,128"
    )
  )
  var hidden: LayerWidths?

  @Option(
    help: ArgumentHelp(
      "dense, or convolutional for all but tables (default: dense).",
      valueName: "kind"
    )
  )
  var architecture: ArchitectureKind?

  /// The options that were given, by their names.
  var given: [String] {
    var names: [String] = []
    if dimensions != nil { names.append("--dimensions") }
    if hidden != nil { names.append("--hidden") }
    if architecture != nil { names.append("--architecture") }
    return names
  }

  func validate() throws { try requireAtLeastOne(dimensions, "--dimensions") }

  /// The layers that were asked for; none where they are chosen from the data.
  func architecture(for data: Dataset) throws(Failure) -> Architecture? {
    let widths = hidden?.widths
    guard architecture == .convolutional else {
      return widths.map { .dense(hidden: $0, activation: .silu) }
    }
    let shape: Shape
    switch data {
    case .table, .largeTable:
      throw .usage("--architecture convolutional needs images, and \(data.name) is a table")
    case .images(let images): shape = images.commonShape ?? [1, 16, 16]
    case .sounds: shape = [1, 48, 64]
    case .series(let series): shape = [2 * series.channels.count, series.window]
    }
    guard
      case .convolutional(let channels, let hidden, let activation) =
        AutomaticChoices.convolutionalArchitecture(itemShape: shape)
    else { return nil }
    return .convolutional(channels: channels, hidden: widths ?? hidden, activation: activation)
  }
}

/// A map of the first two numbers of each code.
struct MapOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Draw a map of the first two numbers, as SVG, or as a page where the name ends in .html.",
      valueName: "map.svg"
    )
  )
  var plot: String?

  @Option(
    help: ArgumentHelp(
      "Colour the map by these: an IDX file of labels, or a text with a label a line.",
      valueName: "file"
    )
  )
  var labels: String?

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

/// The widths of layers, such as `512,256,128`.
struct LayerWidths: ExpressibleByArgument, Hashable {
  let widths: [Int]

  init?(argument: String) {
    var widths: [Int] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let width = Int(part), (1...1_000_000).contains(width) else { return nil }
      widths.append(width)
    }
    self.widths = widths
  }
}

/// The kinds of layers to choose from.
enum ArchitectureKind: String, ExpressibleByArgument, CaseIterable {
  case dense, convolutional
}
