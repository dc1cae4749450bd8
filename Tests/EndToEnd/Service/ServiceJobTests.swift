import Foundation
import Testing

/// Jobs from upload to download, stopped, killed, and after a restart.
@Suite struct ServiceJobTests {
  /// A request that takes some seconds.
  private static let long = """
    {"task": "reduce", "data": ["uploads/data.csv"], "computing": {"threads": 1},
     "options": {"shape": {"hidden": "128,64"}}, "files": {"save": "map.hourglass", "output": "z.csv"},
     "training": {"epochs": 60, "learningRate": 0.0003, "checkpointEvery": 0, "seed": 1}}
    """

  private func prepared(_ arguments: [String] = []) throws -> RunningService {
    let folder = try Folder()
    try folder.write(Made.table(rows: 3_000, columns: 24), to: "data.csv")
    let service = try RunningService(in: folder, arguments)
    try service.upload("data.csv", folder.text("data.csv"))
    return service
  }

  @Test func aTableIsInspectedReducedAndDownloaded() throws {
    let service = try prepared()
    let inspection = try service.post("/v1/inspect", json: "{\"data\": \"uploads/data.csv\"}")
    #expect(inspection["kind"] as? String == "table")
    #expect(inspection["file"] as? String == "uploads/data.csv")
    let id = try service.start(
      """
      {"task": "reduce", "data": ["uploads/data.csv"], "files": {"output": "z.csv", "save": "m.hourglass"},
       "options": {"plot": "map.html"}, "training": {"epochs": 3, "seed": 5}, "computing": {"threads": 1}}
      """
    )
    let job = try service.wait(id)
    #expect(job["state"] as? String == "done", "\(job)")
    #expect(job["model"] as? String == "m.hourglass")
    let result = try service.get("/v1/jobs/\(id)/result")
    #expect(result["evaluation"] is [String: Any])
    let files = try service.get("/v1/jobs/\(id)/files")["files"] as? [[String: Any]] ?? []
    #expect(files.compactMap { $0["name"] as? String } == ["map.html", "z.csv"])

    // The same as the command makes.
    let words = [
      "reduce", "data.csv", "-o", "z.csv", "--save", "m.hourglass", "--epochs", "3", "--seed", "5",
      "--threads", "1", "--quiet",
    ]
    #expect(try Program.run(words, in: service.folder).code == 0)
    let table = try service.get("/v1/jobs/\(id)/file?name=z.csv")
    #expect(try Data(table.body) == service.folder.bytes("z.csv"))
    let model = try service.get("/v1/models/m.hourglass/file")
    #expect(try Data(model.body) == service.folder.bytes("m.hourglass"))

    let rows = try service.get("/v1/jobs/\(id)/rows?name=z.csv&from=2990&count=20")
    #expect((rows["rows"] as? [[String]])?.count == 10)
    #expect(rows["more"] as? Bool == false)
    let page = try service.get("/v1/jobs/\(id)/file?name=map.html")
    #expect(page.headers["content-security-policy"]?.hasPrefix("sandbox allow-scripts;") == true)
    let part = try service.call("GET", "/v1/jobs/\(id)/file?name=z.csv", ["Range": "bytes=10-19"])
    #expect(part.status == 206)
    #expect(part.body == Array(table.body[10..<20]))

    let events = try service.get("/v1/jobs/\(id)/events").text
    for name in ["training", "finished", "stoppable", "ended"] {
      #expect(events.contains("event: \(name)\ndata: {"), "\(name) in \(events)")
    }
    #expect(events.hasSuffix("\n\n"))
    let texts = try service.get("/v1/jobs/\(id)/command")
    #expect((texts["command"] as? String)?.contains("hourglass") == true)
    #expect((texts["curl"] as? String)?.contains("/v1/jobs") == true)

    #expect(try service.call("DELETE", "/v1/jobs/\(id)").status == 204)
    #expect(try service.get("/v1/jobs/\(id)").status == 404)
    #expect(try service.get("/v1/models/m.hourglass").status == 200)
    #expect(try service.call("DELETE", "/v1/models/m.hourglass").status == 204)
    #expect(try service.get("/v1/models/m.hourglass").status == 404)
  }

