import Foundation
import Testing

@Suite struct LearnTests {
  private let quick = ["--epochs", "4", "--threads", "1"]

  private func people(_ rows: Int) -> String {
    var text = "name,age,height,city,member\n"
    for row in 0..<rows {
      let age = 20 + row * 37 % 50
      let height = 150 + Double(age) / 2 + Double(row * 17 % 13) / 10
      let city = ["Oslo", "Rome", "Lima"][age % 3]
      let cells = [
        row % 23 == 4 ? "" : "\(age)", "\(height)", city, age > 45 ? "yes" : "no",
      ]
      text += "person \(row),\(cells.joined(separator: ","))\n"
    }
    return text
  }

  @Test func oneModelIsTakenByEveryVerb() throws {
    let folder = try Folder()
    try folder.write(people(300), to: "people.csv")
    let learnt = try Program.run(
      ["learn", "people.csv", "--save", "all.hourglass", "--rivals", "simple", "--json"] + quick,
      in: folder
    )
    #expect(learnt.code == 0, "\(learnt.errors)")
    let outcome = try json(learnt.output)
    #expect(outcome["columns"] as? [String] == ["age", "height", "city", "member"])
    let report = try #require(outcome["report"] as? [String: Any])
    let lines = try #require(report["lines"] as? [[String: Any]])
    let jobs = Set(lines.compactMap { $0["job"] as? String })
    #expect(jobs == ["reduce, features", "match", "denoise", "detect", "generate", "impute"])

    let model = ["--model", "all.hourglass"]
    for (verb, output) in [
      ("reduce", "codes.csv"), ("features", "features.csv"), ("detect", "scores.csv"),
      ("denoise", "smooth.csv"), ("impute", "filled.csv"),
    ] {
      let used = try Program.run([verb, "people.csv", "-o", output] + model, in: folder)
      #expect(used.code == 0, "\(verb): \(used.errors)")
      #expect(folder.text(output).split(separator: "\n").count == 301, "\(verb)")
    }
    #expect(!folder.text("filled.csv").contains(",,"))
    let made = try Program.run(["generate", "--count", "20", "-o", "new.csv"] + model, in: folder)
    #expect(made.code == 0, "\(made.errors)")
    #expect(folder.text("new.csv").hasPrefix("name,age,height,city,member\n"))
    let added = try Program.run(
      ["match", "add", "people.csv", "--database", "people.db"] + model,
      in: folder
    )
    #expect(added.code == 0, "\(added.errors)")
    let found = try Program.run(
      ["match", "find", "people.csv", "--first", "1", "--database", "people.db"],
      in: folder
    )
    #expect(found.output.contains("people.csv:1"), "\(found.output) \(found.errors)")
    let told = try Program.run(["inspect", "all.hourglass"], in: folder)
    #expect(told.code == 0, "\(told.errors)")
    #expect(told.output.contains("learn"))
  }

  @Test func theReportIsATable() throws {
    let folder = try Folder()
    try folder.write(people(120), to: "people.csv")
    let outcome = try Program.run(["learn", "people.csv", "--rivals", "none"] + quick, in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("this model"))
    #expect(!outcome.output.contains("simpler"))
    #expect(outcome.output.contains("nothing was written: --save keeps the model"))
    #expect(try folder.names() == ["people.csv"])
  }

  @Test func mistakesAreTold() throws {
    let folder = try Folder()
    try folder.write(people(60), to: "people.csv")
    let cases: [([String], Int32, String)] = [
      (["learn", "nowhere.csv"], 1, "nowhere.csv"),
      (["learn", "people.csv", "--rivals", "some"], 2, "--rivals"),
      (["learn", "people.csv", "--latent", "0"], 2, "the length of a code"),
      (["learn", "people.csv", "--resume"], 2, "--resume needs --checkpoint"),
      (["learn", "people.csv", "--save", "people.csv"], 2, "read by this command"),
      (
        ["learn", "people.csv", "--series", "age", "--column", "age=integer"], 1, "time"
      ),
    ]
    for (arguments, code, words) in cases {
      let outcome = try Program.run(arguments, in: folder)
      #expect(outcome.code == code, "\(arguments): \(outcome.errors)")
      #expect(outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
    }
  }
}
