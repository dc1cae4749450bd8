import HourglassTensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The files that a run of a verb reads and writes, checked before anything is learned.
struct VerbPaths {
  /// The result; none where only the report is wanted.
  let output: String?
  /// The model.
  let model: String?
  /// What else is written, such as a picture.
  let others: [String]
  /// The state of learning; none where the run has no file to put it beside.
  let checkpoint: String?

  /// Finds the paths of a run.
  ///
  /// - Parameters:
  ///   - files: The options of the command.
  ///   - checkpoint: Where the state of learning is kept, if that was said.
  ///   - others: What else is written; `nil` for what was not asked for.
  ///   - read: What else is read; `nil` for what was not given.
  /// - Throws: A failure where a file would replace what is read or another one of the run.
  init(
    _ files: VerbFiles,
    checkpoint: String?,
    others: [String?] = [],
    read: [String?]
  ) throws {
    output = files.output.map { $0 == "-" ? "/dev/stdout" : $0 }
    model = files.save
    self.others = others.compactMap { $0 }
    self.checkpoint =
      files.model == nil
      ? checkpoint ?? (files.save ?? files.output).flatMap(Self.checkpoint(beside:)) : nil
    try check(
      written: [output, model].compactMap { $0 } + self.others,
      read: ([files.model, files.learnFrom] + read).compactMap { $0 }
    )
  }

  /// Finds the paths of a run that makes nothing but a model.
  init(model: String?, checkpoint: String?, read: [String]) throws {
    output = nil
    self.model = model
    others = []
    self.checkpoint = checkpoint ?? model.flatMap(Self.checkpoint(beside:))
    try check(written: [model].compactMap { $0 }, read: read)
  }

  /// The folder of the checkpoint, which has room for what is kept on the disk meanwhile.
  var folder: String? {
    guard let checkpoint else { return nil }
    guard let slash = checkpoint.lastIndex(of: "/") else { return "." }
    return slash == checkpoint.startIndex ? "/" : String(checkpoint[..<slash])
  }

  /// Whether the result goes to standard output, which the report must then leave alone.
  var writesToOutput: Bool { output == "/dev/stdout" }

  /// Checks that a file would not replace another one of the same run.
  func check(written: [String], read: [String]) throws {
    for (index, path) in written.enumerated() {
      if read.contains(where: { Self.isSame(path, $0) }) {
        throw Failure.usage("\(path) is read by this command; write to another file")
      }
      if written[..<index].contains(where: { Self.isSame(path, $0) }) {
        throw Failure.usage("\(path) would be written twice; give each output a name of its own")
      }
    }
  }

  /// Makes sure that every file can be made, so that nobody learns for an hour in vain.
  func checkWritable() throws(FileError) {
    for path in [output, model, checkpoint].compactMap({ $0 }) + others {
      try AtomicFile(replacing: path).cancel()
    }
  }

  /// `.NAME.checkpoint` in the folder of a file; none for standard output.
  private static func checkpoint(beside path: String) -> String? {
    guard path != "-", !path.hasPrefix("/dev/") else { return nil }
    guard let slash = path.lastIndex(of: "/") else { return ".\(path).checkpoint" }
    return path[...slash] + "." + path[path.index(after: slash)...] + ".checkpoint"
  }

  private static func isSame(_ first: String, _ second: String) -> Bool {
    if first == second { return true }
    var one = stat()
    var other = stat()
    guard stat(first, &one) == 0, stat(second, &other) == 0 else { return false }
    return one.st_ino == other.st_ino && one.st_dev == other.st_dev
      && one.st_mode & S_IFMT == S_IFREG
  }
}
