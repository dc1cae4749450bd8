internal import HourglassData
internal import HourglassNetworks
internal import HourglassTasksCommon
internal import HourglassTensors

/// What the network of `reduce` and `features` looks like.
package struct ShapeOptions: Codable, Hashable, Sendable {
  /// How many numbers describe an item.
  package var dimensions: DimensionsChoice?
  /// The widths of the fully connected layers before the latent vector.
  package var hidden: LayerWidths?
  /// The kind of layers.
  package var architecture: ArchitectureKind?

  package init() {}

  /// The options that were given, by their names.
  var given: [String] {
    namesGiven([
      "--dimensions": dimensions != nil, "--hidden": hidden != nil,
      "--architecture": architecture != nil,
    ])
  }

  func validate() throws(Failure) { try requireAtLeastOne(dimensions?.number, "--dimensions") }

  /// The layers that were asked for; none where they are chosen from the data.
  func architecture(for data: Dataset) throws(Failure) -> Architecture? {
    let widths = hidden?.widths
    guard architecture == .convolutional else {
      return widths.map { .dense(hidden: $0, activation: .silu) }
    }
    let shape: Shape
    switch data {
    case .table:
      throw .usage("--architecture convolutional needs images, and \(data.name) is a table")
    case .images(let images): shape = images.commonShape ?? [1, 16, 16]
    case .sounds: shape = [1, 48, 64]
    case .series(let series):
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
package enum DimensionsChoice: TextValue {
  case count(Int)
  /// As few as keep enough.
  case automatic

  package init?(text argument: String) {
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

  package var text: String { number.map { "\($0)" } ?? "auto" }
}

/// The widths of layers, such as `512,256,128`.
package struct LayerWidths: TextValue {
  package let text: String
  let widths: [Int]

  package init?(text argument: String) {
    text = argument
    var widths: [Int] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let width = Int(part), (1...1_000_000).contains(width) else { return nil }
      widths.append(width)
    }
    self.widths = widths
  }
}

/// The kinds of layers to choose from.
package enum ArchitectureKind: String, Codable, CaseIterable, Sendable {
  case dense, convolutional
}
