internal import Foundation

/// A folder of its own for a test, removed afterwards.
package final class TemporaryFolder: Sendable {
  package let path: String

  package init() throws {
    path = NSTemporaryDirectory() + "hourglass-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and gives its path.
  package func file(_ bytes: [UInt8], name: String = "data") throws -> String {
    // Some file systems wait for the disk when a file is emptied and written again.
    unlink("\(path)/\(name)")
    try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    return "\(path)/\(name)"
  }

  /// Writes a text file and gives its path.
  package func file(_ text: String, name: String = "data") throws -> String {
    try file(Array(text.utf8), name: name)
  }
}

/// Runs a test with a folder of its own.
package func withFolder<Result>(
  _ body: (String) async throws -> Result
) async throws -> Result {
  let folder = try TemporaryFolder()
  defer { withExtendedLifetime(folder) {} }
  return try await body(folder.path)
}

/// The text of the error of a body, with the folder of the test left out.
package func message(in folder: TemporaryFolder, _ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return "\(error)".replacingOccurrences(of: folder.path + "/", with: "")
  }
}
