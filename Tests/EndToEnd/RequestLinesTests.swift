import Foundation
import Testing

/// Requests on standard input, a line each.
@Suite struct RequestLinesTests {
  /// Runs the program with some lines on standard input.
  private func answers(_ lines: String, in folder: Folder) throws -> [String] {
    try folder.write(lines, to: "lines.jsonl")
    let script = "\"$0\" run - --lines <lines.jsonl"
    let outcome = try Running(["-c", script, Program.path], in: folder, program: "/bin/sh").wait()
    #expect(outcome.code == 0, "\(outcome.errors)")
    return outcome.output.split(separator: "\n").map(String.init)
  }

  @Test func eachRequestIsAnsweredByALine() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 200, columns: 5), to: "data.csv")
    let trained = try Program.run(
      "reduce",
      "data.csv",
      "--epochs",
      "2",
      "--seed",
      "1",
      "--save",
      "m.hourglass",
      "-o",
      "expected.csv",
      "--quiet",
      in: folder
    )
    #expect(trained.code == 0, "\(trained.errors)")
    func request(_ output: String, _ data: String = "data.csv") -> String {
      "{\"task\":\"reduce\",\"data\":[\"\(data)\"],"
        + "\"files\":{\"model\":\"m.hourglass\",\"output\":\"\(output)\"}}"
    }
    let lines = [
      request("a.csv"), "", "{\"task\":\"none\"}", request("c.csv", "missing.csv"), "nonsense",
      request("-"), request("b.csv"),
    ]
    let answers = try answers(lines.joined(separator: "\n"), in: folder)
    #expect(answers.count == 6)
    let objects = try answers.map { try json($0) }
    #expect(objects.map { $0["result"] != nil } == [true, false, false, false, false, true])
    #expect(objects[1...4].map { $0["exitCode"] as? Int } == [2, 1, 2, 2])
    #expect((objects[2]["error"] as? String)?.contains("missing.csv") == true)
    #expect(try folder.bytes("a.csv") == folder.bytes("b.csv"))
    let command = try Program.run(
      "reduce",
      "data.csv",
      "--model",
      "m.hourglass",
      "-o",
      "d.csv",
      "--quiet",
      in: folder
    )
    #expect(command.code == 0)
    #expect(try folder.bytes("a.csv") == folder.bytes("d.csv"))
  }

  @Test func otherOptionsAreRefused() throws {
    let folder = try Folder()
    for words in [["run", "a.json", "--lines"], ["run", "-", "--lines", "--events", "e"]] {
      let outcome = try Program.run(words, in: folder)
      #expect(outcome.code == 2 && outcome.errors.contains("--lines"), "\(outcome.errors)")
    }
  }
}
