import Foundation
import HourglassData
import HourglassMatch
import HourglassTensors
import Testing

@testable import HourglassJobs

@Suite struct JobFileTests {
  private let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "hourglass-jobs-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func write(_ text: String, _ name: String) throws -> String {
    let path = "\(folder)/\(name)"
    try FileManager.default.createDirectory(
      atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path,
      withIntermediateDirectories: true
    )
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test(arguments: [
    ("out.csv", ".out.csv.checkpoint"), ("a/b/out.csv", "a/b/.out.csv.checkpoint"),
    ("/out.csv", "/.out.csv.checkpoint"),
  ])
  func checkpointsAreBesideTheirFile(_ path: String, _ expected: String) {
    #expect(JobPaths.checkpoint(beside: path) == expected)
  }

  @Test func theTextOfAMatchHasNoNegativeTime() throws {
    let json = """
      {"query": "clip.wav", "matches": [
        {"name": "song", "distance": 0.25, "offset": -1.06, "metadata": {}},
        {"name": "other", "distance": 0.5, "offset": 12.5, "metadata": {}}
      ]}
      """
    let answer = try JSONDecoder().decode(MatchAnswer.self, from: Data(json.utf8))
    #expect(
      answer.text == """
        clip.wav
          name   distance  begins at
          song     0.2500     0.00 s
          other    0.5000    12.50 s
        """
    )
  }

  @Test func standardOutputHasNoCheckpoint() throws {
    #expect(JobPaths.checkpoint(beside: "-") == nil)
    #expect(JobPaths.checkpoint(beside: "/dev/stdout") == nil)
    var files = FileOptions()
    files.output = "-"
    let paths = try JobPaths(files, checkpoint: nil, read: ["x"])
    #expect(paths.output == "/dev/stdout" && paths.checkpoint == nil)
    files.save = "m.hourglass"
    #expect(try JobPaths(files, checkpoint: nil, read: []).checkpoint == ".m.hourglass.checkpoint")
    #expect(try JobPaths(files, checkpoint: "c", read: []).checkpoint == "c")
  }

  @Test func noFileIsBothReadAndWritten() throws {
    let data = try write("a\n1\n", "data.csv")
    let part = try write("a\n1\n", "table/part-0.csv")
    for (output, read) in [
      (data, data), (folder + "/./data.csv", data), (data, folder + "/*.csv"),
      (part, folder + "/table"),
    ] {
      var files = FileOptions()
      files.output = output
      let failure = #expect(throws: Failure.self) {
        try JobPaths(files, checkpoint: nil, read: [read])
      }
      #expect(failure?.message.contains("is read by this command") == true, "\(output)")
    }
    var files = FileOptions()
    (files.output, files.save) = ("new.csv", "./new.csv")
    let failure = #expect(throws: Failure.self) { try JobPaths(files, checkpoint: nil, read: []) }
    #expect(failure?.message.contains("would be written twice") == true)
  }

  @Test func filesAreKnownByTheirContents() throws {
    _ = try write("a,b\n1,2\n", "t.csv")
    #expect(FileKind.isIDX(try write("\u{0}\u{0}\u{8}\u{1}", "labels.idx")))
    #expect(!FileKind.isIDX(folder + "/t.csv") && !FileKind.isIDX(folder + "/none"))
    #expect(FileKind.isModel("x.hourglass") && !FileKind.isModel(folder + "/t.csv"))
  }

  @Test func resultsAreOneObjectWithTheirFiles() throws {
    var result = JobResult(usedModel: "m")
    result.add("rows", 3)
    result.add("nothing", nil)
    result.add("learning", ["epochs": 2])
    result.seconds = ["learning": 1.5]
    result.wrote("codes", to: "out.csv")
    result.wrote("plot", to: nil)
    for path in ["d-1", "d-2"] { result.wrote("draws", to: path, isOneOfMany: true) }
    let data = try JSONEncoder().encode(result)
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(Set(json.keys) == ["rows", "learning", "seconds", "files"])
    #expect(json["rows"] as? Int == 3)
    let files = try #require(json["files"] as? [String: Any])
    #expect(Set(files.keys) == ["codes", "draws"])
    #expect(files["codes"] as? String == "out.csv")
    #expect(files["draws"] as? [String] == ["d-1", "d-2"])
    #expect(!result.takesStandardOutput)
    result.wrote("scores", to: "/dev/stdout")
    #expect(result.takesStandardOutput)
    result.value = 5
    #expect(try JSONEncoder().encode(result) == Data("5".utf8))
  }

  @Test func previewsAreCutToTheWidth() throws {
    let columns = (1...9).map { number in
      Table.Column(
        name: "column\(number)",
        kind: .number,
        cells: .numbers((0..<8).map { Double($0 * number) }, missing: []),
        decimals: 0
      )
    }
    let preview = TablePreview(Table(name: "t", columns: columns))
    #expect(
      preview.lines(width: 30) == [
        "  column1  column2  column3", "        0        0        0",
        "        1        2        3", "        2        4        6",
        "        3        6        9", "        4        8       12", "  and 6 further columns",
      ]
    )
    #expect(preview.lines(width: 200).count == 6)
    #expect(preview.lines(width: 1)[0] == "  column1")
    let vectors = TablePreview(Tensor([0.5, -1, 2, 0.25], shape: [2, 2]), beside: [])
    #expect(vectors.lines(width: 80) == ["   z1    z2", "  0.5    -1", "    2  0.25"])
  }
}
