internal import HourglassReduce
internal import HourglassTasksCommon

/// What `reduce` is asked for: to describe each item by a few numbers.
package struct ReduceOptions: JobOptions {
  /// The kinds of things that latent vectors keep.
  package enum Preserved: String, Codable, CaseIterable, Sendable {
    case values, neighbors
  }

  package static let task = "reduce"

  /// What the network looks like.
  package var shape = ShapeOptions()
  /// What latent vectors keep of items.
  package var preserve: Preserved?
  /// How many nearest items are an item's neighbors.
  package var neighbors: Int?
  /// How much keeping neighbors counts.
  package var neighborWeight: Float?
  /// The file of the map of the first two numbers.
  package var plot: String?
  /// The file of labels that color the map.
  package var labels: String?
  /// The column that colors the map.
  package var color: String?
  /// What the labels 0, 1, 2 and so on are called.
  package var labelNames: [String] = []
  /// What is to be kept where the number of dimensions is to be found.
  package var keep: KeepChoice?
  /// The figure of what is kept against the number of dimensions.
  package var curve: String?

  package init() {}

  package mutating func replacePaths(_ path: PathReplacement) throws {
    plot = try plot.map { try path($0, .output) }
    labels = try labels.map { try path($0, .input) }
    curve = try curve.map { try path($0, .output) }
  }

  /// The options of neighbors that were given, by their names.
  private var neighborsGiven: [String] {
    namesGiven(["--neighbors": neighbors != nil, "--neighbor-weight": neighborWeight != nil])
  }

  /// The options of the search that were given, by their names.
  private var searchGiven: [String] {
    namesGiven(["--keep": keep != nil, "--curve": curve != nil])
  }

  package func validate(_ request: JobRequest) throws {
    try shape.validate()
    try requireAtLeastOne(neighbors, "--neighbors")
    if preserve != .neighbors, let name = neighborsGiven.first {
      throw Failure.usage("\(name) needs --preserve neighbors")
    }
    try request.files.checkModel(
      given: shape.given + namesGiven(["--preserve": preserve != nil]) + neighborsGiven
        + request.training.given + searchGiven
    )
    try request.files.checkResume(request.training)
    if shape.dimensions != .automatic, let name = searchGiven.first {
      throw Failure.usage("\(name) needs --dimensions auto")
    }
    if shape.dimensions == .automatic {
      try request.files.refuseStart("--dimensions auto", "each size has a network of its own")
    }
    if shape.dimensions == .automatic, request.training.resume {
      throw Failure.usage(
        "--resume needs a number of --dimensions: the one that was found before the interruption"
      )
    }
    if labels != nil, plot == nil { throw Failure.usage("--labels needs --plot") }
    if color != nil, plot == nil { throw Failure.usage("--color needs --plot") }
    if color != nil, labels != nil {
      throw Failure.usage("--color and --labels exclude each other")
    }
    if !labelNames.isEmpty, labels == nil { throw Failure.usage("--label-names needs --labels") }
  }

  /// What latent vectors keep; none where it is chosen.
  var preservation: DimensionReducer.Preservation? {
    switch preserve {
    case .neighbors: .neighbors(count: neighbors ?? 15, weight: neighborWeight ?? 0.25)
    case .values: .values
    case nil: nil
    }
  }

  /// The search for the number of dimensions.
  var search: DimensionSearch {
    DimensionSearch(keeping: keep?.share ?? 0.95, of: keep?.measure ?? .variance)
  }

  package func run(_ run: JobRun) async throws -> JobResult {
    var job = try ReduceJob(self, run)
    return try await job.run()
  }
}

/// What is to be kept, such as `0.95` or `neighbors:0.6`.
package struct KeepChoice: TextValue {
  package let text: String
  let measure: DimensionSearch.Measure
  let share: Double

  package init?(text argument: String) {
    text = argument
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
