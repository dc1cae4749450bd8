import HourglassDatasets
import HourglassTensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// One file on its way from its address into a folder.
struct Download: Sendable {
  private static let tries = 2

  let file: CatalogEntry.File
  let folder: String
  let mirror: String?
  let isQuiet: Bool

  /// The file while it is not whole.
  private var partial: String { folder + "/." + file.name + ".part" }

  private var address: String {
    guard let mirror else { return file.address }
    return (mirror.hasSuffix("/") ? mirror : mirror + "/") + file.name
  }

  /// Fetches what is missing of the file, checks it, and puts it or what is made of it in place.
  func run() async throws {
    for attempt in 1...Self.tries {
      if size(of: partial) != file.byteCount { try await fetch() }
      if try file.isWhole(partial) { return try place() }
      // What an earlier run left may be of another file: once more from the start.
      let found = size(of: partial)
      _ = unlink(partial)
      guard attempt == Self.tries else { continue }
      throw Failure(
        "fetching \(file.name) from \(address): expected \(file.byteCount) bytes with the SHA-256 "
          + "digest \(file.digest), found \(found ?? 0) bytes of other contents; nothing was kept. The "
          + "file may have changed at its source: try --mirror, or fetch it by hand.",
        exitCode: .data
      )
    }
  }

  private func place() throws {
    guard file.preparation != nil else {
      guard rename(partial, folder + "/" + file.name) == 0 else {
        throw FileError(path: folder + "/" + file.name, operation: .rename, code: errno)
      }
      return
    }
    try file.prepare(partial, into: folder)
    _ = unlink(partial)
  }

  /// Runs curl until it has the file, or ends.
  private func fetch() async throws {
    if let size = size(of: partial), size > file.byteCount { _ = unlink(partial) }
    let bar = DownloadBar(name: file.name, total: file.byteCount, isQuiet: isQuiet)
    defer { bar.end() }
    let words = [
      "curl", "--fail", "--location", "--proto", "=http,https", "--silent", "--show-error",
      "--connect-timeout", "30", "--speed-limit", "100", "--speed-time", "60", "--retry", "3",
      "--max-filesize", "\(file.byteCount)", "--continue-at", "-", "--output", partial, "--url",
      address,
    ]
    let child = try ChildProcess.start("curl", words)
    var status: Int32 = 0
    while true {
      let ended = waitpid(child.process, &status, WNOHANG)
      if ended == child.process { break }
      if Task.isCancelled { kill(child.process, SIGKILL) }
      bar.show(size(of: partial) ?? 0)
      // A cancelled task does not sleep; the child still has to end.
      if (try? await Task.sleep(for: .milliseconds(50))) == nil { usleep(20_000) }
    }
    let said = child.errors()
    try Task.checkCancellation()
    try check(code: status & 0x7f == 0 ? status >> 8 & 0xff : 128, said)
  }

  /// What curl's exit code means for this file.
  ///
  /// 33 is a server that cannot go on in the middle of a file; 63 is a file that is larger than it
  /// should be, which the comparison that follows tells better.
  private func check(code: Int32, _ said: String) throws {
    switch code {
    case 0, 63: return
    case 33:
      _ = unlink(partial)
    case 127:
      throw Failure(
        "fetching \(file.name) needs the program curl, which is not on the PATH; install it "
          + "(Debian: apt-get install curl), or put the file into \(folder) yourself.",
        exitCode: .machine
      )
    default:
      let line = said.split(separator: "\n").last.map(String.init) ?? "no reason was given"
      throw Failure(
        "fetching \(file.name) from \(address): \(line); what arrived is kept, and the same command "
          + "goes on from there.",
        exitCode: .machine
      )
    }
  }

  private func size(of path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : nil
  }
}

/// How far a download is, on standard error: a line redrawn on a terminal, else one line at its start.
private final class DownloadBar {
  private let name: String
  private let total: Int
  private let style: Style
  private let start = ContinuousClock.now
  private var begun: Int?
  private var last: ContinuousClock.Instant?

  private enum Style { case bar, line, none }

  init(name: String, total: Int, isQuiet: Bool) {
    self.name = name
    self.total = total
    style = isQuiet ? .none : Console.errorIsTerminal ? .bar : .line
  }

  func show(_ bytes: Int) {
    if begun == nil {
      begun = bytes
      if style == .line {
        let rest = bytes > 0 ? ", of which \(Self.megabytes(bytes)) are here" : ""
        Console.note("fetching \(name): \(Self.megabytes(total))\(rest)")
      }
    }
    guard style == .bar else { return }
    let now = ContinuousClock.now
    if let last, now - last < .milliseconds(95) { return }
    last = now
    let percent = min(100, bytes * 100 / max(total, 1))
    let seconds = (now - start) / .seconds(1)
    let rate = seconds > 0.5 ? Double(bytes - (begun ?? 0)) / seconds : 0
    var line = "\(name)  \(percent)%  \(Self.megabytes(bytes)) of \(Self.megabytes(total))"
    if rate > 0 {
      line +=
        "  \(Self.megabytes(Int(rate)))/s  \(NumberText.clock(Double(total - bytes) / rate)) left"
    }
    Console.writeError("\r\(line.prefix(Console.errorWidth - 1))\u{1b}[K")
  }

  func end() {
    if style == .bar { Console.writeError("\r\u{1b}[K") }
  }

  private static func megabytes(_ bytes: Int) -> String {
    "\(NumberText.plain(Double(bytes / 10_000) / 100)) MB"
  }
}
