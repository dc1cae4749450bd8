import Foundation
import Testing

@Suite struct InterruptionTests {
  /// A run of some seconds that writes a checkpoint several times a second.
  private let long = [
    "reduce", "data.csv", "--hidden", "128,64", "--epochs", "60", "--learning-rate", "0.0003",
    "--threads", "1", "--checkpoint-every", "0",
  ]

  private func prepared() throws -> Folder {
    let folder = try Folder()
    try folder.write(Made.table(rows: 3_000, columns: 24), to: "data.csv")
    return folder
  }

  /// Waits until something is so; fails after twenty seconds.
  private func wait(until isSo: () -> Bool) throws {
    let end = Date() + 20
    while !isSo() {
      try #require(Date() < end, "waited in vain")
      usleep(5_000)
    }
  }

  @Test func killedRunsResumeToTheSameModel() throws {
    let folder = try prepared()
    let whole = try Program.run(long + ["--save", "whole.hourglass"], in: folder)
    #expect(whole.code == 0, "\(whole.errors)")
    var kills = 0
    for milliseconds in [30, 110, 190, 70, 250] as [UInt32] {
      let running = try Running(long + ["--save", "killed.hourglass", "--resume"], in: folder)
      try wait { folder.has(".killed.hourglass.checkpoint") || folder.has("killed.hourglass") }
      usleep(milliseconds * 1000)
      running.send(SIGKILL)
      let outcome = try running.wait()
      if outcome.code == 128 + SIGKILL { kills += 1 }
      if folder.has("killed.hourglass") { break }
    }
    // The first comes 30 ms after the first checkpoint of a run of some seconds.
    #expect(kills >= 1)
    let last = try Program.run(long + ["--save", "killed.hourglass", "--resume"], in: folder)
    #expect(last.code == 0, "\(last.errors)")
    #expect(try folder.bytes("whole.hourglass") == folder.bytes("killed.hourglass"))
    #expect(!folder.has(".killed.hourglass.checkpoint"), "it is gone with the model in place")
  }

  /// A database stays whole, with all that it held, whenever something that adds to it is killed.
  @Test func killedAdditionsLeaveTheDatabaseWhole() throws {
    let folder = try Folder()
    try folder.write(Made.images(count: 60, side: 8), to: "first.idx")
    try folder.write(Made.images(count: 3_000, side: 8), to: "more.idx")
    let start = ["match", "add", "first.idx", "--database", "d.db", "--epochs", "2", "--quiet"]
    #expect(try Program.run(start, in: folder).code == 0)
    let find = ["match", "find", "first.idx", "--first", "1", "--database", "d.db", "--json"]
    let before = try Program.run(find, in: folder)
    #expect(before.code == 0)
    var kills = 0
    for milliseconds in [1, 5, 20, 50, 90, 150, 250] as [UInt32] {
      let add = ["match", "add", "more.idx", "--database", "d.db", "--quiet", "--replace"]
      let running = try Running(add, in: folder)
      usleep(milliseconds * 1000)
      running.send(SIGKILL)
      if try running.wait().code == 128 + SIGKILL { kills += 1 }
      let after = try Program.run(find, in: folder)
      #expect(after.code == 0, "after \(milliseconds) ms: \(after.errors)")
      let list = try Program.run("match", "list", "--database", "d.db", in: folder)
      #expect(list.code == 0, "after \(milliseconds) ms: \(list.errors)")
      let last = list.output.split(separator: "\n").last ?? ""
      #expect(["60 items of 32 coordinates", "3,060 items of 32 coordinates"].contains(last))
    }
    // The first two come before a program can have added 3,000 images.
    #expect(kills >= 2)
    #expect(before.output.contains("\"name\":\"first.idx:1\""))
  }

  @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
  func signalsEndWithACheckpoint(_ signal: Int32, _ code: Int32) throws {
    let folder = try prepared()
    let arguments = long + ["--save", "model.hourglass", "-o", "codes.csv"]
    let running = try Running(arguments, in: folder)
    try wait { running.errors.contains("epoch 1 of") }
    running.send(signal)
    let outcome = try running.wait()
    #expect(outcome.code == code)
    #expect(outcome.output == "")
    #expect(outcome.errors.contains("the training state is in .model.hourglass.checkpoint"))
    #expect(outcome.errors.contains("--resume"))
    #expect(outcome.errors.contains("the best model so far is in model.hourglass"))
    #expect(folder.has(".model.hourglass.checkpoint"))
    #expect(!folder.has("codes.csv"))
    let applied = try Program.run(
      ["reduce", "data.csv", "--model", "model.hourglass", "-o", "codes.csv"],
      in: folder
    )
    #expect(applied.code == 0, "\(applied.errors)")
    let resumed = try Program.run(arguments + ["--resume"], in: folder)
    #expect(resumed.code == 0, "\(resumed.errors)")
    #expect(resumed.errors.contains("resuming after step"))
    #expect(try folder.names() == ["codes.csv", "data.csv", "model.hourglass"])
  }

