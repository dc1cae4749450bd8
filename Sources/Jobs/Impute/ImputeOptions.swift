internal import HourglassData

/// What `impute` is asked for: to fill missing cells, gaps or holes.
package struct ImputeOptions: JobOptions {
  package static let task = "impute"

  /// How many further tables with drawn values are written.
  package var draws: Int?
  /// The confidence of the intervals that are written.
  package var intervals: Double?
  /// The networks whose mean is taken.
  package var members: Int?
  /// Whether nearest rows are left out of the result.
  package var noNeighbors = false
  /// Whether chained regression is left out of the result.
  package var noRegression = false
  /// Whether boosted trees are left out of the result.
  package var noTrees = false
  /// Whether columns of remarks are filled too.
  package var fillRemarks = false
  /// The images that are white where pixels are missing.
  package var mask: String?
  /// The share of the pixels that are deleted and filled again.
  package var maskRate: Float?
  /// The figure of the first images.
  package var figure: String?

  package init() {}

  package mutating func replacePaths(_ path: PathReplacement) throws {
    mask = try mask.map { try path($0, .input) }
    figure = try figure.map { try path($0, .output) }
  }

  /// The options of training on tables that were given, by their names.
  private var ofLearning: [String] {
    namesGiven([
      "--members": members != nil, "--no-neighbors": noNeighbors, "--no-regression": noRegression,
      "--no-trees": noTrees, "--fill-remarks": fillRemarks,
    ])
  }

  /// The options for tables that were given, by their names.
  var ofTables: [String] {
    namesGiven(["--draws": draws != nil, "--intervals": intervals != nil]) + ofLearning
  }

  /// The options for images that were given, by their names.
  private var ofImages: [String] {
    namesGiven([
      "--mask": mask != nil, "--mask-rate": maskRate != nil, "--figure": figure != nil,
    ])
  }

  package func validate(_ request: JobRequest) throws {
    if let draws {
      // Two files are open for each of them.
      try requireOption((1...100).contains(draws), "--draws", "from 1 to 100, found \(draws)")
    }
    if let intervals {
      try requireOption(
        (0.5...0.99).contains(intervals),
        "--intervals",
        "from 0.5 to 0.99, found \(intervals)"
      )
    }
    if let members {
      try requireOption((1...16).contains(members), "--members", "from 1 to 16, found \(members)")
    }
    if let maskRate {
      try requireOption(
        (0.01...0.7).contains(maskRate),
        "--mask-rate",
        "from 0.01 to 0.7, found \(maskRate)"
      )
    }
    // With a model the seed is that of the draws, or of the pixels that are deleted.
    let isSeedForUse = draws != nil || maskRate != nil
    let given = request.training.given.filter { $0 != "--seed" || !isSeedForUse }
    try request.files.checkModel(given: ofLearning + given)
    try request.files.checkResume(request.training)
    if draws != nil || intervals != nil {
      guard let output = request.files.output, output != "-", !output.hasPrefix("/dev/") else {
        let option = draws != nil ? "--draws" : "--intervals"
        throw Failure.usage("\(option) needs --output with the name of a file")
      }
    }
  }

  package func run(_ run: JobRun) async throws -> JobResult {
    // One item shows the kind.
    if case .images = try run.request.reading.load(run.data, limit: 1) {
      var job = try ImputeImagesJob(self, run)
      return try await job.run()
    }
    if let option = ofImages.first {
      throw Failure.usage("\(option) is for images, and \(run.data) holds none")
    }
    var job = try ImputeJob(self, run)
    return try await job.run()
  }
}
