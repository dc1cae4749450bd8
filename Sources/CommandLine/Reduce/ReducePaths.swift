import HourglassTensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The files that a run of `reduce` writes, checked before anything is learned.
struct ReducePaths {
  /// The table of codes; none where only the report is wanted.
  let codes: String?
  /// The model.
  let model: String?
  /// The map.
  let plot: String?
  /// The state of learning; none where the run has no file to put it beside.
  let checkpoint: String?

  /// Finds the paths of a run.
  ///
  /// - Throws: A failure where a file cannot be written, or would replace what is read.
  init(_ files: ReduceFiles, checkpoint: String?) throws {
    codes = files.output.map { $0 == "-" ? "/dev/stdout" : $0 }
    model = files.save
    plot = files.plot
    self.checkpoint =
      files.model == nil
      ? checkpoint ?? (files.save ?? files.output).flatMap(Self.checkpoint(beside:)) : nil
    let written = [codes, model, plot].compactMap { $0 }
    let read = [files.model, files.learnFrom, files.labels].compactMap { $0 }
    try check(written: written, read: read)
  }

  /// Whether the codes go to standard output, which the report must then leave alone.
  var codesToOutput: Bool { codes == "/dev/stdout" }

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
    for path in [codes, model, plot, checkpoint].compactMap({ $0 }) {
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
