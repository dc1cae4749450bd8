internal import HourglassData
internal import HourglassSystem

/// The files that a run of a verb reads and writes, checked before training.
struct JobPaths: Sendable {
  /// The file that is standard output.
  static let standardOutput = "/dev/stdout"

  /// The result; none where only the report is wanted.
  private(set) var output: String?
  /// The model.
  private(set) var model: String?
  /// What else is written, such as an image.
  private(set) var others: [String] = []
  /// The training state; none where the run has no file to put it beside.
  private(set) var checkpoint: String?

  /// Finds the paths of a run.
  ///
  /// - Parameters:
  ///   - files: The files of the request.
  ///   - checkpoint: Where the training state is kept, if that was said.
  ///   - others: What else is written; `nil` for what was not asked for.
  ///   - folder: The folder that results go to under the names of what is read, if any.
  ///   - read: What else is read; `nil` for what was not given.
  /// - Throws: A failure where a file would replace what is read or another one of the run.
  init(
    _ files: FileOptions,
    checkpoint: String?,
    others: [String?] = [],
    folder: String? = nil,
    read: [String?]
  ) throws(Failure) {
    output = files.output.map { $0 == "-" ? Self.standardOutput : $0 }
    model = files.save
    self.others = ([files.report] + others).compactMap { $0 }
    self.checkpoint =
      files.model == nil
      ? checkpoint ?? (files.save ?? files.output).flatMap(Self.checkpoint(beside:)) : nil
    let data = ([files.learnFrom] + read).compactMap { $0 }
      .flatMap { (try? TableParts(path: $0))?.files ?? [$0] }
    try Self.check(
      written: [output, model].compactMap { $0 } + self.others
        + [self.checkpoint].compactMap { $0 },
      read: [files.model, files.from].compactMap { $0 } + data
    )
    if let folder { try Self.check(folder: folder, read: data) }
  }

  /// The folder of the checkpoint, which has room for what is kept on the disk meanwhile.
  var folder: String? {
    guard let checkpoint else { return nil }
    guard let slash = checkpoint.lastIndex(of: "/") else { return "." }
    return slash == checkpoint.startIndex ? "/" : String(checkpoint[..<slash])
  }

  /// Checks that a file would not replace another one of the same run.
  static func check(written: [String], read: [String]) throws(Failure) {
    for (index, path) in written.enumerated() {
      if read.contains(where: { isSame(path, $0) }) {
        throw Failure.usage("\(path) is read by this command; write to another file")
      }
      if written[..<index].contains(where: { isSame(path, $0) }) {
        throw Failure.usage("\(path) would be written twice; give each output a name of its own")
      }
    }
  }

  /// Makes sure that every file can be made, so that an hour of training is not lost.
  func checkWritable() throws(FileError) {
    for path in [output, model, checkpoint].compactMap({ $0 }) + others {
      try AtomicFile(replacing: path).cancel()
    }
  }

  /// `.NAME.checkpoint` in the folder of a file; none for standard output.
  static func checkpoint(beside path: String) -> String? {
    guard path != "-", !path.hasPrefix("/dev/") else { return nil }
    guard let slash = path.lastIndex(of: "/") else { return ".\(path).checkpoint" }
    return path[...slash] + "." + path[path.index(after: slash)...] + ".checkpoint"
  }

  /// Checks that results, which are named after what is read, would not replace it.
  private static func check(folder: String, read: [String]) throws(Failure) {
    for path in read {
      var status = stat()
      guard stat(path, &status) == 0 else { continue }
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      guard isSame(folder, isFolder ? path : parts(of: path).folder) else { continue }
      throw Failure.usage(
        "\(path) is read by this command, and results of the same names go to \(folder); "
          + "write to another folder"
      )
    }
  }

  /// Whether two paths are those of one file or folder, which need not be there yet.
  private static func isSame(_ first: String, _ second: String) -> Bool {
    if first == second { return true }
    if let one = identity(of: first), let other = identity(of: second) { return one == other }
    let (one, other) = (parts(of: first), parts(of: second))
    guard one.name == other.name, let folder = identity(of: one.folder) else { return false }
    return folder == identity(of: other.folder)
  }

  /// What is one for all names of a file or folder; none where there is none, or a device.
  private static func identity(of path: String) -> [UInt64]? {
    var status = stat()
    guard stat(path, &status) == 0, [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) else {
      return nil
    }
    return [UInt64(truncatingIfNeeded: status.st_dev), UInt64(truncatingIfNeeded: status.st_ino)]
  }

  /// The folder that a path is in, and its name there.
  private static func parts(of path: String) -> (folder: String, name: String) {
    var path = path[...]
    while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
    guard let slash = path.lastIndex(of: "/") else { return (".", String(path)) }
    let folder = slash == path.startIndex ? "/" : String(path[..<slash])
    return (folder, String(path[path.index(after: slash)...]))
  }
}