  @Test func requestsThatCannotBeRunAreRefusedAtOnce() throws {
    let service = try prepared()
    let cases: [(String, Int)] = [
      ("{}", 400), ("[]", 400), ("{\"task\":\"fly\",\"data\":[]}", 400), ("nonsense", 400),
      ("{\"task\":\"reduce\",\"data\":[\"uploads/none.csv\"]}", 404),
      ("{\"task\":\"reduce\",\"data\":[\"data.csv\"]}", 400),
      ("{\"task\":\"reduce\",\"data\":[]}", 400),
      (
        "{\"task\":\"reduce\",\"data\":[\"uploads/data.csv\"],\"files\":{\"output\":\"../x\"}}", 400
      ),
      (
        "{\"task\":\"reduce\",\"data\":[\"uploads/data.csv\"],\"files\":{\"output\":\"/tmp/x\"}}",
        400
      ),
      ("{\"task\":\"reduce\",\"data\":[\"uploads/data.csv\"],\"files\":{\"save\":\"a/b\"}}", 400),
      ("{\"task\":\"reduce\",\"data\":[\"uploads/data.csv\"],\"files\":{\"model\":\"n\"}}", 404),
      ("{\"task\":\"reduce\",\"data\":[\"uploads/data.csv\"],\"training\":{\"epochs\":0}}", 400),
      ("{\"task\":\"reduce\",\"data\":[\"uploads/data.csv\"],\"training\":{\"resume\":true}}", 400),
      (
        "{\"task\":\"reduce\",\"data\":[\"uploads/data.csv\"],\"training\":{\"checkpoint\":\"x\"}}",
        400
      ),
      (
        "{\"task\":\"match find\",\"data\":[\"uploads/data.csv\"],\"options\":{\"database\":\"d\"}}",
        404
      ),
      ("{\"task\":\"reduce\",\"data\":[\"uploads/data.csv\"],\"wrong\":1}", 400),
    ]
    for (request, status) in cases {
      let answer = try service.post("/v1/jobs", json: request)
      #expect(answer.status == status, "\(request): \(answer.status) \(answer.text)")
      #expect(answer.headers["content-type"] == "application/problem+json")
    }
    #expect((try service.get("/v1/jobs")["jobs"] as? [Any])?.isEmpty == true)
  }

  @Test func aFailureSaysWhatTheCommandSays() throws {
    let service = try prepared()
    try service.upload("broken.csv", "a,b\n1,2,3\n4\n")
    let id = try service.start("{\"task\": \"reduce\", \"data\": [\"uploads/broken.csv\"]}")
    let job = try service.wait(id)
    #expect(job["state"] as? String == "failed")
    let message = (job["error"] as? [String: Any])?["message"] as? String ?? ""
    #expect(message.contains("uploads/broken.csv"), "\(message)")
    #expect(try service.get("/v1/jobs/\(id)/result").status == 409)
  }

  @Test func stoppingKeepsAModelThatLoads() throws {
    let service = try prepared()
    let id = try service.start(Self.long)
    try service.waitUntilItLearns(id)
    let answer = try service.post("/v1/jobs/\(id)/stop", json: "")
    #expect(answer.status == 202, "\(answer.text)")
    let job = try service.wait(id)
    #expect(job["state"] as? String == "stopped", "\(job)")
    #expect(try service.get("/v1/models/map.hourglass").status == 200)
    let use = try service.start(
      """
      {"task": "reduce", "data": ["uploads/data.csv"],
       "files": {"model": "models/map.hourglass", "output": "again.csv"}}
      """
    )
    #expect(try service.wait(use)["state"] as? String == "done")
    // It can go on, and ends as if it had never been stopped.
    #expect(job["resumable"] as? Bool == true)
    #expect(try service.post("/v1/jobs/\(id)/resume", json: "").status == 202)
    #expect(try service.wait(id)["state"] as? String == "done")
    try expectSameModel(service)
  }

