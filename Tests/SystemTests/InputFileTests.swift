import Foundation
import HourglassSystem
import Testing

@Suite final class InputFileTests {
  let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "hourglass-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Writes bytes to a pipe, and gives what was read of it.
  private func read(_ count: Int, reserve: Int?) throws -> Int {
    let (pipe, copies) = ("\(folder)/pipe", "\(folder)/copies")
    try FileManager.default.createDirectory(atPath: copies, withIntermediateDirectories: true)
    mkfifo(pipe, 0o600)
    defer { unlink(pipe) }
    let writer = Process()
    writer.executableURL = URL(fileURLWithPath: "/bin/sh")
    writer.arguments = ["-c", "head -c \(count) /dev/zero > '\(pipe)'"]
    try writer.run()
    defer { writer.waitUntilExit() }
    let inputs = SpooledInputs(folder: copies, reserve: reserve)
    let size = try SpooledInputs.$current.withValue(inputs) { try InputFile(path: pipe).size }
    return size ?? -1
  }

  @Test func pipesAreCopiedWhole() throws {
    #expect(try read(20 << 20, reserve: 0) == 20 << 20)
  }

  @Test func aPipeThatWouldFillTheDiskIsRefused() throws {
    let error = #expect(throws: FileError.self) { try self.read(40 << 20, reserve: .max) }
    #expect(error?.operation == .spool && error?.isFaultOfTheMachine == true)
    let text = try #require(error?.description)
    #expect(text.hasPrefix("cannot read \(folder)/pipe: "))
    #expect(text.contains("less than 10 % or 1 GiB of the disk free"))
    #expect(text.hasSuffix("or set TMPDIR to a folder on a larger disk."))
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/copies").isEmpty)
  }

  @Test func aSmallPipeIsReadHoweverFullTheDiskIs() throws {
    #expect(try read(1 << 20, reserve: .max) == 1 << 20)
  }
}
