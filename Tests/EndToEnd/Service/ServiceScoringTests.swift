import Foundation
import Testing

/// Models that are applied over HTTP, and databases that are asked.
@Suite struct ServiceScoringTests {
  /// A folder with a model of a table.
  private func prepared(_ words: [String]) throws -> Folder {
    let folder = try Folder()
    try folder.write(Made.table(rows: 400, columns: 6), to: "data.csv")
    try folder.write(Made.table(rows: 50, columns: 6, seed: 9), to: "new.csv")
    try FileManager.default.createDirectory(
      atPath: folder.path("models"),
      withIntermediateDirectories: true
    )
    let outcome = try Program.run(
      words + ["--epochs", "2", "--seed", "1", "--save", "models/m.hourglass", "--quiet"],
      in: folder
    )
    try #require(outcome.code == 0, "\(outcome.errors)")
    return folder
  }

  private func score(
    _ service: RunningService,
    _ body: [UInt8],
    _ type: String = "text/csv"
  ) throws -> Answer {
    try service.call("POST", "/v1/models/m.hourglass/score", ["Content-Type": type], body: body)
  }

  @Test(arguments: [
    ["detect", "data.csv"], ["reduce", "data.csv"], ["impute", "data.csv"],
    ["features", "data.csv"],
  ])
  func scoresAreTheBytesOfTheCommand(_ words: [String]) throws {
    let folder = try prepared(words)
    let service = try RunningService(in: folder, ["--models", "models"])
    let command = [
      words[0], "new.csv", "--model", "models/m.hourglass", "-o", "out.csv", "--quiet",
    ]
    #expect(try Program.run(command, in: folder).code == 0)
    let answer = try score(service, Array(folder.text("new.csv").utf8))
    #expect(answer.status == 200, "\(answer.text)")
    #expect(answer.headers["content-type"] == "text/csv; charset=utf-8")
    #expect(try Data(answer.body) == folder.bytes("out.csv"))
    #expect(try leftOver(folder).isEmpty)
  }

