import Foundation
import HTTPTypes
import HourglassJobs
import Testing

@testable import HourglassService

@Suite struct ServiceFileTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test func usersHaveTokensAndQuotas() throws {
    let text = """
      # name token
      anna 0123456789abcdef bytes=2g jobs=3 minutes=1.5   # a remark

      bert\tfedcba9876543210\r
      """
    let users = try TokenFile(text: text, name: "f", quota: Quota(jobs: 9)).users
    #expect(users.map(\.name) == ["anna", "bert"])
    #expect(users[0].quota == Quota(bytes: 2 << 30, jobs: 3, minutes: 1.5))
    #expect(users[1].quota == Quota(jobs: 9))
  }

  @Test(arguments: [
    "", "# nobody", "anna", "anna short", "An/na 0123456789abcdef", "../x 0123456789abcdef",
    "a 0123456789abcdef\na 0123456789abcdeF", "a 0123456789abcdef\nb 0123456789abcdef",
    "a 0123456789abcdef jobs=0", "a 0123456789abcdef jobs", "a 0123456789abcdef bytes=x",
    "a 0123456789abcdef minutes=nan", "a 0123456789abcdef other=1",
  ])
  func filesThatAreNoneAreRefused(_ text: String) {
    #expect(throws: Failure.self) { try TokenFile(text: text, name: "f", quota: Quota()) }
  }

  /// All files of the page are compiled in.
  @Test func thePageIsWhole() throws {
    let folder = Self.root.appendingPathComponent("Sources/Service/Studio").path
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { !$0.hasPrefix(".") }.sorted()
    #expect(StudioFiles.names == names)
    for name in names {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
      #expect(try StudioFiles.file(name).map { Data($0.bytes) } == bytes, "\(name)")
    }
    #expect(try StudioFiles.file("index.html")?.media == "text/html; charset=utf-8")
    #expect(try StudioFiles.file("nothing.js") == nil)
    #expect(try StudioFiles.file("start.js", in: folder)?.media == "text/javascript; charset=utf-8")
  }

  @Test func theExampleIsThatOfTheRepository() throws {
    let (own, shared) = ("Sources/Service/Examples", "Examples/Data/Tables")
    let files = try [own, shared].map {
      try Data(contentsOf: Self.root.appendingPathComponent("\($0)/penguins.csv"))
    }
    #expect(files[0] == files[1])
  }

  @Test(arguments: [
    ("bytes=0-9", 0...9), ("bytes=5-", 5...99), ("bytes=-10", 90...99), ("bytes=90-200", 90...99),
    ("bytes=-200", 0...99), ("bytes=99-99", 99...99),
  ])
  func rangesOfBytes(_ header: String, _ range: ClosedRange<Int>) {
    #expect(ServiceParts.range(header, size: 100) == range)
  }

  @Test(arguments: [
    "bytes=100-", "bytes=9-5", "bytes=-0", "bytes=", "bytes=-", "bytes=a-b", "bytes=0-1,5-6",
    "lines=0-9", "bytes=99999999999999999999-", "bytes=-5-9",
  ])
  func otherRangesAreTheWhole(_ header: String) {
    #expect(ServiceParts.range(header, size: 100) == nil)
  }

  @Test func namesOfSavedFilesAreEncoded() {
    #expect(
      ServiceParts.attachment("a/b c\"\r\n.csv")
        == "attachment; filename*=UTF-8''b%20c%22%0D%0A.csv"
    )
  }

  @Test func kindsOfFiles() {
    #expect(FileType("a.CSV").kind == .table)
    #expect(FileType("a.csv.gz").kind == .table)
    #expect(FileType("a.csv.gz").media == "application/octet-stream")
    #expect(FileType("a.tar.png").media == "image/png")
    #expect(FileType("png").kind == .other)
    #expect(FileType("m.hourglass").kind == .model)
  }

  @Test func theDocumentSaysWhichMethodsThereAre() throws {
    let table = try RouteTable()
    #expect(table.methods(of: "/v1/jobs") == [.get, .post, .head])
    #expect(table.methods(of: "/v1/jobs/x/stop") == [.post])
    #expect(table.methods(of: "/v1/nothing").isEmpty)
  }

  @Test func progressIsTheLatestOfTheEvents() {
    var progress = JobProgress()
    progress.take("{\"event\":\"stoppable\",\"by\":\"endingLearning\"}")
    progress.take(
      "{\"event\":\"training\",\"state\":\"progress\",\"epoch\":2,\"fraction\":0.5,\"loss\":1.5}"
    )
    #expect(progress.keeps)
    #expect(progress.epoch == 2)
    #expect(progress.loss == 1.5)
    progress.take("no json")
    progress.take("{\"event\":\"finished\",\"stage\":\"learning\",\"seconds\":1}")
    #expect(progress.keeps)
    #expect(progress.epoch == nil)
    progress.take("{\"event\":\"stoppable\",\"by\":\"killing\"}")
    #expect(!progress.keeps)
  }
}
