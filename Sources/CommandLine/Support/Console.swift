import HourglassJobs
import HourglassSystem

/// What the program prints: results on standard output, everything else on standard error.
enum Console {
  /// Writes results; a reader that has gone ends the program quietly, by the signal SIGPIPE.
  static func write(_ text: String) throws(Failure) {
    let code = written(Array(text.utf8), to: STDOUT_FILENO)
    guard code != 0 else { return }
    throw Failure(
      "cannot write to standard output: \(String(cString: strerror(code))).",
      exitCode: .machine
    )
  }

  /// Writes a line of results.
  static func print(_ line: String) throws(Failure) { try write(line + "\n") }

  /// Writes what is no result; where it cannot be written, nobody is there to read it.
  static func writeError(_ text: String) { _ = written(Array(text.utf8), to: STDERR_FILENO) }

  /// Writes a line that is no result.
  static func note(_ line: String) { writeError(line + "\n") }

  /// Whether standard error is a terminal that can redraw a line.
  static var errorIsTerminal: Bool {
    guard isatty(STDERR_FILENO) == 1, let kind = getenv("TERM") else { return false }
    return strcmp(kind, "dumb") != 0
  }

  /// The columns of the terminal on standard error, 80 where it does not say.
  static var errorWidth: Int { width(of: STDERR_FILENO) }

  /// The columns of the terminal on standard output, 80 where it does not say.
  static var width: Int { width(of: STDOUT_FILENO) }

  private static func width(of descriptor: Int32) -> Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Whether the locale writes more than ASCII.
  static var speaksUnicode: Bool {
    for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
      guard let value = getenv(name) else { continue }
      let text = String(cString: value).lowercased()
      if !text.isEmpty { return text.contains("utf-8") || text.contains("utf8") }
    }
    return false
  }

  private static func written(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = Array(rest)
      // An array is handed to C as a pointer to its first element.
      let count = systemWrite(descriptor, piece, piece.count)
      if count < 0 {
        if errno == EINTR { continue }
        return errno
      }
      rest = rest.dropFirst(count)
    }
    return 0
  }
}

/// The call of the operating system, which the method of the same name hides.
private func systemWrite(_ descriptor: Int32, _ bytes: [UInt8], _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