  private func leftOver(_ folder: Folder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path("kept/local/.runs"))
  }

  @Test func linesOfJSONComeBackAsSuch() throws {
    let folder = try prepared(["detect", "data.csv"])
    let service = try RunningService(in: folder, ["--models", "models"])
    let rows = folder.text("new.csv").split(separator: "\n").dropFirst().map { row in
      let cells = row.split(separator: ",").enumerated().map {
        "\"c\($0.offset + 1)\":\($0.element)"
      }
      return "{\(cells.joined(separator: ","))}"
    }
    try folder.write(rows.joined(separator: "\n") + "\n", to: "new.jsonl")
    let command = [
      "detect", "new.jsonl", "--model", "models/m.hourglass", "-o", "out.jsonl", "--quiet",
    ]
    #expect(try Program.run(command, in: folder).code == 0)
    let answer = try score(service, Array(folder.text("new.jsonl").utf8), "application/x-ndjson")
    #expect(try Data(answer.body) == folder.bytes("out.jsonl"), "\(answer.text)")
  }

  @Test func whatCannotBeScoredIsRefused() throws {
    let folder = try prepared(["detect", "data.csv"])
    let service = try RunningService(in: folder, ["--models", "models"])
    let broken = try score(service, Array("c1,c2\n1,2,3\n".utf8))
    #expect(broken.status == 422, "\(broken.text)")
    #expect((broken["detail"] as? String)?.isEmpty == false)
    #expect(try score(service, Array("x".utf8), "text/html").status == 415)
    #expect(try score(service, Array("x".utf8), "image/png").status == 409)
    #expect(try score(service, []).status == 400)
    let none = ["Content-Type": "text/csv"]
    #expect(try service.call("POST", "/v1/models/n/score", none, body: [1]).status == 404)
    #expect(try service.call("DELETE", "/v1/models/m.hourglass").status == 409)
    let models = try service.get("/v1/models")["models"] as? [[String: Any]] ?? []
    #expect(models.first?["task"] as? String == "detect")
    #expect(models.first?["place"] as? String == "shared")
    let summary = try service.get("/v1/models/m.hourglass")
    #expect(summary["file"] as? String == "m.hourglass")
  }

  @Test func manyRequestsAtOnceLoseAndMixNone() throws {
    let folder = try prepared(["reduce", "data.csv"])
    let service = try RunningService(in: folder, ["--models", "models"])
    let lines = folder.text("new.csv").split(separator: "\n").map(String.init)
    func table(_ index: Int) -> [UInt8] {
      Array(
        (lines[0] + "\n" + lines[1 + index % 40...index % 40 + 5].joined(separator: "\n") + "\n")
          .utf8
      )
    }
    let expected = try (0..<40).map { try score(service, table($0)).text }
    #expect(Set(expected).count == 40)
    // All are sent before the first answer is read.
    let wires = try (0..<200).map { index in
      let wire = try Wire(port: service.port)
      let body = table(index)
      _ = wire.send(
        "POST /v1/models/m.hourglass/score HTTP/1.1\r\nHost: 127.0.0.1:\(service.port)\r\n"
          + "Authorization: Bearer \(service.token)\r\nContent-Type: text/csv\r\n"
          + "Connection: close\r\nContent-Length: \(body.count)\r\n\r\n"
      )
      wire.send(body)
      return wire
    }
    for (index, wire) in wires.enumerated() {
      let answer = RunningService.parsed(wire.receiveAll())
      #expect(
        answer.status == 200 && answer.text == expected[index % 40],
        "\(index): \(answer.status)"
      )
    }
  }

  @Test func aModelIsUploadedAndUsed() throws {
    let folder = try prepared(["detect", "data.csv"])
    let service = try RunningService(in: folder)
    let bytes = try [UInt8](folder.bytes("models/m.hourglass"))
    #expect(try service.call("POST", "/v1/models/m.hourglass", body: bytes).status == 201)
    #expect(try service.call("POST", "/v1/models/m.hourglass", body: bytes).status == 409)
    #expect(try service.call("POST", "/v1/models/bad.hourglass", body: [1, 2, 3]).status == 422)
    #expect(try service.call("POST", "/v1/models/bad.txt", body: bytes).status == 400)
    #expect(try score(service, Array(folder.text("new.csv").utf8)).status == 200)
  }

  @Test func cellsThatASpreadsheetWouldRunAreMarked() throws {
    let folder = try Folder()
    let rows = (0..<60).map { "=1+\($0),\($0),-\($0).5" }.joined(separator: "\n")
    let service = try RunningService(in: folder)
    try service.upload("t.csv", "who,a,b\n\(rows)\n,7,1\n")
    let id = try service.start(
      "{\"task\":\"impute\",\"data\":[\"uploads/t.csv\"],\"training\":{\"epochs\":1},"
        + "\"files\":{\"output\":\"f.csv\"}}"
    )
    try service.wait(id)
    let plain = try service.get("/v1/jobs/\(id)/file?name=f.csv").text
    let marked = try service.get("/v1/jobs/\(id)/file?name=f.csv&for=spreadsheet").text
    #expect(plain.contains("\n=1+5,5,-5.5\n"), "\(plain)")
    #expect(marked.contains("\n'=1+5,5,-5.5\n"))
    #expect(marked.replacingOccurrences(of: "'=", with: "=") == plain)
  }

  @Test func aDatabaseFindsAnImage() throws {
    let service = try RunningService(in: Folder())
    let examples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../Examples/Data/Images/new").standardizedFileURL
    let names = try FileManager.default.contentsOfDirectory(atPath: examples.path).sorted()
    for name in names {
      let bytes = try [UInt8](Data(contentsOf: examples.appendingPathComponent(name)))
      #expect(try service.call("POST", "/v1/data/photos/\(name)", body: bytes).status == 201)
    }
    let shown = try service.get("/v1/file?name=uploads/photos/\(names[3])")
    #expect(shown.headers["content-type"] == "image/jpeg")
    #expect(shown.headers["content-disposition"] == nil)
    let set = try service.get("/v1/preview?name=uploads/photos&count=5")
    #expect((set["files"] as? [Any])?.count == 5)
    let id = try service.start(
      "{\"task\":\"match add\",\"data\":[\"uploads/photos\"],\"training\":{\"epochs\":1,\"seed\":1},"
        + "\"options\":{\"database\":\"photos.db\"}}"
    )
    let job = try service.wait(id)
    #expect(job["state"] as? String == "done", "\(job)")
    #expect(try service.get("/v1/databases").text.contains("photos.db"))
    let photo = try [UInt8](Data(contentsOf: examples.appendingPathComponent(names[3])))
    let found = try service.call(
      "POST",
      "/v1/databases/photos.db/find?count=1",
      ["Content-Type": "image/jpeg"],
      body: photo
    )
    #expect(found.status == 200, "\(found.text)")
    #expect(found.text.contains(names[3].prefix { $0 != "." }), "\(found.text)")
    let audio = ["Content-Type": "text/html"]
    #expect(
      try service.call("POST", "/v1/databases/photos.db/find", audio, body: [1]).status == 415
    )
    #expect(try service.call("DELETE", "/v1/databases/photos.db").status == 204)
    #expect(try service.get("/v1/databases").text == "{\"databases\":[]}")
  }

  @Test func theExampleThatIsBuiltInNeedsNoFolder() throws {
    let service = try RunningService(in: Folder())
    let examples = try service.get("/v1/examples")["examples"] as? [[String: Any]] ?? []
    #expect(
      Set(examples.compactMap { $0["task"] as? String }) == ["impute", "features", "generate"]
    )
    let preview = try service.get("/v1/preview?name=examples/Tables/penguins.csv&count=3")
    #expect((preview["rows"] as? [Any])?.count == 3)
    let request = try #require(examples.first?["request"])
    var body = try #require(request as? [String: Any])
    body["training"] = ["epochs": 1]
    let text = String(decoding: try JSONSerialization.data(withJSONObject: body), as: UTF8.self)
    #expect(try service.wait(try service.start(text))["state"] as? String == "done")
  }
}
