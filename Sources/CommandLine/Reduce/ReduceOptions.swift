import ArgumentParser
import HourglassAutoencoders
import HourglassData
import HourglassNetworks
import HourglassReduce
import HourglassTasksCommon
import HourglassTensors

/// What the network looks like.
struct ShapeOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "How many numbers describe an item, or auto for as few as keep enough, see --keep (default: "
        + "2, of features 32).",
      valueName: "n|auto"
    )
  )
  var dimensions: DimensionsChoice?

  @Option(
    help: ArgumentHelp(
      "The fully connected layers before the code, mirrored behind it (default: by the data).",
      valueName: "512,256,128"
    )
  )
  var hidden: LayerWidths?

  @Option(
    help: ArgumentHelp(
      "dense, or convolutional for all but tables (default: dense, or what the verb says).",
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

  func validate() throws { try requireAtLeastOne(dimensions?.number, "--dimensions") }

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
    case .largeSeries(let series):
      shape = [2 * series.sample.channels.count, series.sample.window]
    }
    guard
      case .convolutional(let channels, let hidden, let activation) =
        Defaults.convolutionalArchitecture(itemShape: shape)
    else { return nil }
    return .convolutional(channels: channels, hidden: widths ?? hidden, activation: activation)
  }
}

/// How many numbers describe an item.
enum DimensionsChoice: ExpressibleByArgument, Hashable {
  case count(Int)
  /// As few as keep enough.
  case automatic

  init?(argument: String) {
    if argument == "auto" {
      self = .automatic
    } else if let count = Int(argument) {
      self = .count(count)
    } else {
      return nil
    }
  }

  /// The number, where one was given.
  var number: Int? { if case .count(let number) = self { number } else { nil } }
}

/// How few numbers are enough.
struct SearchOptions: ParsableArguments {
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

  /// An option that was given, if any.
  var given: String? { keep != nil ? "--keep" : curve != nil ? "--curve" : nil }

  /// The search that was asked for.
  var search: DimensionSearch {
    DimensionSearch(keeping: keep?.share ?? 0.95, of: keep?.measure ?? .variance)
  }
}

/// What is to be kept, such as `0.95` or `neighbors:0.6`.
struct KeepChoice: ExpressibleByArgument, Hashable {
  let measure: DimensionSearch.Measure
  let share: Double

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
    guard let share = parts.last.flatMap({ Double($0) }), share > 0, share < 1, parts.count <= 2
    else { return nil }
    guard
      let measure = parts.count == 1 ? .variance : DimensionSearch.Measure(rawValue: "\(parts[0])")
    else { return nil }
    self.measure = measure
    self.share = share
  }
}

/// What codes keep of items.
struct PreserveOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "values, so that items are reconstructed as well as can be, or neighbors, so that items near each "
        + "other are near in the codes: for a map (default: values).",
      valueName: "what"
    )
  )
  var preserve: PreservedKind?

  @Option(
    help: ArgumentHelp(
      "How many nearest items are an item's neighbors; fewer show finer groups (default: 15).",
      valueName: "n"
    )
  )
  var neighbors: Int?

  @Option(
    help: ArgumentHelp(
      "How much keeping neighbors counts beside reconstructing items (default: 0.25).",
      valueName: "factor"
    )
  )
  var neighborWeight: Float?

  /// The options that were given, by their names.
  var given: [String] {
    var names: [String] = []
    if preserve != nil { names.append("--preserve") }
    if neighbors != nil { names.append("--neighbors") }
    if neighborWeight != nil { names.append("--neighbor-weight") }
    return names
  }

  func validate() throws {
    try requireAtLeastOne(neighbors, "--neighbors")
    guard preserve != .neighbors, let name = given.first(where: { $0 != "--preserve" }) else {
      return
    }
    throw ValidationError("\(name) needs --preserve neighbors")
  }

  /// What was asked for; none where it is chosen.
  var preservation: DimensionReducer.Preservation? {
    switch preserve {
    case .neighbors: .neighbors(count: neighbors ?? 15, weight: neighborWeight ?? 0.25)
    case .values: .values
    case nil: nil
    }
  }
}

/// The kinds of things that codes keep.
enum PreservedKind: String, ExpressibleByArgument, CaseIterable {
  case values, neighbors
}

/// A map of the first two numbers of each code.
struct MapOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Draw a map of the first two numbers, as SVG, or, where the name ends in .html, as a page that "
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
