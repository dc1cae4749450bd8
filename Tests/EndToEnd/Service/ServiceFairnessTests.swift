import Foundation
import Testing

/// What one user or one client takes does not stop the others.
@Suite struct ServiceFairnessTests {
  private static let (anna, bert) = ("anna-0123456789abcdef", "bert-0123456789abcdef")

  /// A server of two users with a table that takes a moment to read.
  private func prepared(_ arguments: [String] = []) throws -> RunningService {
    let folder = try Folder()
    try folder.write("anna \(Self.anna)\nbert \(Self.bert)\n", to: "users.txt")
    let lines = String(repeating: "1.25,2.5,3.75,4\n", count: 1 << 16)
    let rows = "a,b,c,d\n" + String(repeating: lines, count: 100)
    try folder.write(Array(rows.utf8), to: "data/large.csv", making: "data")
    return try RunningService(
      in: folder,
      ["--data", "data", "--token-file", "users.txt"] + arguments
    )
  }

  private static let large = "{\"data\":\"shared/large.csv\"}"

  @Test func aRunEndsWhenItsClientGoes() throws {
    let service = try prepared()
    var wires = [try service.begin("/v1/inspect", json: Self.large, token: Self.anna)]
    let halted = try service.halt(1, of: "anna")
    #expect(!wires[0].hasBytes)
    wires = []
    let end = Date() + 30
    while try !service.children("run", of: "anna").isEmpty, Date() < end { usleep(10_000) }
    #expect(try service.children("run", of: "anna").isEmpty)
    for process in halted { kill(process, SIGCONT) }
    let folder = service.folder.path("kept/anna/.runs")
    while try !FileManager.default.contentsOfDirectory(atPath: folder).isEmpty, Date() < end {
      usleep(10_000)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }

  @Test func oneUserLeavesAPlaceForOthers() throws {
    let service = try prepared()
    var wires = try (0..<8).map { _ in
      try service.begin("/v1/inspect", json: Self.large, token: Self.anna)
    }
    let halted = try service.halt(3, of: "anna")
    try service.upload("small.csv", Made.table(rows: 50, columns: 3), token: Self.bert)
    for _ in 0..<3 {
      let small = "{\"data\":\"uploads/small.csv\"}"
      #expect(try service.post("/v1/inspect", json: small, token: Self.bert).status == 200)
    }
    #expect(try service.children("--end-with-input", of: "anna").count == 3)
    // Those that only wait are given up with their clients.
    wires = []
    for process in halted { kill(process, SIGCONT) }
    let end = Date() + 30
    while try !service.children("run", of: "anna").isEmpty, Date() < end { usleep(10_000) }
    #expect(try service.children("run", of: "anna").isEmpty)
    #expect(wires.isEmpty)
  }

  @Test func aRunThatTakesTooLongIsEnded() throws {
    let service = try prepared(["--request-minutes", "0.05"])
    let wire = try service.begin("/v1/inspect", json: Self.large, token: Self.anna)
    _ = try service.halt(1, of: "anna")
    let answer = RunningService.parsed(wire.receiveAll())
    #expect(answer.status == 422, "\(answer.status) \(answer.text)")
    #expect(answer.text.contains("3 seconds"), "\(answer.text)")
    #expect(try service.children("run", of: "anna").isEmpty)
  }

  @Test func whatAClientWaitsForCountsAsComputing() throws {
    let service = try prepared(["--quota-minutes", "0.002"])
    var statuses: [Int] = []
    while statuses.last != 429, statuses.count < 20 {
      statuses.append(try service.post("/v1/inspect", json: Self.large, token: Self.anna).status)
    }
    #expect(statuses.last == 429, "\(statuses)")
    let session = try service.get("/v1/session", token: Self.anna)
    let quotas = session["quotas"] as? [String: [String: Double]]
    #expect((quotas?["minutes"]?["used"] ?? 0) >= 0.002, "\(session.text)")
    let job = "{\"task\":\"inspect\",\"data\":[\"shared/large.csv\"]}"
    #expect(try service.post("/v1/jobs", json: job, token: Self.anna).status == 429)
    #expect(try service.get("/v1/session", token: Self.bert).text.contains("\"used\":0"))
  }

  /// Rows far behind are no work of the threads that answer requests, and there is an end to them.
  @Test func previewsDoNotStopOthers() throws {
    let service = try prepared()
    let path = "/v1/preview?name=shared/large.csv&from=999999999&count=1"
    let wires = try (0..<8).map { _ in
      try service.begin("GET", path, length: 0, token: Self.anna)
    }
    #expect(try service.get("/healthz").status == 200)
    #expect(wires.count { $0.hasBytes } <= 4)
    for wire in wires { #expect(RunningService.parsed(wire.receiveAll()).status == 422) }
    let near = "/v1/preview?name=shared/large.csv&from=1000&count=2"
    #expect((try service.get(near, token: Self.anna)["rows"] as? [Any])?.count == 2)
  }
}
