import Foundation
import Testing

/// Processes that keep a model loaded between the requests that score by it.
@Suite struct ServiceResidentTests {
  /// A folder with models of two columns' worth of difference, and rows to score.
  private func prepared(_ task: String = "reduce") throws -> Folder {
    let folder = try Folder()
    try folder.write(Made.table(rows: 300, columns: 6), to: "data.csv")
    try folder.write(Made.table(rows: 40, columns: 6, seed: 9), to: "new.csv")
    try FileManager.default.createDirectory(
      atPath: folder.path("models"),
      withIntermediateDirectories: true
    )
    for seed in [1, 2] {
      let outcome = try Program.run(
        task,
        "data.csv",
        "--epochs",
        "2",
        "--seed",
        "\(seed)",
        "--save",
        "m\(seed).hourglass",
        "--quiet",
        in: folder
      )
      try #require(outcome.code == 0, "\(outcome.errors)")
    }
    try FileManager.default.copyItem(
      atPath: folder.path("m1.hourglass"),
      toPath: folder.path("models/m.hourglass")
    )
    return folder
  }

  /// What the command writes with a model.
  private func expected(_ folder: Folder, _ seed: Int, task: String = "reduce") throws -> String {
    let outcome = try Program.run(
      task,
      "new.csv",
      "--model",
      "m\(seed).hourglass",
      "-o",
      "out\(seed).csv",
      "--quiet",
      in: folder
    )
    try #require(outcome.code == 0, "\(outcome.errors)")
    return folder.text("out\(seed).csv")
  }

  private func score(
    _ service: RunningService,
    _ body: String,
    model: String = "m.hourglass",
    token: String? = nil
  ) throws -> Answer {
    try service.call(
      "POST",
      "/v1/models/\(model)/score",
      ["Content-Type": "text/csv"],
      body: Array(body.utf8),
      token: token
    )
  }

  /// The processes of a server that answer one request after another.
  private func residents(of service: RunningService) throws -> [Int32] {
    let all = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }
    return all.filter { process in
      guard let state = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
        let words = try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8),
        let end = state.lastIndex(of: ")")
      else { return false }
      let parts = state[end...].split(separator: " ")
      return parts.count > 2 && parts[1] != "Z" && Int32(parts[2]) == service.identifier
        && words.contains("--lines")
    }
  }

  @Test(arguments: ["detect", "impute", "features"])
  func theProcessThatStaysAnswersWithTheBytesOfTheCommand(_ task: String) throws {
    let folder = try prepared(task)
    let (service, bytes) = (
      try RunningService(in: folder, ["--models", "models"]),
      try expected(folder, 1, task: task)
    )
    let rows = folder.text("new.csv")
    #expect(try score(service, rows).text == bytes)
    let first = try residents(of: service)
    #expect(first.count == 1)
    for _ in 0..<3 { #expect(try score(service, rows).text == bytes) }
    #expect(try residents(of: service) == first)
    #expect(service.end(SIGTERM) == 0)
  }

  @Test func aProcessThatDiesIsReplaced() throws {
    let folder = try prepared()
    let service = try RunningService(in: folder, ["--models", "models"])
    let (rows, bytes) = (folder.text("new.csv"), try expected(folder, 1))
    #expect(try score(service, rows).text == bytes)
    let first = try residents(of: service)
    for process in first { kill(process, SIGKILL) }
    #expect(try score(service, rows).text == bytes)
    let second = try residents(of: service)
    #expect(second.count == 1 && Set(second).isDisjoint(with: first))
    // It ends with the server, however that ends.
    #expect(service.end(SIGKILL) == 128 + SIGKILL)
    let end = Date() + 20
    while second.contains(where: { kill($0, 0) == 0 }), Date() < end { usleep(10_000) }
    #expect(second.allSatisfy { kill($0, 0) != 0 })
  }

  @Test func aBodyThatNeedsTooMuchMemoryEndsItsProcessAlone() throws {
    let folder = try prepared()
    let service = try RunningService(
      in: folder,
      ["--models", "models", "--job-memory", "96m"]
    )
    let (rows, bytes) = (folder.text("new.csv"), try expected(folder, 1))
    #expect(try score(service, rows).text == bytes)
    let lines = rows.split(separator: "\n").map { "\($0)\n" }
    let (header, line) = (lines[0], lines[1])
    // A cell of 200 million bytes cannot be held in what a process may have.
    let large = header + String(repeating: "1", count: 200_000_000) + "\n"
    let answer = try score(service, large)
    #expect(answer.status == 507 || answer.status == 422, "\(answer.status) \(answer.text)")
    #expect(answer["detail"] as? String != nil)
    #expect(try score(service, "c1\n\"").status == 422)
    #expect(try score(service, header + line).status == 200)
    #expect(try score(service, rows).text == bytes)
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path("kept/local/.runs"))
    #expect(left.isEmpty)
  }

  @Test func aModelThatWasReplacedIsLoadedAnew() throws {
    let folder = try prepared()
    let service = try RunningService(in: folder)
    let rows = folder.text("new.csv")
    for seed in [1, 2, 1] {
      let model = try [UInt8](folder.bytes("m\(seed).hourglass"))
      #expect(try service.call("POST", "/v1/models/m.hourglass", body: model).status == 201)
      let bytes = try expected(folder, seed)
      for _ in 0..<2 { #expect(try score(service, rows).text == bytes) }
      #expect(try service.call("DELETE", "/v1/models/m.hourglass").status == 204)
      #expect(try score(service, rows).status == 404)
    }
  }

  @Test func usersShareNoProcess() throws {
    let folder = try prepared()
    let tokens = ["anna": "anna-0123456789abcdef", "bert": "bert-0123456789abcdef"]
    let lines = tokens.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    try folder.write(lines.joined(separator: "\n") + "\n", to: "users.txt")
    let service = try RunningService(
      in: folder,
      ["--models", "models", "--token-file", "users.txt"]
    )
    let (rows, bytes) = (folder.text("new.csv"), try expected(folder, 1))
    for _ in 0..<2 {
      for token in tokens.values {
        #expect(try score(service, rows, token: token).text == bytes)
      }
    }
    let places = try residents(of: service).map {
      try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\($0)/cwd")
        .split(separator: "/").last.map(String.init)
    }
    #expect(Set(places) == ["anna", "bert"] && places.count == 2)
  }

  @Test func fewProcessesStay() throws {
    let folder = try prepared()
    for number in 0..<7 {
      try FileManager.default.copyItem(
        atPath: folder.path("m1.hourglass"),
        toPath: folder.path("models/n\(number).hourglass")
      )
    }
    let service = try RunningService(in: folder, ["--models", "models"])
    let (rows, bytes) = (folder.text("new.csv"), try expected(folder, 1))
    for number in 0..<7 {
      #expect(try score(service, rows, model: "n\(number).hourglass").text == bytes)
    }
    let end = Date() + 20
    while try residents(of: service).count > 4, Date() < end { usleep(10_000) }
    #expect(try residents(of: service).count == 4)
  }
}
