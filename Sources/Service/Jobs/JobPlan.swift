internal import HTTPTypes
internal import HourglassJobs
internal import HourglassSystem

/// A request of a client, checked: with the names that clients use, and with the paths that it is run with.
struct JobPlan: Sendable {
  /// The request with the names that clients use.
  private(set) var request: JobRequest
  /// The request with the paths that it is run with.
  private(set) var runnable: JobRequest
  /// Whether it trains.
  let isLearning: Bool
  /// The name of the model that it keeps.
  let model: String?
  /// The paths of the workspace that it reads or writes.
  private(set) var uses: [String] = []
  /// The checkpoint that it can go on from.
  private let checkpoint: String?

  /// The tasks that train and keep a model.
  private static let learningTasks: Set<String> = [
    "reduce", "features", "denoise", "detect", "generate", "impute", "colorize",
  ]

  /// Plans a new job, or one that was kept.
  ///
  /// - Parameters:
  ///   - json: The request.
  ///   - id: The identifier of the job.
  ///   - workspace: Whose names they are.
  ///   - isNew: Whether the name of its model must be free.
  init(json: String, id: String, workspace: Workspace, isNew: Bool) throws {
    var request = try JobRequest(json: json, name: "that was sent")
    let task = type(of: request.options).task
    guard request.training.checkpoint == nil, !request.training.resume else {
      throw Problem(.badRequest, "Leave training.checkpoint and training.resume out: see resume.")
    }
    let keepsModel = Self.learningTasks.contains(task) && request.files.model == nil
    isLearning = keepsModel || ["match add", "match tune"].contains(task)
    if keepsModel, request.files.save == nil { request.files.save = "\(id).hourglass" }
    if let name = request.files.save { request.files.save = Self.without("models/", name) }
    model = request.files.save
    self.request = request
    var uses: [String] = []
    var runnable = try request.replacingPaths { name, role in
      let path: String
      switch role {
      case .input: path = try workspace.data(name)
      case .output: return "\(JobRecord.folder(id))/files/\(try FileNames.new(name))"
      case .model: path = try workspace.model(Self.without("models/", name))
      case .savedModel:
        let own = try FileNames.new(Self.without("models/", name))
        uses.append("models/\(own)")
        return "\(JobRecord.modelFolder(id))/\(own)"
      case .database:
        path = "databases/\(try FileNames.plain(Self.without("databases/", name)))"
        let isMade = ["match add", "match import"].contains(task)
        guard isMade || FolderFile(workspace.path(path), name: name) != nil else {
          throw Problem.missing("database")
        }
      case .checkpoint: throw Problem(.badRequest, "Checkpoints are kept by the server.")
      }
      uses.append(path)
      return path
    }
    if isNew, let model {
      guard !workspace.hasModel(model) else {
        throw Problem(
          .conflict,
          "There is a model of this name, of yours or in --models. Choose another one, or delete it."
        )
      }
    }
    runnable.reading.noCache = true
    let isResumable = keepsModel && !Self.findsDimensions(request)
    checkpoint = keepsModel ? "\(JobRecord.folder(id))/checkpoint" : nil
    runnable.training.checkpoint = checkpoint
    if keepsModel, runnable.training.checkpointEvery == nil {
      runnable.training.checkpointEvery = 10
    }
    if isResumable, let checkpoint, FileKind.exists(workspace.path(checkpoint)) {
      runnable.training.resume = true
    }
    try runnable.validate()
    self.runnable = runnable
    self.uses = uses
  }

  /// Whether several models are trained, between which there is nothing to go on from.
  private static func findsDimensions(_ request: JobRequest) -> Bool {
    guard let options = request.options as? ReduceOptions else { return false }
    if case .automatic? = options.shape.dimensions { return true }
    return false
  }

  private static func without(_ place: String, _ name: String) -> String {
    name.hasPrefix(place) ? String(name.dropFirst(place.count)) : name
  }
}
