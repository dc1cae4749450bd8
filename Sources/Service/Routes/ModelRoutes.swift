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

  private struct Item: Encodable {
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
      try Response.json(["models": list(try context.workspace)])
    }
    let model = router.group("models/:model")
    model.get { _, context in
      let workspace = try context.workspace
      let name = try context.name("model")
      return try Response.json(try summary(name, workspace))
    }
    model.post { request, context in try await upload(request, context) }
    model.delete { _, context in
      let workspace = try context.workspace
      let path = try workspace.model(try context.name("model"))
      guard path.hasPrefix("models/") else {
        throw Problem(.conflict, "The model lies in --models, from which nothing is deleted.")
      }
      guard await !parts.scheduler.isUsed(path, in: workspace) else {
        throw Problem(.conflict, "A job that waits or runs uses the model.")
      }
      unlink(workspace.path(path))
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
  private func summary(_ name: String, _ workspace: Workspace) throws -> JSONValue {
    let summary = try ModelSummary(contentsOf: workspace.path(try workspace.model(name)))
    guard case .object(var members) = try JSONValue(encoding: summary, file: name) else {
      return .null
    }
    members["file"] = .string(name)
    return .object(members)
  }

  private func list(_ workspace: Workspace) -> [Item] {
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
    let name = try context.name("model")
    guard FileType(name).kind == .model else {
      throw Problem(.badRequest, "The name of a model ends in .hourglass.")
    }
    let path = workspace.path("models/\(name)")
    guard FolderFile(path, name: name) == nil else {
      throw Problem(.conflict, "There is a model of this name. Choose another one, or delete it.")
    }
    let room = try parts.room(in: workspace)
    return try await workspace.withRunFolder { folder in
      let new = workspace.path("\(folder)/model")
      _ = try await request.store(at: new, limit: room.limit, tooLong: room.problem)
      // Only what is a model becomes one.
      _ = try ModelSummary(contentsOf: new)
      guard rename(new, path) == 0, let entry = FolderFile(path, name: name) else {
        throw Problem(FileError(path: name, operation: .rename, code: errno))
      }
      let item = Item(entry, place: "workspace", path: path)
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
    let application = try ModelSummary(contentsOf: workspace.path(model)).application
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
    let room = try parts.room(in: workspace)
    let folder = try workspace.makeRunFolder()
    do {
      let (input, output) = (
        "\(folder)/data.\(ending)", "\(folder)/out.\(isImage ? "png" : ending)"
      )
      try await request.spool(
        to: workspace.path(input),
        limit: room.limit,
        tooLong: room.problem
      )
      var job = try JobRequest(json: "{\"task\":\"\(task)\"}", name: "of scoring")
      (job.data, job.files.model, job.files.output) = ([input], model, output)
      job.reading.noCache = true
      _ = try await parts.shortRuns.run(job, in: workspace, keeping: model)
      return try await answer(output, ending, folder, workspace, context)
    } catch {
      FolderFile.remove(workspace.path(folder))
      throw error
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
