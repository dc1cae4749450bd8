package import HourglassAutoencoders
internal import HourglassSystem
internal import HourglassTensors

/// The training state in a file, from which a run that was stopped goes on to the same bytes.
///
/// It is a model file of the same application: the variables lie under their names, those of the best
/// epoch under `best.` and their names; the counters are in the member `checkpoint` of the header,
/// every number exact. Writing replaces the former file as a whole or not at all.
package struct CheckpointFile: CheckpointStore {
  /// The file.
  package let path: String
  /// What must agree for training to go on, and is written with the state.
  private let header: ModelHeader

  private static let bestPrefix = "best."

  /// Names the file of a run; runs are identified by configuration, seed and data fingerprint.
  package init(_ path: String, header: ModelHeader) {
    self.path = path
    self.header = header
  }

  /// Writes the state.
  package func save(_ state: TrainerState) throws {
    var header = header
    var tensors = state.variables
    for (name, tensor) in state.bestVariables { tensors[Self.bestPrefix + name] = tensor }
    // Whatever has no layer's name is no parameter: the optimizer's moments, averages, best weights.
    header.stateTensors = tensors.keys.filter { name in
      name.hasPrefix("optimizer.") || name.hasPrefix("average.")
        || name.hasPrefix(Self.bestPrefix)
    }.sorted()
    header.checkpoint = try JSONValue(encoding: state.progress, file: path)
    try ModelFile.write(tensors: tensors, header: header, to: path)
  }

  /// Reads the state; `nil` where there is no file.
  ///
  /// - Throws: `ModelFileError` for a file that is damaged, of another kind or of another run.
  package func load() throws -> TrainerState? {
    guard let file = try open() else { return nil }
    let found = try file.header(as: ModelHeader.self)
    guard let checkpoint = found.checkpoint else {
      throw ModelFileError.notACheckpoint(file: path)
    }
    try check(found)
    var variables: [String: Tensor] = [:]
    var best: [String: Tensor] = [:]
    for (name, tensor) in try file.tensors() {
      if name.hasPrefix(Self.bestPrefix) {
        best[String(name.dropFirst(Self.bestPrefix.count))] = tensor
      } else {
        variables[name] = tensor
      }
    }
    return TrainerState(
      progress: try checkpoint.decoded(as: TrainingProgress.self, file: path),
      variables: variables,
      bestVariables: best
    )
  }

  private func open() throws(ModelFileError) -> ModelFile? {
    do {
      return try ModelFile(contentsOf: path)
    } catch {
      if case .system(let reason) = error, reason.code == ENOENT { return nil }
      throw error
    }
  }

  /// Whether a file is a training state.
  package static func isCheckpoint(_ path: String) -> Bool {
    guard let file = try? ModelFile(contentsOf: path),
      let header = try? file.header(as: ModelHeader.self)
    else { return false }
    return header.checkpoint != nil
  }

  /// Puts the training state of another run aside, under the name of the file with `.former` behind it, where a
  /// former one is replaced.
  ///
  /// - Returns: The new name.
  package static func putAside(_ path: String) throws(ModelFileError) -> String {
    let former = path + ".former"
    guard rename(path, former) == 0 else {
      throw .system(FileError(path: path, operation: .rename, code: errno))
    }
    return former
  }

  /// Removes the file, where it is there.
  package static func remove(_ path: String) throws(ModelFileError) {
    if unlink(path) != 0, errno != ENOENT {
      throw .system(FileError(path: path, operation: .remove, code: errno))
    }
  }

  /// Compares what must agree, and names the first thing that does not.
  private func check(_ found: ModelHeader) throws(ModelFileError) {
    try require("application", header.application, found.application)
    try require("precision", header.provenance.precision, found.provenance.precision)
    try require("seed", "\(header.provenance.seed)", "\(found.provenance.seed)")
    try require(
      "data fingerprint",
      header.provenance.dataFingerprint,
      found.provenance.dataFingerprint
    )
    for (name, expected, value) in differences(header.configuration, found.configuration) {
      try require("setting \(name)", expected, value)
    }
    try require("network", header.architecture.text, found.architecture.text)
    try require("encoding", header.fields.text, found.fields.text)
  }

  private func require(
    _ member: String,
    _ expected: String,
    _ found: String
  ) throws(ModelFileError) {
    guard expected == found else {
      throw .otherCheckpoint(file: path, member: member, expected: expected, found: found)
    }
  }

  /// The members of two objects that differ, in the order of their names; of nested objects only
  /// the members within.
  private func differences(
    _ expected: JSONValue,
    _ found: JSONValue
  ) -> [(name: String, expected: String, found: String)] {
    guard case .object(let left) = expected, case .object(let right) = found else {
      return [("settings", expected.text, found.text)]
    }
    return Set(left.keys).union(right.keys).sorted().flatMap { name in
      guard left[name] != right[name] else {
        return [(name: String, expected: String, found: String)]()
      }
      if case .object? = left[name], case .object? = right[name],
        let one = left[name], let other = right[name]
      {
        return differences(one, other)
      }
      return [(name, left[name]?.text ?? "automatic", right[name]?.text ?? "automatic")]
    }
  }
}
