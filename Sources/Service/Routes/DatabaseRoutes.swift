internal import HTTPTypes
internal import HourglassJobs
internal import HourglassSystem
internal import Hummingbird

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Databases of signatures, and what is looked up in them.
struct DatabaseRoutes: Sendable {
  let parts: ServiceParts

  private struct Item: Encodable, Sendable {
    var name: String
    var bytes: Int
    var modified: String
  }

  func add(to router: RouterGroup<ServiceContext>) {
    router.get("databases") { _, context in
      let folder = try context.workspace.path("databases")
      let items = try await Blocking.run {
        FolderFile.entries(of: folder)
          .filter { !$0.name.hasSuffix("-wal") && !$0.name.hasSuffix("-shm") }
          .map { Item(name: $0.name, bytes: $0.bytes, modified: $0.modified.formatted(.iso8601)) }
      }
      return try Response.json(["databases": items])
    }
    let database = router.group("databases/:database")
    database.delete { _, context in
      let (workspace, path) = try place(context)
      try await parts.scheduler.storing(path, in: workspace) {
        for suffix in ["", "-wal", "-shm"] { unlink(workspace.path(path + suffix)) }
        workspace.account.forget()
      }
      return Response.nothing
    }
    database.get("file") { request, context in
      let (workspace, path) = try place(context)
      return try await parts.file(
        at: workspace.path(path),
        media: "application/octet-stream",
        saveAs: path,
        request,
        context
      )
    }
    database.post("find") { request, context in try await find(request, context) }
  }

  private func place(_ context: ServiceContext) throws -> (Workspace, String) {
    let workspace = try context.workspace
    let path = "databases/\(try context.name("database"))"
    guard FolderFile(workspace.path(path), name: path)?.kind == .file else {
      throw Problem.missing("database")
    }
    return (workspace, path)
  }

  /// The endings of files by the media types of bodies that are looked up.
  private static let endings = [
    "image/png": "png", "image/jpeg": "jpg", "audio/wav": "wav", "audio/x-wav": "wav",
    "audio/flac": "flac", "audio/mpeg": "mp3", "audio/ogg": "ogg", "text/csv": "csv",
  ]

  private func find(_ request: Request, _ context: ServiceContext) async throws -> Response {
    let (workspace, path) = try place(context)
    guard let ending = Self.endings[request.mediaType] else {
      throw Problem(
        .unsupportedMediaType,
        "Send an image (png, jpeg), a sound (wav, flac, mpeg, ogg), or text/csv."
      )
    }
    var options = MatchFindOptions()
    options.database = path
    options.count = try request.query("count", 1...1000, default: 5)
    if let text = request.query("falseAccepts") {
      guard let rate = Double(text), rate > 0, rate < 1 else {
        throw Problem(.badRequest, "The query parameter falseAccepts is above 0 and below 1.")
      }
      options.falseAccepts = rate
    }
    let room = try await parts.room(in: workspace)
    defer { room.giveBack() }
    return try await workspace.withRunFolder { folder in
      let input = "\(folder)/item.\(ending)"
      try await request.spool(to: workspace.path(input), room, most: 64 << 20)
      var job = JobRequest(options, data: [input])
      job.reading.noCache = true
      do {
        let (ready, runs) = (job, parts.shortRuns)
        let text = try await request.whileConnected {
          try await runs.run(ready, in: workspace, keeping: path)
        }
        return Response.json(text: text).closing
      } catch let problem as Problem {
        throw problem.naming(input, "the body")
      }
    }
  }
}
