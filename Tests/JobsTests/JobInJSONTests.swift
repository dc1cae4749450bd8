import Foundation
import HourglassJobs
import HourglassTasksCommon
import Synchronization
import Testing

/// Requests as callers without types of Swift make them.
@Suite final class JobInJSONTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("hourglass-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let rows = (0..<60).map { "\(Double($0 % 13) / 4),\(Double($0 * 7 % 17)),\($0 % 5)" }
    let table = (["a,b,c"] + rows).joined(separator: "\n") + "\n"
    try Data(table.utf8).write(to: folder.appendingPathComponent("data.csv"))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func object(_ text: String) throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
    return try #require(value as? [String: Any], "expected one JSON object, found \(text)")
  }

  @Test func filesAreInTheFolderOfTheRequest() async throws {
    let lines = Mutex<[String]>([])
    let result = try await Job.run(
      json: """
        {"task": "detect", "data": ["data.csv"], "training": {"epochs": 2}, "computing": {"threads": 1},
         "files": {"output": "scores.csv", "save": "model.hourglass"}}
        """,
      relativeTo: folder.path,
      events: { line in lines.withLock { $0.append(line) } }
    )
    let found = try object(result)
    #expect(found["count"] as? Int == 60)
    let files = try #require(found["files"] as? [String: String])
    #expect(files["scores"] == folder.path + "/scores.csv")
    let scores = try Data(contentsOf: folder.appendingPathComponent("scores.csv"))
    #expect(scores.count { $0 == UInt8(ascii: "\n") } == 61)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(names == ["data.csv", "model.hourglass", "scores.csv"])
    let events = try lines.withLock { $0 }.map(object)
    let stages = events.filter { $0["event"] as? String == "finished" }
      .compactMap { $0["stage"] as? String }
    #expect(stages == ["reading", "learning", "encoding"])
    let training = events.filter { $0["event"] as? String == "training" }
    #expect(training.allSatisfy { $0["unit"] as? String == "row" })
    let epochs = training.filter { $0["state"] as? String == "epochFinished" }
    #expect(epochs.compactMap { $0["epoch"] as? Int } == [1, 2])
    #expect(epochs.allSatisfy { ($0["loss"] as? Double)?.isFinite == true })
    #expect(training.last?["reason"] as? String == "epochs")
  }

  @Test func onlyWhatDiffersIsGivenBack() throws {
    let given = """
      {"task": "reduce", "data": ["data.csv"], "baselines": true, "reading": {"noCache": false},
       "options": {"shape": {"dimensions": 3}}, "training": {"seed": 4, "resume": false}}
      """
    let differing = try Job.optionsThatDiffer(json: given)
    #expect(
      differing == """
        {
          "data" : [
            "data.csv"
          ],
          "options" : {
            "shape" : {
              "dimensions" : "3"
            }
          },
          "task" : "reduce",
          "training" : {
            "seed" : 4
          }
        }
        """
    )
    #expect(try Job.optionsThatDiffer(json: differing) == differing)
    #expect(
      try object(Job.optionsThatDiffer(json: #"{"task": "detect", "data": ["x"]}"#)).keys.sorted()
        == ["data", "task"]
    )
  }

  @Test func failuresSayWhoIsAtFault() async throws {
    let cases: [(String, Int32, String)] = [
      ("[]", 2, "the request of JSON should name a task"),
      (#"{"task": "detect", "data": ["data.csv"], "speed": 1}"#, 2, "unknown member speed"),
      (#"{"task": "inspect", "data": ["none.csv"]}"#, 1, "/none.csv"),
    ]
    for (request, code, words) in cases {
      do {
        _ = try await Job.run(json: request, relativeTo: folder.path)
        Issue.record("\(request) should have failed")
      } catch {
        #expect(error.exitCode == code, "\(error)")
        #expect(error.description.contains(words), "\(error)")
      }
    }
  }

  /// Standard input and output, absolute paths and the names of stored items are no paths in the folder.
  @Test func whatIsNoPathStays() async throws {
    let points = folder.path + "/points.csv"
    try Data("name,x\nfirst,0.5\nsecond,2\n".utf8).write(to: URL(fileURLWithPath: points))
    for request in [
      #"{"task": "match import", "data": ["\#(points)"], "options": {"database": "map.db"}}"#,
      #"{"task": "match remove", "data": ["second"], "options": {"database": "map.db"}}"#,
    ] { _ = try await Job.run(json: request, relativeTo: folder.path + "/") }
    let listed = try object(
      try await Job.run(
        json: #"{"task": "match list", "options": {"database": "map.db"}}"#,
        relativeTo: folder.path
      )
    )
    let items = try #require(listed["items"] as? [[String: Any]])
    #expect(items.compactMap { $0["name"] as? String } == ["first"])
  }
}