  /// Trains with the command, and compares the models.
  private func expectSameModel(_ service: RunningService) throws {
    let words = [
      "reduce", "data.csv", "--hidden", "128,64", "--epochs", "60", "--learning-rate", "0.0003",
      "--threads", "1", "--seed", "1", "--save", "whole.hourglass", "-o", "whole.csv", "--quiet",
    ]
    #expect(try Program.run(words, in: service.folder).code == 0)
    let model = try service.get("/v1/models/map.hourglass/file").body
    #expect(try Data(model) == service.folder.bytes("whole.hourglass"))
  }

  @Test func aServerThatIsKilledGoesOnToTheSameBytes() throws {
    let first = try prepared()
    let id = try first.start(Self.long)
    try first.waitUntilItLearns(id)
    first.end(SIGKILL)
    let second = try RunningService(in: first.folder)
    let job = try second.wait(id)
    #expect(job["state"] as? String == "done", "\(job)")
    let events = try second.get("/v1/jobs/\(id)/events").text
    #expect(events.components(separatedBy: "\"state\":\"started\"").count == 3, "it trained twice")
    let table = try second.get("/v1/jobs/\(id)/file?name=z.csv")
    try expectSameModel(second)
    #expect(try Data(table.body) == second.folder.bytes("whole.csv"))
  }

  @Test func aServerThatIsAskedToEndLeavesACheckpoint() throws {
    let first = try prepared()
    let id = try first.start(Self.long)
    try first.waitUntilItLearns(id)
    let stream = try Wire(port: first.port)
    _ = stream.send(
      "GET /v1/jobs/\(id)/events HTTP/1.1\r\nHost: 127.0.0.1:\(first.port)\r\n"
        + "Authorization: Bearer \(first.token)\r\n\r\n"
    )
    #expect(!stream.receive().isEmpty)
    #expect(first.end(SIGTERM) == 0, "\(first.errors)")
    _ = stream.receiveAll()
    #expect(first.folder.has("kept/local/jobs/\(id)/checkpoint"))
    let second = try RunningService(in: first.folder)
    #expect(try second.wait(id)["state"] as? String == "done")
    try expectSameModel(second)
  }

  @Test func oneTrainsAndTheOthersWaitOrAreDiscarded() throws {
    let service = try prepared()
    let first = try service.start(Self.long)
    let request = { (name: String) in
      "{\"task\":\"reduce\",\"data\":[\"uploads/data.csv\"],\"training\":{\"epochs\":1},"
        + "\"files\":{\"save\":\"\(name)\"}}"
    }
    let second = try service.start(request("b.hourglass"))
    let third = try service.start(request("c.hourglass"))
    try service.waitUntilItLearns(first)
    #expect(try service.get("/v1/jobs/\(second)")["position"] as? Int == 0)
    #expect(try service.get("/v1/jobs/\(third)")["position"] as? Int == 1)
    #expect(try service.post("/v1/jobs", json: request("b.hourglass")).status == 409)
    #expect(try service.post("/v1/jobs/\(third)/stop", json: "").status == 409)
    #expect(try service.call("DELETE", "/v1/data/data.csv").status == 409)
    // What does not train goes beside it.
    let inspection = try service.post("/v1/inspect", json: "{\"data\": \"uploads/data.csv\"}")
    #expect(inspection.status == 200)
    #expect(try service.get("/v1/jobs/\(first)")["state"] as? String == "running")
    #expect(try service.call("DELETE", "/v1/jobs/\(second)").status == 204)
    #expect(try service.call("DELETE", "/v1/jobs/\(first)").status == 204)
    #expect(try service.wait(third)["state"] as? String == "done")
    let models = try service.get("/v1/models")["models"] as? [[String: Any]] ?? []
    #expect(models.compactMap { $0["name"] as? String } == ["c.hourglass"])
    #expect(!service.folder.has("kept/local/jobs/\(first)"))
  }

