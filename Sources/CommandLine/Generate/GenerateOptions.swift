import ArgumentParser
import HourglassAutoencoders
import HourglassDetect
import HourglassGenerate
import HourglassSignatures
import HourglassTensors

/// What is generated.
struct GeneratingOptions: ParsableArguments {
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
    help: "Make what a square lattice of codes stands for; needs --latent 2 (default: 20 by 20)."
  )
  var lattice = false

  @Option(
    help: ArgumentHelp(
      "Make what lies between two items of the data, by their numbers from 1 (default: 10 steps).",
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
    help: ArgumentHelp("Evaluator the model by these data as well.", valueName: "data")
  )
  var evaluateOn: String?

  @Option(
    help: ArgumentHelp(
      "The codes that are drawn for an image to bound its probability (default: 200; papers take 5000).",
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

  func validate() throws {
    try requireAtLeastOne(count, "--count")
    try requireAtLeastOne(boundSamples, "--bound-samples")
    if lattice, interpolate != nil {
      throw ValidationError("--lattice and --interpolate exclude each other")
    }
    if let option = demands, lattice || interpolate != nil {
      throw ValidationError("\(option) does not go with --lattice or --interpolate")
    }
    if interpolate != nil, let count {
      try requireOption(count >= 2, "--count", "at least 2 with --interpolate, found \(count)")
    }
  }
}

extension GeneratingOptions {
  /// An option that asks for certain rows, if one was given.
  var demands: String? {
    if !conditions.isEmpty { return "--where" }
    if !constraint.isEmpty { return "--constraint" }
    return balance == nil ? nil : "--balance"
  }
}

/// What the cells of a row must be to each other, such as `start <= end`.
struct ConstraintChoice: ExpressibleByArgument, Hashable {
  let constraint: SynthesisConstraint

  init?(argument: String) {
    guard let constraint = SynthesisConstraint(argument) else { return nil }
    self.constraint = constraint
  }
}

extension GeneratingOptions {
  /// The labels whose images are asked for, of those that a model knows; `nil` for images of any.
  func labels(among known: [String]) throws -> [String]? {
    guard let option = demands else { return nil }
    if !constraint.isEmpty {
      throw Failure.usage("--constraint needs a table, found images")
    }
    for column in conditions.map(\.condition.column) + [balance].compactMap(\.self)
    where column != Self.label {
      throw Failure.usage(
        "\(option) of images takes their \(Self.label), as in \(Self.label)=3, not \(column)"
      )
    }
    guard conditions.isEmpty || balance == nil else {
      throw Failure.usage("--where and --balance of a \(Self.label) exclude each other")
    }
    guard !known.isEmpty else {
      throw Failure.usage(
        "\(option) needs images with labels: give --labels with --learn-from, or a model that learned so"
      )
    }
    return balance == nil ? conditions.map(\.condition.value) : known
  }

  private static let label = "label"
}

/// What the network looks like.
struct SynthesizerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The labels of the images of --learn-from, for --where label=3: an IDX file, or a text with one a "
        + "line (those of CIFAR-10 are known).",
      valueName: "file"
    )
  )
  var labels: String?

  @Option(help: ArgumentHelp("The numbers of a code (default: by the data).", valueName: "n"))
  var latent: Int?

  @Option(
    help: ArgumentHelp(
      "The weight of the divergence of codes from the prior (default: by the data).",
      valueName: "weight"
    )
  )
  var beta: Float?

  @Option(
    help: ArgumentHelp(
      "Where codes come from: the prior, or a mixture fitted to the codes of the data (default: "
        + "the prior for images, else a mixture).",
      valueName: "source"
    )
  )
  var codes: CodeChoice?

  @Option(
    help: ArgumentHelp(
      "The fully connected layers before the code, mirrored behind it (default: by the data).",
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

  /// The options that were given, by their names.
  var given: [String] {
    var names: [String] = []
    if labels != nil { names.append("--labels") }
    if latent != nil { names.append("--latent") }
    if beta != nil { names.append("--beta") }
    if codes != nil { names.append("--codes") }
    if hidden != nil { names.append("--hidden") }
    if architecture != nil { names.append("--architecture") }
    return names
  }

  func validate() throws {
    try requireAtLeastOne(latent, "--latent")
    if let beta { try requireOption(beta > 0 && beta.isFinite, "--beta", "above 0, found \(beta)") }
  }
}

/// A column and the value that rows must have in it, such as `sex=Female`.
struct ConditionChoice: ExpressibleByArgument, Hashable {
  let condition: SynthesisCondition

  init?(argument: String) {
    guard let sign = argument.firstIndex(of: "="), sign != argument.startIndex else { return nil }
    condition = SynthesisCondition(
      String(argument[..<sign]),
      is: String(argument[argument.index(after: sign)...])
    )
  }
}

/// Two items by their numbers from 1, such as `3,17`.
struct ItemPair: ExpressibleByArgument, Hashable {
  let first: Int
  let second: Int

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let first = parts[0], let second = parts[1], first > 0, second > 0
    else { return nil }
    self.first = first
    self.second = second
  }
}

/// The sources of codes to choose from.
enum CodeChoice: String, ExpressibleByArgument, CaseIterable {
  case prior, mixture

  /// The choice in the words of the library.
  var value: Synthesizer.CodeSource { self == .prior ? .prior : .mixture }
}
