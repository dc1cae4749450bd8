internal import HTTPTypes
internal import HourglassJobs
internal import HourglassModelFiles
internal import HourglassSystem
internal import Hummingbird

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Uploads, shared and example data.
struct DataRoutes: Sendable {
  let parts: ServiceParts

  private struct Item: Encodable {
    var name: String
    var place: String
    var kind: String
    var bytes: Int
    var files: Int?
    var modified: String

    init(_ entry: FolderFile, place: String, path: String) {
      name = "\(place)/\(entry.name)"
      self.place = place
      modified = entry.modified.formatted(.iso8601)
      if entry.kind == .folder {
        let all = FolderFile.files(below: path)
        (kind, files) = ("set", all.count)
        bytes = all.reduce(0) { $0 + $1.bytes }
      } else {
        (kind, bytes) = (FileType(entry.name).kind.rawValue, entry.bytes)
      }
    }
  }

  func add(to router: RouterGroup<ServiceContext>) {
    router.get("data") { _, context in try list(try context.workspace) }
    router.post("data/:name") { request, context in try await upload(request, context) }
    router.post("data/:name/:file") { request, context in try await upload(request, context) }
    router.delete("data/:name") { _, context in try await delete(context) }
    router.delete("data/:name/:file") { _, context in try await delete(context) }
    router.get("preview") { request, context in
      let workspace = try context.workspace
      let name = try request.requiredQuery("name")
      let path = workspace.path(try workspace.data(name))
      let first = try request.query("from", 0...1_000_000_000, default: 0)
      let count = try request.query("count", 1...1000, default: 50)
      return try Response.json(try Preview(path: path, name: name, range: first..<first + count))
    }
    router.get("file") { request, context in
      let workspace = try context.workspace
      let name = try request.requiredQuery("name")
      let path = workspace.path(try workspace.data(name))
      let type = FileType(name)
      // Only what a browser cannot run is shown under this address.
      let isShown = (type.kind == .image || type.kind == .sound) && type.media != "image/svg+xml"
      return try await parts.file(
        at: path,
        media: isShown ? type.media : "application/octet-stream",
        saveAs: isShown ? nil : name,
        request,
        context
      )
    }
  }

  private func list(_ workspace: Workspace) throws -> Response {
    var items = FolderFile.entries(of: workspace.path("uploads")).map {
      Item($0, place: "uploads", path: workspace.path("uploads/\($0.name)"))
    }
    if let folder = workspace.shared.data {
      let root = Folders.resolved(folder)
      items += FolderFile.entries(of: root).map { entry in
        Item(entry, place: "shared", path: "\(root)/\(entry.name)")
      }
    }
    return try Response.json(["items": items])
  }

  /// The name of an upload, or those of a set and of a file in it.
  private func names(_ context: ServiceContext) throws -> [String] {
    let name = try context.name("name")
    return context.parameters.get("file") == nil ? [name] : [name, try context.name("file")]
  }

  private func upload(_ request: Request, _ context: ServiceContext) async throws -> Response {
    let (names, workspace) = (try names(context), try context.workspace)
    let place = (["uploads"] + names).joined(separator: "/")
    if let entry = FolderFile(workspace.path(place), name: place) {
      guard entry.kind == .file, try request.flag("replace") else {
        throw Problem(
          .conflict,
          "There is something of this name. Choose another one, or replace it."
        )
      }
      guard await !parts.scheduler.isUsed(place, in: workspace) else { throw Self.inUse }
    }
    let room = try parts.room(in: workspace)
    if names.count > 1 {
      let folder = workspace.path("uploads/\(names[0])")
      guard FolderFile(folder, name: names[0])?.kind != .file else {
        throw Problem(.conflict, "The name of the set is that of a file. Choose another one.")
      }
      try Folders.make(folder)
    }
    let path = workspace.path(place)
    _ = try await request.store(at: path, limit: room.limit, tooLong: room.problem)
    guard var entry = FolderFile(path, name: "") else { throw Problem.missing("data") }
    entry.name = names.joined(separator: "/")
    let item = Item(entry, place: "uploads", path: path)
    return try Response.json(item, status: .created, location: "/v1/data")
  }

  private func delete(_ context: ServiceContext) async throws -> Response {
    let (names, workspace) = (try names(context), try context.workspace)
    let place = try workspace.data((["uploads"] + names).joined(separator: "/"))
    guard await !parts.scheduler.isUsed(place, in: workspace) else { throw Self.inUse }
    FolderFile.remove(workspace.path(place))
    return .nothing
  }

  private static let inUse = Problem(
    .conflict,
    "A job that waits or runs uses this. Wait for its end, or delete it."
  )
}