  /// Every verb that learns ends at once, leaves the outputs as they were, and can go on.
  @Test(arguments: [
    ["features", "data.csv", "-o", "out"],
    ["denoise", "images.idx", "--save", "out"],
    ["denoise", "data.csv", "-o", "out.csv"],
    ["detect", "data.csv", "-o", "out"],
    ["generate", "--learn-from", "data.csv", "-o", "out.csv"],
    ["generate", "--learn-from", "images.idx", "--save", "out"],
    ["impute", "data.csv", "-o", "out"],
    ["impute", "images.idx", "--figure", "rows.png"],
    ["match", "add", "images.idx", "--database", "out"],
    ["colorize", "colors.idx", "--save", "out"],
  ])
  func everyVerbThatLearnsCanBeInterrupted(_ words: [String]) throws {
    let folder = try prepared()
    try folder.write(Made.images(count: 200, side: 16), to: "images.idx")
    try folder.write(Made.images(count: 66, side: 16, channels: 3), to: "colors.idx")
    try folder.write("former", to: words[words.count - 1])
    let verb = words[0] == "match" ? Array(words.dropLast(2)) + ["--database", "new.db"] : words
    let before = try folder.names()
    let running = try Running(
      verb + ["--epochs", "100000", "--threads", "1", "--checkpoint", "state"],
      in: folder
    )
    try wait { running.errors.contains("epoch 1") || running.errors.contains("error:") }
    running.send(SIGINT)
    let outcome = try running.wait()
    #expect(outcome.code == 130, "\(outcome.code) \(outcome.errors)")
    #expect(outcome.output == "")
    #expect(outcome.errors.contains("the training state is in state"), "\(outcome.errors)")
    #expect(try folder.names() == (before + ["state"]).sorted())
    if words.contains("--save"), outcome.errors.contains("the best model so far is in out") {
      let model = try Program.run("inspect", "out", in: folder)
      #expect(model.code == 0, "\(model.errors)")
    } else {
      #expect(folder.text(words[words.count - 1]) == "former")
    }
  }

  @Test func checkpointOfAnotherRunIsRefused() throws {
    let folder = try prepared()
    let running = try Running(long + ["--save", "model.hourglass"], in: folder)
    try wait { folder.has(".model.hourglass.checkpoint") }
    running.send(SIGKILL)
    _ = try running.wait()
    let other = long + ["--save", "model.hourglass", "--resume", "--seed", "9"]
    let outcome = try Program.run(other, in: folder)
    #expect(outcome.code == 1)
    #expect(outcome.errors.contains("error: "))
    #expect(folder.has(".model.hourglass.checkpoint"), "it is still good for its own run")
  }

  @Test func anotherRunKeepsTheFormerCheckpoint() throws {
    let folder = try prepared()
    let running = try Running(long + ["--save", "model.hourglass"], in: folder)
    try wait { folder.has(".model.hourglass.checkpoint") }
    running.send(SIGKILL)
    _ = try running.wait()
    let state = try folder.bytes(".model.hourglass.checkpoint")
    let short = ["reduce", "data.csv", "--epochs", "1", "--save", "model.hourglass"]
    let outcome = try Program.run(short, in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("--resume would have gone on"), "\(outcome.errors)")
    #expect(try folder.bytes(".model.hourglass.checkpoint.former") == state)
    #expect(!folder.has(".model.hourglass.checkpoint"))
  }

  /// What a short training on a small table comes to, whose latent vectors go to a file.
  private func reduced(
    _ output: String,
    _ options: String...,
    closingInput: Bool = false
  ) throws -> (Outcome, Folder) {
    let folder = try Folder()
    try folder.write(Made.table(rows: 100, columns: 4), to: "data.csv")
    let words = ["reduce", "data.csv", "--epochs", "1", "-o", output] + options
    return (try Running(words, in: folder, closingInput: closingInput).wait(), folder)
  }

  @Test func resumeWithoutCheckpointStartsAnew() throws {
    let (outcome, _) = try reduced("codes.csv", "--resume")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("there is no checkpoint at .codes.csv.checkpoint"))
  }

  @Test func closedInputDoesNoHarm() throws {
    let (outcome, folder) = try reduced("codes.csv", closingInput: true)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(folder.text("codes.csv").split(separator: "\n").count == 101)
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs /dev/full"))
  func fullDeviceIsTheMachinesFault() throws {
    let (outcome, _) = try reduced("/dev/full", "--quiet")
    #expect(outcome.code == 3)
    #expect(outcome.errors.hasPrefix("error: cannot write /dev/full"))
    #expect(outcome.errors.contains("No space left on device"))
  }

  @Test(.enabled(if: Disk.canBeMade, "needs root and the right to mount a small disk"))
  func fullDiskLeavesTheFormerFileWhole() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 40_000, columns: 2), to: "data.csv")
    let learn = ["reduce", "data.csv", "--first", "200", "--save", "m", "--epochs", "1", "--quiet"]
    try Program.run(learn, in: folder)
    let disk = try Disk(at: folder.path("disk"))
    defer { disk.remove() }
    let former = String(repeating: "former\n", count: 50_000)
    try folder.write(former, to: "disk/codes.csv")
    let outcome = try Program.run(
      ["reduce", "data.csv", "--model", "m", "-o", "disk/codes.csv"],
      in: folder
    )
    #expect(outcome.code == 3, "\(outcome.errors)")
    #expect(outcome.errors.contains("No space left on device"))
    #expect(folder.text("disk/codes.csv") == former)
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path("disk"))
    #expect(left == ["codes.csv"], "the part that was written is gone")
  }
}

/// A disk of 1 MB in memory.
struct Disk {
  /// Whether this process may mount disks.
  static let canBeMade: Bool = {
    guard getuid() == 0, let folder = try? Folder() else { return false }
    guard let disk = try? Disk(at: folder.path("disk")) else { return false }
    disk.remove()
    return true
  }()

  private let path: String

  init(at path: String) throws {
    self.path = path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try Self.run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", path)
  }

  func remove() { try? Self.run("umount", path) }

  private struct Refused: Error {}

  private static func run(_ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    if process.terminationStatus != 0 { throw Refused() }
  }
}
