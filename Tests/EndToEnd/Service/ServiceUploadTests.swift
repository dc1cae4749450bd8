import Foundation
import Testing

/// Uploads at the same time, those that are refused, and those that were never finished.
@Suite struct ServiceUploadTests {
  private static let half = [UInt8](repeating: 0x61, count: 3 << 19)

  private func names(_ service: RunningService) throws -> [String] {
    let items = try service.get("/v1/data")["items"] as? [[String: Any]] ?? []
    return items.filter { $0["place"] as? String == "uploads" }
      .compactMap { $0["name"] as? String }
  }

  @Test func uploadsAtOnceShareTheRoom() throws {
    let service = try RunningService(in: Folder(), ["--quota-bytes", "4m"])
    let first = try service.begin("POST", "/v1/data/a.csv", length: 3 << 20, Self.half)
    // The room is reserved when the body begins to come.
    let end = Date() + 30
    func usedNow() throws -> Double {
      let quotas = try service.get("/v1/session")["quotas"] as? [String: [String: Double]]
      return quotas?["bytes"]?["used"] ?? 0
    }
    while try usedNow() < Double(3 << 20), Date() < end { usleep(10_000) }
    let second = try service.call("POST", "/v1/data/b.csv", body: Self.half + Self.half)
    #expect(second.status == 429, "\(second.status) \(second.text)")
    first.send(Self.half)
    #expect(RunningService.parsed(first.receiveAll()).status == 201)
    #expect(try names(service) == ["uploads/a.csv"])
    // What is deleted can be used again.
    #expect(try service.call("DELETE", "/v1/data/a.csv").status == 204)
    let third = try service.call("POST", "/v1/data/b.csv", body: Self.half + Self.half)
    #expect(third.status == 201, "\(third.text)")
  }

  @Test func whatIsRefusedLeavesNothing() throws {
    let service = try RunningService(in: Folder(), ["--max-upload", "1m"])
    let large = [UInt8](repeating: 0x61, count: 2 << 20)
    #expect(try service.call("POST", "/v1/data/set/a.png", body: large).status == 413)
    #expect(try names(service).isEmpty)
    #expect(try service.call("POST", "/v1/data/set/a.png", body: [1]).status == 201)
    #expect(try names(service) == ["uploads/set"])
  }

  @Test func ofTwoUploadsOfANameOneIsStored() throws {
    let service = try RunningService(in: Folder())
    let first = try service.begin("POST", "/v1/data/a.csv", length: 4, Array("a\n".utf8))
    try service.upload("a.csv", "b\n2\n")
    first.send(Array("1\n".utf8))
    #expect(RunningService.parsed(first.receiveAll()).status == 409)
    #expect(service.folder.text("kept/local/uploads/a.csv") == "b\n2\n")
  }

  @Test func dataOfAJobDoNotChange() throws {
    let service = try RunningService(in: Folder())
    let table = Made.table(rows: 3_000, columns: 24)
    try service.upload("data.csv", table)
    let late = try service.begin("POST", "/v1/data/data.csv?replace=true", length: 4, [0x61, 10])
    let id = try service.start(
      "{\"task\":\"reduce\",\"data\":[\"uploads/data.csv\"],\"training\":{\"epochs\":100000}}"
    )
    late.send(Array("1\n".utf8))
    #expect(RunningService.parsed(late.receiveAll()).status == 409)
    #expect(service.folder.text("kept/local/uploads/data.csv") == table)
    let job = try service.wait(id, ["running", "failed"])
    let end = Date() + 30
    while try service.get("/v1/jobs/\(id)")["seconds"] as? Double == 0, Date() < end {
      usleep(10_000)
    }
    #expect((try service.get("/v1/jobs/\(id)")["seconds"] as? Double ?? 0) > 0, "\(job)")
    #expect(try service.call("DELETE", "/v1/jobs/\(id)").status == 204)
    let body = Array("a\n1\n".utf8)
    #expect(
      try service.call("POST", "/v1/data/data.csv?replace=true", body: body).status == 201
    )
  }

  @Test func whatAKilledServerLeftIsRemovedAndFoldersAreClosed() throws {
    let folder = try Folder()
    let rest = "kept/local/uploads/set/.hourglass-abc.tmp"
    try folder.write([1, 2, 3], to: rest, making: "kept/local/uploads/set")
    chmod(folder.path("kept/local"), 0o755)
    let service = try RunningService(in: folder)
    #expect(!folder.has(rest))
    var status = stat()
    #expect(stat(folder.path("kept/local"), &status) == 0)
    #expect(status.st_mode & 0o777 == 0o700)
    service.end(SIGTERM)
  }

  @Test func formsAndEncodedBodiesAreRefused() throws {
    let service = try RunningService(in: Folder())
    let form = [
      "Content-Type": "multipart/form-data; boundary=x"
    ]
    let body = Array("--x\r\n\r\na\n1\n--x--\r\n".utf8)
    for path in ["/v1/data/a.csv", "/v1/data/set/a.csv", "/v1/models/a.hourglass"] {
      let answer = try service.call("POST", path, form, body: body)
      #expect(answer.status == 415, "\(answer.text)")
      let coded = try service.call("POST", path, ["Content-Encoding": "gzip"], body: body)
      #expect(coded.status == 415, "\(coded.text)")
    }
    #expect(try names(service).isEmpty)
    // What curl sends by default is the bytes themselves.
    let plain = ["Content-Type": "application/x-www-form-urlencoded"]
    #expect(try service.call("POST", "/v1/data/a.csv", plain, body: body).status == 201)
  }

  @Test func newNamesCannotMislead() throws {
    let service = try RunningService(in: Folder())
    for name in ["%20", "a%20", "%E2%80%AEvsc.exe", "a%EF%BC%8Ecsv", "a%E2%80%8B.csv"] {
      let answer = try service.call("POST", "/v1/data/\(name)", body: [1])
      #expect(answer.status == 400, "\(name): \(answer.status)")
    }
    #expect(try service.call("POST", "/v1/data/%C3%A9.csv", body: [1]).status == 201)
    #expect(try service.call("POST", "/v1/data/e%CC%81.csv", body: [1]).status == 409)
  }
}