  @Test func usersSeeTheirOwnAlone() throws {
    let folder = try Folder()
    try folder.write(
      "# users\nanna anna-0123456789abcdef jobs=1 bytes=1m\nbert bert-0123456789abcdef\n",
      to: "users.txt"
    )
    let service = try RunningService(in: folder, ["--token-file", "users.txt"])
    let (anna, bert) = ("anna-0123456789abcdef", "bert-0123456789abcdef")
    #expect(try service.call("GET", "/", token: "").headers["set-cookie"] == nil)
    let login = try service.call(
      "POST",
      "/v1/session",
      ["Content-Type": "application/json"],
      body: Array("{\"token\":\"\(bert)\"}".utf8),
      token: ""
    )
    #expect(login.status == 204)
    let cookie = String((login.headers["set-cookie"] ?? "").prefix { $0 != ";" })
    let session = try service.call("GET", "/v1/session", ["Cookie": cookie], token: "")
    #expect(session["user"] as? String == "bert")
    try service.upload("a.csv", Made.table(rows: 60, columns: 3), token: anna)
    #expect(try service.get("/v1/data", token: bert).text == "{\"items\":[]}")
    #expect(try service.get("/v1/file?name=uploads/a.csv", token: bert).status == 404)
    let request = "{\"task\":\"reduce\",\"data\":[\"uploads/a.csv\"],\"training\":{\"epochs\":1}}"
    #expect(try service.post("/v1/jobs", json: request, token: bert).status == 404)
    let id = try service.start(request, token: anna)
    try service.wait(id, token: anna)
    for path in ["", "/result", "/events", "/files", "/command", "/file?name=z.csv"] {
      #expect(try service.get("/v1/jobs/\(id)\(path)", token: bert).status == 404)
    }
    #expect(try service.call("DELETE", "/v1/jobs/\(id)", token: bert).status == 404)
    #expect(try service.get("/v1/models", token: bert).text == "{\"models\":[]}")

    // The quotas of the first one.
    #expect(try service.post("/v1/jobs", json: request, token: anna).status == 429)
    let large = [UInt8](repeating: 0x61, count: 2 << 20)
    #expect(try service.call("POST", "/v1/data/l.csv", body: large, token: anna).status == 429)
    #expect(try service.call("POST", "/v1/data/l.csv", body: large, token: bert).status == 201)
    let quotas =
      try service.get("/v1/session", token: anna)["quotas"] as? [String: [String: Double]]
    #expect(quotas?["jobs"] == ["used": 1, "limit": 1])
    #expect(quotas?["bytes"]?["limit"] == Double(1 << 20))
    #expect((quotas?["minutes"]?["used"] ?? 0) > 0)
  }

  @Test func aJobThatTakesTooMuchEndsWithAReason() throws {
    let service = try prepared(["--job-minutes", "0.02", "--job-memory", "2g"])
    let endless = Self.long.replacingOccurrences(of: "\"epochs\": 60", with: "\"epochs\": 100000")
    let late = try service.wait(try service.start(endless))
    // What it had learned by then is kept.
    #expect(late["state"] as? String == "stopped", "\(late)")
    let small = try RunningService(in: service.folder, ["--job-memory", "96m"], workspace: "other")
    let rows = service.folder.text("data.csv").split(separator: "\n")
    let many = String(repeating: rows.dropFirst().joined(separator: "\n") + "\n", count: 60)
    try small.upload("data.csv", "\(rows[0])\n\(many)")
    let poor = try small.wait(try small.start(Self.long))
    #expect(poor["state"] as? String == "failed")
    let message = (poor["error"] as? [String: Any])?["message"] as? String ?? ""
    #expect(message.contains("memory"), "\(message)")
  }
}

extension RunningService {
  /// Waits until a job trains and has written a checkpoint.
  func waitUntilItLearns(_ id: String) throws {
    let end = Date() + 60
    while !folder.has("kept/local/jobs/\(id)/checkpoint") {
      try #require(Date() < end, "the job \(id) did not train")
      usleep(5_000)
    }
    while try get("/v1/jobs/\(id)")["keeps"] as? Bool != true {
      try #require(Date() < end, "the job \(id) did not train")
      usleep(5_000)
    }
  }
}
