internal import HTTPTypes
internal import HourglassJobs
internal import HourglassModelFiles
internal import HourglassSystem
internal import Hummingbird
internal import NIOCore

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Models, and what they are applied to.
struct ModelRoutes: Sendable {
  let parts: ServiceParts

  private struct Item: Encodable, Sendable {
    var name: String
    var place: String
    var bytes: Int
    var task: String?
    var modified: String

    init(_ entry: FolderFile, place: String, path: String) {
      (name, bytes, self.place) = (entry.name, entry.bytes, place)
      task = try? ModelSummary(contentsOf: path).application
      modified = entry.modified.formatted(.iso8601)
    }
  }

  func add(to router: RouterGroup<ServiceContext>) {
    router.get("models") { _, context in
      let workspace = try context.workspace
      return try Response.json(["models": try await Blocking.run { Self.list(workspace) }])
    }
    let model = router.group("models/:model")
    model.get { _, context in
      let workspace = try context.workspace
      let name = try context.name("model")
      return try Response.json(try await Blocking.run { try Self.summary(name, workspace) })
    }
    model.post { request, context in try await upload(request, context) }
    model.delete { _, context in
      let workspace = try context.workspace
      let path = try workspace.model(try context.name("model"))
      guard path.hasPrefix("models/") else {
        throw Problem(.conflict, "The model lies in --models, from which nothing is deleted.")
      }
      try await parts.delete(path, in: workspace)
      return Response.nothing
    }
    model.get("file") { request, context in
      let workspace = try context.workspace
      let name = try context.name("model")
      return try await parts.file(
        at: workspace.path(try workspace.model(name)),
        media: "application/octet-stream",
        saveAs: name,
        request,
        context
      )
    }
    model.post("score") { request, context in try await score(request, context) }
  }

  /// What a model holds, with its name in place of the path of the server.
  private static func summary(_ name: String, _ workspace: Workspace) throws -> JSONValue {
    let summary = try ModelSummary(contentsOf: workspace.path(try workspace.model(name)))
    guard case .object(var members) = try JSONValue(encoding: summary, file: name) else {
      return .null
    }
    members["file"] = .string(name)
    return .object(members)
  }

  private static func list(_ workspace: Workspace) -> [Item] {
    func models(_ folder: String, _ place: String) -> [Item] {
      FolderFile.entries(of: folder).filter { $0.kind == .file }
        .filter { FileType($0.name).kind == .model }
        .map { Item($0, place: place, path: "\(folder)/\($0.name)") }
    }
    let shared = workspace.shared.models.map { models(Folders.resolved($0), "shared") } ?? []
    return models(workspace.path("models"), "workspace") + shared
  }

  private func upload(_ request: Request, _ context: ServiceContext) async throws -> Response {
    let workspace = try context.workspace
    let name = try context.newName("model")
    guard FileType(name).kind == .model else {
      throw Problem(.badRequest, "The name of a model ends in .hourglass.")
    }
    let taken = Problem(
      .conflict,
      "There is a model of this name, of yours or in --models. Choose another one, or delete it."
    )
    guard !workspace.hasModel(name) else { throw taken }
    let room = try await parts.room(in: workspace)
    return try await workspace.withRunFolder { folder in
      let (new, path) = (workspace.path("\(folder)/model"), workspace.path("models/\(name)"))
      try await request.spool(to: new, room, isKept: true)
      // Only what is a model becomes one.
      try await Blocking.run {
        try FileNames.refuseTwin(of: name, in: workspace.path("models"))
        _ = try ModelSummary(contentsOf: new)
      }
      try await parts.scheduler.storing("models/\(name)", in: workspace) {
        guard try !workspace.hasModel(name) && FolderFile.place(new, at: path) else { throw taken }
      }
      room.keep()
      let item = try await Blocking.run {
        FolderFile.flush(workspace.path("models"))
        guard let entry = FolderFile(path, name: name) else { throw Problem.missing("model") }
        return Item(entry, place: "workspace", path: path)
      }
      return try Response.json(item, status: .created, location: "/v1/models")
    }
  }

  /// The endings of files by the media types of bodies that models are applied to.
  private static let endings = [
    "text/csv": "csv", "text/tab-separated-values": "tsv", "application/x-ndjson": "jsonl",
    "application/jsonl": "jsonl", "image/png": "png", "image/jpeg": "jpg",
  ]

  private func score(_ request: Request, _ context: ServiceContext) async throws -> Response {
    let workspace = try context.workspace
    let model = try workspace.model(try context.name("model"))
    guard let ending = Self.endings[request.mediaType] else {
      throw Problem(
        .unsupportedMediaType,
        "Send text/csv, text/tab-separated-values, application/x-ndjson, image/png or image/jpeg."
      )
    }
    // A model of images is of the same task: impute-images of impute.
    let application = try await Blocking.run {
      try ModelSummary(contentsOf: workspace.path(model)).application
    }
    let task = String(application.prefix { $0 != "-" })
    let isImage = ["png", "jpg"].contains(ending)
    let tasks = isImage ? ["denoise", "colorize", "impute"] : Self.tasksOfRows
    guard tasks.contains(task) else {
      throw Problem(
        .conflict,
        isImage
          ? "The model makes no images of images. Start a job with it."
          : "The model is not applied to rows. Start a job with it."
      )
    }
    let room = try await parts.room(in: workspace)
    defer { room.giveBack() }
    let folder = try workspace.makeRunFolder()
    let (input, output) = (
      "\(folder)/data.\(ending)", "\(folder)/out.\(isImage ? "png" : ending)"
    )
    do {
      try await request.spool(to: workspace.path(input), room)
      var job = try JobRequest(json: "{\"task\":\"\(task)\"}", name: "of scoring")
      (job.data, job.files.model, job.files.output) = ([input], model, output)
      job.reading.noCache = true
      let (ready, runs) = (job, parts.shortRuns)
      _ = try await request.whileConnected {
        try await runs.run(ready, in: workspace, keeping: model)
      }
      return try await answer(output, ending, folder, workspace, context).closing
    } catch {
      FolderFile.remove(workspace.path(folder))
      guard let problem = error as? Problem else { throw error }
      throw problem.naming(input, "the body").naming(output, "the answer")
    }
  }

  private static let tasksOfRows = ["reduce", "features", "detect", "impute", "denoise"]

  /// Sends the file, and removes the folder when that is done.
  private func answer(
    _ output: String,
    _ ending: String,
    _ folder: String,
    _ workspace: Workspace,
    _ context: ServiceContext
  ) async throws -> Response {
    let body = try await parts.files.loadFile(path: workspace.path(output), context: context)
    let path = workspace.path(folder)
    return Response(
      status: .ok,
      headers: [.contentType: FileType(output).media],
      body: ResponseBody(contentLength: body.contentLength) { writer in
        defer { FolderFile.remove(path) }
        try await body.write(writer)
      }
    )
  }
}
