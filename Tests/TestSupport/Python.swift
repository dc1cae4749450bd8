import Foundation

/// The Python that reads what we write: `HOURGLASS_TEST_PYTHON`, or `python3` of the path.
public enum Python {
  /// Whether it has some packages; a test that needs them is skipped otherwise.
  public static func has(_ packages: String...) -> Bool {
    (try? run("import " + packages.joined(separator: ", ")))?.0 == 0
  }

  /// Runs a program, and gives its status and what it printed.
  public static func run(_ program: String, _ arguments: String...) throws -> (Int32, String) {
    let process = Process()
    let name = ProcessInfo.processInfo.environment["HOURGLASS_TEST_PYTHON"] ?? "python3"
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [name, "-c", program] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }
}
