internal import HTTPTypes
internal import HourglassJobs
internal import HourglassModelFiles
internal import HourglassSystem
internal import Hummingbird
internal import NIOCore

/// Jobs, what happens in them, and what they wrote.
struct JobRoutes: Sendable {
  let parts: ServiceParts

  private struct File: Encodable {
    var name: String
    var bytes: Int
    var kind: String
    var type: String
  }

  func add(to router: RouterGroup<ServiceContext>) {
    router.get("jobs") { _, context in
      try Response.json(["jobs": await parts.scheduler.views(of: try context.workspace)])
    }
    router.post("jobs") { request, context in
      try request.requireJSON()
      let workspace = try context.workspace
      let view = try await parts.scheduler.start(try await request.jsonText(), in: workspace)
      return try Response.json(view, status: .created, location: "/v1/jobs/\(view.record.id)")
    }
    let job = router.group("jobs/:id")
    job.get { _, context in try Response.json(try await view(context)) }
    job.delete { _, context in
      try await parts.scheduler.delete(try context.name("id"), of: try context.workspace)
      return Response.nothing
    }
    job.post("stop") { _, context in
      let view = try await parts.scheduler.stop(try context.name("id"), of: try context.workspace)
      return try Response.json(view, status: .accepted)
    }
    job.post("resume") { _, context in
      let view = try await parts.scheduler.resume(try context.name("id"), of: try context.workspace)
      return try Response.json(view, status: .accepted)
    }
    job.get("events") { request, context in
      let workspace = try context.workspace
      let id = try context.name("id")
      _ = try await view(context)
      let place = request.headers[.lastEventID].flatMap { Int($0) } ?? 0
      return EventStream(scheduler: parts.scheduler, workspace: workspace, id: id)
        .response(from: max(place, 0))
    }
    job.get("result") { request, context in try await result(request, context) }
    job.get("command") { request, context in
      try command(of: try await view(context).record, request)
    }
    job.get("files") { _, context in try Response.json(["files": try await files(context)]) }
    job.get("file") { request, context in try await file(request, context) }
    job.get("archive") { request, context in try await archive(request, context) }
    job.get("rows") { request, context in
      let (name, path) = try await filePath(request, context)
      let first = try request.query("from", 0...1_000_000_000, default: 0)
      let count = try request.query("count", 1...1000, default: 50)
      return try await Preview.response(path: path, name: name, range: first..<first + count)
    }
  }

  private func view(_ context: ServiceContext) async throws -> JobView {
    try await parts.scheduler.view(try context.name("id"), of: try context.workspace)
  }

  private func result(_ request: Request, _ context: ServiceContext) async throws -> Response {
    let record = try await view(context).record
    guard record.state == .done else {
      throw Problem(.conflict, "The job has no result: it is not done.")
    }
    let path = try context.workspace.path("jobs/\(record.id)/result.json")
    return try await parts.file(at: path, media: "application/json", request, context)
  }

  private func command(of record: JobRecord, _ request: Request) throws -> Response {
    try Response.json(try CommandTexts(record, host: request.head.authority ?? "localhost"))
  }

  private func files(_ context: ServiceContext) async throws -> [File] {
    let id = try await view(context).record.id
    let folder = try context.workspace.path("jobs/\(id)/files")
    return try await Blocking.run { FolderFile.files(below: folder) }.map { file in
      let type = FileType(file.name)
      return File(
        name: file.name,
        bytes: file.bytes,
        kind: type.kind.rawValue,
        type: type.media
      )
    }
  }

  /// The files of a folder as one file.
  private func archive(_ request: Request, _ context: ServiceContext) async throws -> Response {
    let view = try await view(context)
    guard !view.record.state.isOpen else {
      throw Problem(.conflict, "The job waits or runs. Its files are whole when it has ended.")
    }
    let (id, workspace) = (view.record.id, try context.workspace)
    var (folder, name) = (workspace.path("jobs/\(id)/files"), id)
    if let inner = request.query("folder") {
      name = lastPart(of: inner)
      folder = workspace.path(try workspace.data("jobs/\(id)/\(inner)"))
    }
    guard FolderFile(folder, name: name)?.kind == .folder else { throw Problem.missing("folder") }
    let place = folder
    let files = try await Blocking.run { FolderFile.files(below: place) }
    let zip = try ZipArchive(folder: folder, files: files)
    return Response(
      status: .ok,
      headers: [
        .contentType: "application/zip",
        .contentDisposition: ServiceParts.attachment("\(name).zip"),
      ],
      body: ResponseBody(contentLength: zip.size) { writer in
        var zip = zip
        try await zip.write { try await writer.write(ByteBuffer(bytes: $0)) }
        try await writer.finish(nil)
      }
    )
  }

  /// The name and the path of the file that a request is about.
  private func filePath(
    _ request: Request,
    _ context: ServiceContext
  ) async throws -> (name: String, path: String) {
    let id = try await view(context).record.id
    let workspace = try context.workspace
    let name = try request.requiredQuery("name")
    let path = workspace.path(try workspace.data("jobs/\(id)/\(name)"))
    guard FolderFile(path, name: name)?.kind == .file else { throw Problem.missing("file") }
    return (name, path)
  }

  private func file(_ request: Request, _ context: ServiceContext) async throws -> Response {
    let (name, path) = try await filePath(request, context)
    let type = FileType(name)
    switch request.query("for") {
    case nil: break
    case "spreadsheet" where type.kind == .table && type.media.hasPrefix("text/"):
      return try spreadsheet(name, path, type)
    default:
      throw Problem(.badRequest, "for=spreadsheet is for tables in CSV or TSV alone.")
    }
    let isShown = type.media != "application/octet-stream" && type.kind != .table
    let isSaved = try request.flag("download") || !isShown
    return try await parts.file(
      at: path,
      media: type.media,
      saveAs: isSaved ? name : nil,
      request,
      context
    )
  }

  private func spreadsheet(_ name: String, _ path: String, _ type: FileType) throws -> Response {
    let separator = try DelimitedRows(path: path).separator
    let body = ResponseBody { writer in
      let file = try InputFile(path: path)
      var bytes = [UInt8](repeating: 0, count: 1 << 16)
      var cells = SpreadsheetCells(separator: separator)
      while case let count = try file.read(into: &bytes, from: 0), count > 0 {
        try await writer.write(ByteBuffer(bytes: cells.mark(bytes[..<count])))
      }
      try await writer.write(ByteBuffer(bytes: cells.end()))
      try await writer.finish(nil)
    }
    return Response(
      status: .ok,
      headers: [
        .contentType: type.media, .contentDisposition: ServiceParts.attachment(name),
      ],
      body: body
    )
  }
}
