internal import HTTPTypes
internal import HourglassJobs
internal import HourglassSystem

/// Folders that all workspaces may read from and nobody may write to.
struct SharedFolders: Sendable {
  /// That of `--data`.
  var data: String?
  /// That of `--models`.
  var models: String?
  /// That of the example data.
  var examples: String?
}

/// The folder of one user: uploads, models, databases and jobs.
///
///     uploads/NAME, uploads/SET/FILE    data
///     models/NAME                       models
///     databases/NAME                    signature databases
///     jobs/ID/                          what is known of a job; jobs/ID/files/ what it wrote
///     shared, examples, shared-models   links to the folders that all may read
///
/// Jobs run in it, so that the paths of their requests and messages are those names.
struct Workspace: Sendable {
  /// The name of the user.
  let user: String
  /// The folder, from the root on.
  let folder: String
  let shared: SharedFolders
  let quota: Quota
  /// What is used of the quota.
  let account = Account()

  /// Makes the folders that are missing, and removes what requests left that never ended.
  func prepare() throws {
    try Folders.make(folder)
    // What is uploaded is for nobody else of the machine.
    chmod(folder, 0o700)
    FolderFile.remove(path(".runs"))
    for name in ["uploads", "models", "databases", "jobs"] {
      FolderFile.removeUnfinished(below: path(name))
    }
    for name in ["uploads", "models", "databases", "jobs"] { try Folders.make("\(folder)/\(name)") }
    let links = [
      "shared": shared.data, "examples": shared.examples, "shared-models": shared.models,
    ]
    for (name, target) in links {
      unlink("\(folder)/\(name)")
      guard let target, symlink(target, "\(folder)/\(name)") != 0 else { continue }
      throw FileError(path: "\(folder)/\(name)", operation: .create, code: errno)
    }
  }

  /// The path of a name of the workspace.
  func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// Checks that a name is that of data, and gives it as jobs are told it.
  ///
  /// - Throws: A problem for what leads out of its place, also by links, and for what is not there.
  func data(_ name: String) throws(Problem) -> String {
    var parts = try FileNames.parts(name)
    switch parts[0] {
    case "uploads": break
    case "shared": return try found(parts, in: shared.data)
    case "examples": return try found(parts, in: shared.examples)
    case "jobs":
      guard parts.count > 2 else { throw .missing("file of a job") }
      parts.insert("files", at: 2)
    default:
      throw Problem(
        .badRequest,
        "Data are named by their place: uploads/NAME, shared/NAME, examples/NAME or jobs/ID/FILE."
      )
    }
    guard parts.count > 1 else { throw .missing("data") }
    let inside = parts.joined(separator: "/")
    var place = folder
    for part in parts {
      place += "/" + part
      guard let entry = FolderFile(place, name: part), entry.kind != .other else {
        throw .missing("data")
      }
    }
    return inside
  }

  /// What lies in a folder that all may read, wherever its links lead as long as it is in there.
  private func found(_ parts: [String], in folder: String?) throws(Problem) -> String {
    guard let folder, parts.count > 1 else { throw .missing("data") }
    let path = ([folder] + parts.dropFirst()).joined(separator: "/")
    let root = Folders.resolved(folder)
    let resolved = Folders.resolved(path)
    guard access(path, R_OK) == 0, resolved.hasPrefix(root == "/" ? root : root + "/") else {
      throw .missing("data")
    }
    guard let entry = FolderFile(resolved, name: ""), entry.kind != .other else {
      throw .missing("data")
    }
    if entry.kind == .folder, FolderFile.hasLink(below: resolved) {
      throw Problem(.badRequest, "The folder holds links, which are not followed. Name its files.")
    }
    return parts.joined(separator: "/")
  }

  /// A model by its plain name, in the workspace or shared.
  func model(_ name: String) throws(Problem) -> String {
    let name = try FileNames.plain(name)
    if FolderFile(path("models/\(name)"), name: name)?.kind == .file { return "models/\(name)" }
    guard let folder = shared.models else { throw .missing("model") }
    let resolved = Folders.resolved("\(folder)/\(name)")
    guard resolved.hasPrefix(Folders.resolved(folder) + "/"),
      FolderFile(resolved, name: name)?.kind == .file
    else { throw .missing("model") }
    return "shared-models/\(name)"
  }

  /// Whether there is a model of a plain name, in the workspace or shared.
  func hasModel(_ name: String) -> Bool { (try? model(name)) != nil }

  /// Removes something that is stored.
  func remove(_ name: String) {
    FolderFile.remove(path(name))
    account.forget()
  }

  /// Takes something that is stored from its place in one step.
  ///
  /// - Returns: Where it is now, to be removed.
  func takeAway(_ name: String) throws -> String {
    try Folders.make(path(".runs"))
    let new = ".runs/deleted-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    guard rename(path(name), path(new)) == 0 else {
      throw Problem(FileError(path: name, operation: .rename, code: errno))
    }
    account.forget()
    return new
  }
}
