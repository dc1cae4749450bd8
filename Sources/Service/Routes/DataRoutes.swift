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

  private struct Item: Encodable, Sendable {
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
    router.get("data") { _, context in
      let workspace = try context.workspace
      return try await Blocking.run { try Self.list(workspace) }
    }
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
      return try await Preview.response(path: path, name: name, range: first..<first + count)
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

  private static func list(_ workspace: Workspace) throws -> Response {
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

  private func upload(_ request: Request, _ context: ServiceContext) async throws -> Response {
    let workspace = try context.workspace
    var names = [try context.newName("name")]
    if context.parameters.get("file") != nil { names.append(try context.newName("file")) }
    let upload = Upload(names: names, workspace: workspace, replaces: try request.flag("replace"))
    // What can be refused is refused before the body comes, and again when it is there.
    try await parts.scheduler.storing(upload.place, in: workspace) { try upload.check() }
    try await Blocking.run { try upload.checkTwin() }
    let room = try await parts.room(in: workspace)
    return try await workspace.withRunFolder { folder in
      let new = workspace.path("\(folder)/data")
      try await request.spool(to: new, room, isKept: true)
      try await parts.scheduler.storing(upload.place, in: workspace) { try upload.store(new) }
      room.keep()
      let item = try await Blocking.run { try upload.item() }
      return try Response.json(item, status: .created, location: "/v1/data")
    }
  }

  /// Where an upload goes.
  private struct Upload: Sendable {
    /// Its name, or those of a set and of a file in it.
    let names: [String]
    let workspace: Workspace
    let replaces: Bool

    var place: String { (["uploads"] + names).joined(separator: "/") }
    private var setPath: String? { names.count > 1 ? workspace.path("uploads/\(names[0])") : nil }
    private var folder: String { setPath ?? workspace.path("uploads") }

    private static let taken = Problem(
      .conflict,
      "There is something of this name. Choose another one, or replace it."
    )

    /// Checks that the place is free, or may be taken.
    func check() throws {
      if let setPath, FolderFile(setPath, name: "")?.kind == .file {
        throw Problem(.conflict, "The name of the set is that of a file. Choose another one.")
      }
      guard let entry = FolderFile(workspace.path(place), name: place) else { return }
      guard entry.kind == .file, replaces else { throw Self.taken }
    }

    func checkTwin() throws {
      if setPath != nil { try FileNames.refuseTwin(of: names[0], in: workspace.path("uploads")) }
      try FileNames.refuseTwin(of: names[names.count - 1], in: folder)
    }

    /// Gives a file its place.
    func store(_ new: String) throws {
      try check()
      if let setPath { try Folders.make(setPath) }
      let path = workspace.path(place)
      if replaces {
        guard rename(new, path) == 0 else {
          throw Problem(FileError(path: place, operation: .rename, code: errno))
        }
        workspace.account.forget()
      } else {
        guard try FolderFile.place(new, at: path) else { throw Self.taken }
      }
    }

    /// What is there now.
    func item() throws -> Item {
      FolderFile.flush(folder)
      let path = workspace.path(place)
      guard var entry = FolderFile(path, name: "") else { throw Problem.missing("data") }
      entry.name = names.joined(separator: "/")
      return Item(entry, place: "uploads", path: path)
    }
  }

  private func delete(_ context: ServiceContext) async throws -> Response {
    let workspace = try context.workspace
    var names = ["uploads", try context.name("name")]
    if context.parameters.get("file") != nil { names.append(try context.name("file")) }
    let place = try workspace.data(names.joined(separator: "/"))
    try await parts.delete(place, in: workspace)
    return .nothing
  }
}
