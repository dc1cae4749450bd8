package import HourglassGenerate

/// What `generate` is asked for: new items like those that were trained on.
package struct GenerateOptions: JobOptions {
  package static let task = "generate"
  package static let inputs = 0...0

  /// The number of rows, images or windows.
  package var count: Int?
  /// The values that rows must have.
  package var conditions: [ConditionChoice] = []
  /// What the cells of rows must be to each other.
  package var constraints: [ConstraintChoice] = []
  /// The column of whose values as many rows are made of each.
  package var balance: String?
  /// Whether what a square lattice of latent vectors stands for is made.
  package var lattice = false
  /// The two items between which items are made.
  package var interpolate: ItemPair?
  /// The figure of images above the nearest ones trained on.
  package var neighbors: String?
  /// The data that the model is evaluated by as well.
  package var evaluateOn: String?
  /// The latent vectors that are drawn for an image to bound its probability.
  package var boundSamples: Int?
  /// The figure of images above what is reconstructed of them.
  package var reconstructions: String?
  /// The file of labels of images.
  package var labels: String?
  /// What the distribution of the items is learned by.
  package var modelType: Synthesizer.ModelType?
  /// The number of latent dimensions.
  package var latent: Int?
  /// The weight of the divergence of latent vectors from the prior.
  package var beta: Float?
  /// Where latent vectors come from.
  package var codes: Synthesizer.CodeSource?
  /// The widths of the fully connected layers before the latent vector.
  package var hidden: LayerWidths?
  /// The kind of layers.
  package var architecture: ArchitectureKind?

  package init() {}

  package mutating func replacePaths(_ path: PathReplacement) throws {
    neighbors = try neighbors.map { try path($0, .output) }
    evaluateOn = try evaluateOn.map { try path($0, .input) }
    reconstructions = try reconstructions.map { try path($0, .output) }
    labels = try labels.map { try path($0, .input) }
  }

  /// An option that asks for certain rows, if one was given.
  var demands: String? {
    namesGiven([
      "--where": !conditions.isEmpty, "--constraint": !constraints.isEmpty,
      "--balance": balance != nil,
    ]).first
  }

  /// The options of training that were given, by their names.
  private var ofNetwork: [String] {
    namesGiven([
      "--labels": labels != nil, "--model-type": modelType != nil, "--latent": latent != nil,
      "--beta": beta != nil,
      "--codes": codes != nil, "--hidden": hidden != nil, "--architecture": architecture != nil,
    ])
  }

  package func validate(_ request: JobRequest) throws {
    try validateItems()
    let files = request.files
    // The seed is that of generating, too.
    try files.checkModel(given: ofNetwork + request.training.given.filter { $0 != "--seed" })
    try files.checkResume(request.training)
    if files.model == nil, files.learnFrom == nil {
      throw Failure.usage(
        "give training data with --learn-from, or a model with --model"
      )
    }
    if interpolate != nil, files.model != nil, evaluateOn == nil {
      throw Failure.usage(
        "--interpolate with --model needs --evaluate-on, the data that hold the items"
      )
    }
    if files.model != nil, evaluateOn == nil {
      let asked = namesGiven([
        "--reconstructions": reconstructions != nil, "--bound-samples": boundSamples != nil,
      ])
      if let option = asked.first {
        throw Failure.usage(
          "\(option) with --model needs --evaluate-on, the data that hold the images"
        )
      }
    }
    if neighbors != nil, files.model != nil {
      throw Failure.usage("--neighbors needs --learn-from: a model keeps no items")
    }
    if modelType == .trees,
      let option = namesGiven(["--lattice": lattice, "--interpolate": interpolate != nil]).first
    {
      throw Failure.usage("\(option) needs latent vectors, which --model-type trees does not have")
    }
    if lattice, latent.map({ $0 != 2 }) ?? (files.model == nil) {
      throw Failure.usage("--lattice needs --latent 2")
    }
  }

  private func validateItems() throws(Failure) {
    try requireAtLeastOne(count, "--count")
    try requireAtLeastOne(boundSamples, "--bound-samples")
    try requireAtLeastOne(latent, "--latent")
    if let beta { try requireOption(beta > 0 && beta.isFinite, "--beta", "above 0, found \(beta)") }
    if lattice, interpolate != nil {
      throw .usage("--lattice and --interpolate exclude each other")
    }
    if let option = demands, lattice || interpolate != nil {
      throw .usage("\(option) does not go with --lattice or --interpolate")
    }
    if interpolate != nil, let count {
      try requireOption(count >= 2, "--count", "at least 2 with --interpolate, found \(count)")
    }
  }

  package func run(_ run: JobRun) async throws -> JobResult {
    var job = try GenerateJob(self, run)
    return try await job.run()
  }
}

extension GenerateOptions {
  /// The labels whose images are asked for, of those that a model knows; `nil` for images of any.
  func labels(among known: [String]) throws -> [String]? {
    guard let option = demands else { return nil }
    if !constraints.isEmpty {
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
        "\(option) needs images with labels: give --labels with --learn-from, or a model trained with labels"
      )
    }
    return balance == nil ? conditions.map(\.condition.value) : known
  }

  private static let label = "label"
}

/// What the cells of a row must be to each other, such as `start <= end`.
package struct ConstraintChoice: TextValue {
  package let text: String
  let constraint: SynthesisConstraint

  package init?(text argument: String) {
    text = argument
    guard let constraint = SynthesisConstraint(argument) else { return nil }
    self.constraint = constraint
  }
}

/// A column and the value that rows must have in it, such as `sex=Female`.
package struct ConditionChoice: TextValue {
  package let text: String
  let condition: SynthesisCondition

  package init?(text argument: String) {
    text = argument
    guard let sign = argument.firstIndex(of: "="), sign != argument.startIndex else { return nil }
    condition = SynthesisCondition(
      String(argument[..<sign]),
      is: String(argument[argument.index(after: sign)...])
    )
  }
}

/// Two items by their numbers from 1, such as `3,17`.
package struct ItemPair: TextValue {
  package let text: String
  let first: Int
  let second: Int

  package init?(text argument: String) {
    text = argument
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let first = parts[0], let second = parts[1], first > 0, second > 0
    else { return nil }
    self.first = first
    self.second = second
  }
}
