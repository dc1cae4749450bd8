import Foundation
import HTTPTypes
import HourglassJobs
import Logging
import Testing

@testable import HourglassService

/// What a workspace uses of its quotas.
@Suite struct AccountTests {
  static func workspace(_ user: String = "anna", _ quota: Quota = Quota()) throws -> Workspace {
    let folder = NSTemporaryDirectory() + "hourglass-service-\(UUID().uuidString)"
    let workspace = Workspace(
      user: user,
      folder: "\(folder)/\(user)",
      shared: SharedFolders(),
      quota: quota
    )
    try workspace.prepare()
    return workspace
  }

  private func write(_ count: Int, to path: String) throws {
    try Data(repeating: 7, count: count).write(to: URL(fileURLWithPath: path))
  }

  @Test func whatIsOnItsWayIsReserved() async throws {
    let workspace = try Self.workspace("anna", Quota(bytes: 1_000))
    try write(300, to: workspace.path("uploads/a"))
    let measure = try await workspace.measure()
    let (first, second) = (
      Reservation(workspace, measure: measure, limit: 1_000),
      Reservation(workspace, measure: measure, limit: 1_000)
    )
    try first.grow(to: 400)
    try first.grow(to: 500)
    #expect(throws: Problem.self) { try second.grow(to: 300) }
    try second.grow(to: 200)
    second.giveBack()
    // Stored after the walk, and counted though the walk has not seen it.
    try write(500, to: workspace.path("uploads/b"))
    first.keep()
    let third = Reservation(workspace, measure: measure, limit: 1_000)
    #expect(throws: Problem.self) { try third.grow(to: 201) }
    try third.grow(to: 200)
    third.giveBack()
    workspace.remove("uploads/b")
    let later = try await workspace.account.measure(workspace.folder)
    #expect(workspace.account.used(later) == 300)
    #expect(try await workspace.roomLeft() == 1 << 20)
  }

  @Test func runsAreCountedInAllTogetherAndKept() throws {
    let workspace = try Self.workspace("anna", Quota(minutes: 1))
    #expect(workspace.secondsLeft == 60)
    workspace.charge(20)
    workspace.charge(15, isEnd: true)
    #expect(workspace.secondsLeft == 25)
    try workspace.checkMinutes()
    #expect(UsageLog(folder: workspace.folder).seconds == 35)
    workspace.charge(30)
    #expect(workspace.secondsLeft == 0)
    #expect(throws: Problem.self) { try workspace.checkMinutes() }
    #expect(UsageLog(folder: workspace.folder).seconds == 65)
  }

  /// The order of the queue after a restart is that of the requests of all users, also of those that went on.
  @Test func theQueueIsThatOfAllUsersTogether() async throws {
    let (anna, bert) = (try Self.workspace("anna"), try Self.workspace("bert"))
    func save(_ id: String, _ queued: Double, in workspace: Workspace, running: Bool = false) throws
    {
      var record = JobRecord(
        id: id,
        task: "reduce",
        request: "{\"task\":\"reduce\",\"data\":[]}",
        model: nil,
        isLearning: true,
        uses: []
      )
      record.queued = queued
      if running { record.state = .running }
      let folder = workspace.path(JobRecord.folder(id))
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try record.save(folder: folder)
    }
    try save("a", 10.25, in: anna)
    try save("z", 10.5, in: anna)
    try save("b", 3, in: bert, running: true)
    try save("c", 10.125, in: bert)
    try save("d", 10.375, in: bert)
    let scheduler = JobScheduler(limits: JobLimits(), logger: Logger(label: "test"))
    await scheduler.load(anna)
    await scheduler.load(bert)
    let places = [("b", bert), ("c", bert), ("a", anna), ("d", bert), ("z", anna)]
    for (index, (id, workspace)) in places.enumerated() {
      #expect(try await scheduler.view(id, of: workspace).position == index, "\(id)")
    }
  }
}

/// Files of a workspace, and who opens it.
@Suite struct WorkspaceTests {
  @Test func nothingIsReplacedUnasked() throws {
    let workspace = try AccountTests.workspace()
    let (new, place) = (workspace.path("new"), workspace.path("uploads/a"))
    for (text, isPlaced) in [("1", true), ("2", false)] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: new))
      #expect(try FolderFile.place(new, at: place) == isPlaced)
    }
    #expect(try TextFile.contents(of: place) == "1")
    #expect(FolderFile.mark(of: place) != nil)
    #expect(FolderFile.mark(of: place) != FolderFile.mark(of: new))
    #expect(throws: Problem.self) { try TextFile.contents(of: place, limit: 0) }
  }

  @Test func sessionsThatNobodyUsesEnd() throws {
    let workspace = try AccountTests.workspace()
    let lasting = Callers(tokens: [("t", workspace)], open: nil)
    #expect(lasting.workspace(session: lasting.begin(workspace))?.user == "anna")
    let short = Callers(tokens: [("t", workspace)], open: nil, patience: .seconds(-1))
    #expect(short.workspace(session: short.begin(workspace)) == nil)
  }

  @Test(arguments: [
    "a.csv", "été #1.csv", "数据.csv", "👨‍👩‍👧.png", "a b",
  ])
  func ordinaryNamesAreTaken(_ name: String) throws {
    #expect(try FileNames.new(name) == name)
  }

  @Test(arguments: [" ", " a", "a\u{3000}", "a\u{202e}b", "a\u{ff0e}csv", "a\u{2044}b", "a\u{85}"])
  func misleadingNamesAreNot(_ name: String) {
    #expect(throws: Problem.self) { try FileNames.new(name) }
  }

  @Test func aProblemNamesWhatWasSent() {
    let problem = Problem(.unprocessableContent, "cannot read .runs/x/data.csv: line 3")
    #expect(problem.naming(".runs/x/data.csv", "the body").detail == "cannot read the body: line 3")
    #expect(problem.naming(".runs/y/out.csv", "the answer").detail == problem.detail)
    let short = Problem(.unprocessableContent, "cannot apply the model to data.csv: no columns")
    let named = short.naming(".runs/x/data.csv", "the body").detail
    #expect(named == "cannot apply the model to the body: no columns")
    let failure = Problem(Failure.usage("found \"<b>\" & more"))
    #expect(failure.detail == "found 'b'  more")
  }

  @Test func namesForOthersNeedTokens() throws {
    var settings = ServiceSettings()
    settings.names = ["localhost:9000", "[::1]:80", "127.0.0.1"]
    try settings.validate()
    settings.names = ["studio.example.org"]
    #expect(throws: Failure.self) { try settings.validate() }
    settings.tokenFile = "users.txt"
    try settings.validate()
  }

  @Test(arguments: ["t.csv", "t.jsonl"])
  func rowsFarBehindAreNotLookedFor(_ name: String) throws {
    let workspace = try AccountTests.workspace()
    let path = workspace.path(name)
    let line = Data("{\"a\":1,\"b\":\"\(String(repeating: "x", count: 4_000))\"}\n".utf8)
    var bytes = Data()
    for _ in 0..<17_000 { bytes += line }
    try bytes.write(to: URL(fileURLWithPath: path))
    #expect(try Preview(path: path, name: name, range: 100..<102).rows?.count == 2)
    #expect(throws: Problem.self) { try Preview(path: path, name: name, range: 16_990..<16_991) }
    workspace.remove(name)
  }
}
