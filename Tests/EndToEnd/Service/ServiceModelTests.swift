import Foundation
import Testing

/// When the model of a job is one of the workspace, and when it goes.
@Suite struct ServiceModelTests {
  private static let request = """
    {"task": "reduce", "data": ["uploads/data.csv"], "computing": {"threads": 1},
     "options": {"shape": {"hidden": "128,64"}}, "files": {"save": "kept.hourglass"},
     "training": {"epochs": 100000, "learningRate": 0.0003, "checkpointEvery": 0, "seed": 1}}
    """

  private func prepared(_ arguments: [String] = []) throws -> RunningService {
    let service = try RunningService(in: Folder(), arguments)
    try service.upload("data.csv", Made.table(rows: 3_000, columns: 24))
    return service
  }

  private func models(_ service: RunningService) throws -> [String] {
    let models = try service.get("/v1/models")["models"] as? [[String: Any]] ?? []
    return models.compactMap { $0["name"] as? String }
  }

  @Test func discardingAResumedRunLeavesTheModelThatWasKept() throws {
    let service = try prepared()
    let id = try service.start(Self.request)
    try service.waitUntilItLearns(id)
    #expect(try service.post("/v1/jobs/\(id)/stop", json: "").status == 202)
    #expect(try service.wait(id)["model"] as? String == "kept.hourglass")
    let bytes = try service.folder.bytes("kept/local/models/kept.hourglass")
    #expect(try service.post("/v1/jobs/\(id)/resume", json: "").status == 202)
    try service.waitUntilItLearns(id)
    #expect(try service.call("DELETE", "/v1/jobs/\(id)").status == 204)
    #expect(try models(service) == ["kept.hourglass"])
    #expect(try service.folder.bytes("kept/local/models/kept.hourglass") == bytes)
  }

  @Test func aRunThatIsNotDoneHasNoModel() throws {
    let first = try prepared()
    let id = try first.start(Self.request)
    try first.waitUntilItLearns(id)
    #expect(first.end(SIGTERM) == 0)
    let second = try RunningService(in: first.folder)
    try second.waitUntilItLearns(id)
    #expect(try models(second).isEmpty)
    let type = ["Content-Type": "text/csv"]
    let path = "/v1/models/kept.hourglass/score"
    #expect(try second.call("POST", path, type, body: [1]).status == 404)
    // Nobody else gets the name meanwhile.
    #expect(try second.post("/v1/jobs", json: Self.request).status == 409)
    #expect(try second.post("/v1/jobs/\(id)/stop", json: "").status == 202)
    #expect(try second.wait(id)["state"] as? String == "stopped")
    #expect(try models(second) == ["kept.hourglass"])
    #expect(try second.get("/v1/models/kept.hourglass").status == 200)
  }

  @Test func aModelThatTookTheNameIsNotReplaced() throws {
    let service = try prepared()
    let id = try service.start(Self.request)
    try service.waitUntilItLearns(id)
    #expect(try service.post("/v1/jobs/\(id)/stop", json: "").status == 202)
    try service.wait(id)
    let model = try [UInt8](service.folder.bytes("kept/local/models/kept.hourglass"))
    #expect(try service.call("DELETE", "/v1/models/kept.hourglass").status == 204)
    #expect(try service.call("POST", "/v1/models/kept.hourglass", body: model).status == 201)
    #expect(try service.post("/v1/jobs/\(id)/resume", json: "").status == 409)
    #expect(try service.call("DELETE", "/v1/models/kept.hourglass").status == 204)
    #expect(try service.post("/v1/jobs/\(id)/resume", json: "").status == 202)
    #expect(try service.call("POST", "/v1/models/kept.hourglass", body: model).status == 409)
    #expect(try service.call("DELETE", "/v1/jobs/\(id)").status == 204)
  }

  @Test func namesOfSharedModelsAreTaken() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 200, columns: 4), to: "data.csv")
    try FileManager.default.createDirectory(
      atPath: folder.path("models"),
      withIntermediateDirectories: true
    )
    let made = try Program.run(
      ["detect", "data.csv", "--epochs", "1", "--save", "models/kept.hourglass", "--quiet"],
      in: folder
    )
    try #require(made.code == 0, "\(made.errors)")
    let service = try RunningService(in: folder, ["--models", "models"])
    try service.upload("data.csv", folder.text("data.csv"))
    #expect(try service.post("/v1/jobs", json: Self.request).status == 409)
    let model = try [UInt8](folder.bytes("models/kept.hourglass"))
    #expect(try service.call("POST", "/v1/models/kept.hourglass", body: model).status == 409)
    #expect(try models(service) == ["kept.hourglass"])
  }

  /// Errors speak of what was sent.
  @Test func errorsOfScoringNameTheBody() throws {
    let service = try prepared()
    let id = try service.start(Self.request.replacingOccurrences(of: "100000,", with: "1,"))
    #expect(try service.wait(id)["state"] as? String == "done")
    let answer = try service.call(
      "POST",
      "/v1/models/kept.hourglass/score",
      ["Content-Type": "text/csv"],
      body: Array("c1,c2\n1,2,3\n".utf8)
    )
    #expect(answer.status == 422)
    let detail = answer["detail"] as? String ?? ""
    #expect(detail.contains("the body"), "\(detail)")
    #expect(!detail.contains(".runs"), "\(detail)")
    #expect(answer.headers["connection"] == "close")
  }

  @Test(arguments: [
    ("{\"epochs\":1e30}", "training.epochs"), ("{\"seed\":-1}", "training.seed"),
    ("{\"epochs\":99999999999999999999}", "training.epochs"),
  ])
  func membersOutOfRangeAreNamed(_ training: String, _ name: String) throws {
    let service = try prepared()
    let request = "{\"task\":\"detect\",\"data\":[\"uploads/data.csv\"],\"training\":\(training)}"
    let answer = try service.post("/v1/jobs", json: request)
    #expect(answer.status == 400)
    #expect((answer["detail"] as? String)?.contains(name) == true, "\(answer.text)")
    let bytes = [UInt8(0xff)] + Array(request.utf8)
    let type = ["Content-Type": "application/json"]
    let wrong = try service.call("POST", "/v1/jobs", type, body: bytes)
    #expect(wrong.status == 400)
    #expect(wrong.text.contains("UTF-8"), "\(wrong.text)")
  }
}
