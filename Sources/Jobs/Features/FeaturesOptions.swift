/// What `features` is asked for: numbers of each item as the input of other models.
package struct FeaturesOptions: JobOptions {
  /// What mirror images are to each other.
  package enum Mirror: String, Codable, CaseIterable, Sendable {
    case auto, alike, apart
  }

  package static let task = "features"

  /// What the network looks like.
  package var shape = ShapeOptions()
  /// Whether an image and its mirror image get the same features.
  package var mirrorImages: Mirror?
  /// The column that models are to predict.
  package var probe: String?
  /// The file of classes that models are to predict.
  package var labels: String?
  /// The figure of the comparison.
  package var plot: String?

  package init() {}

  package mutating func replacePaths(_ path: PathReplacement) throws {
    labels = try labels.map { try path($0, .input) }
    plot = try plot.map { try path($0, .output) }
  }

  package func validate(_ request: JobRequest) throws {
    try shape.validate()
    if probe != nil, labels != nil {
      throw Failure.usage("--probe and --labels exclude each other: give one of them")
    }
    if plot != nil, probe == nil, labels == nil {
      throw Failure.usage("--plot needs --probe or --labels")
    }
    try request.files.refuseStart("features", "a model of features keeps its encoder alone")
    let given = shape.given + namesGiven(["--mirror-images": mirrorImages != nil])
    try request.files.checkModel(given: given + request.training.given)
    try request.files.checkResume(request.training)
    try requireOption(
      shape.dimensions != .automatic,
      "--dimensions",
      "a number; reduce finds one with --dimensions auto"
    )
  }

  /// Whether mirror images are alike; `nil` lets the images say.
  var mirrorImagesAreAlike: Bool? {
    switch mirrorImages {
    case .alike: true
    case .apart: false
    case .auto, nil: nil
    }
  }

  package func run(_ run: JobRun) async throws -> JobResult {
    var job = try FeaturesJob(self, run)
    return try await job.run()
  }
}
