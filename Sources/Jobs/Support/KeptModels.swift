internal import HourglassEngines
internal import HourglassModelFiles
internal import HourglassSystem
internal import HourglassTasksCommon
internal import Synchronization

/// The last model and the engine of a process that runs one request after another: what a run loaded and compiled
/// is there for the next one.
///
/// A model is loaded anew when another file takes its place. Results do not depend on what is kept.
package final class KeptModels: Sendable {
  private struct Model {
    var path: String
    var file: FileIdentity
    var fitted: any FittedTask
  }

  private let model = Mutex<Model?>(nil)
  private let engine = Mutex<ComputeEngine?>(nil)

  /// Keeps nothing yet.
  package init() {}

  /// The engine that computes as a request wants it.
  func engine(for options: ComputingOptions) -> ComputeEngine {
    engine.withLock { kept in
      let wanted = options.engineConfiguration
      if let kept, kept.configuration == wanted { return kept }
      let new = ComputeEngine(wanted)
      kept = new
      return new
    }
  }

  /// The model of a file, loaded where it is not the one that is kept.
  func model<Fitted: FittedTask>(contentsOf path: String) throws(HourglassError) -> Fitted {
    let file = FileIdentity(path)
    let kept = model.withLock { model in
      model.flatMap { $0.path == path && $0.file == file ? $0.fitted as? Fitted : nil }
    }
    if let kept { return kept }
    model.withLock { $0 = nil }
    let fitted = try Fitted(contentsOf: path)
    // A file that was replaced while it was read is looked at again the next time.
    if let file, FileIdentity(path) == file {
      model.withLock { $0 = Model(path: path, file: file, fitted: fitted) }
    }
    return fitted
  }
}

/// What is another one when another file takes the place of a file.
package struct FileIdentity: Hashable, Sendable {
  private let numbers: [Int64]

  /// Looks at a file; none where there is none.
  package init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    #if os(Linux)
      let time = status.st_mtim
    #else
      let time = status.st_mtimespec
    #endif
    numbers = [
      Int64(truncatingIfNeeded: status.st_dev), Int64(truncatingIfNeeded: status.st_ino),
      Int64(status.st_size), Int64(time.tv_sec), Int64(time.tv_nsec),
    ]
  }
}
