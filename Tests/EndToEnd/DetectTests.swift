import Foundation
import Testing

@Suite struct DetectTests {
  private let quick = ["--epochs", "6", "--threads", "1"]

  /// A table of parts with names, a kind, missing cells, and a mark on those that are odd.
  private func table(rows: Int, odd: Set<Int> = []) -> String {
    var text = "part,width,height,color,bad\n"
    for row in 0..<rows {
      let width = 10 + Double(row * 37 % 101) / 20
      let height = odd.contains(row) ? 40 - width : 2 * width + Double(row * 17 % 13) / 50
      let color = ["red", "green", "blue"][row * 7 % 3]
      let cells = [
        row % 29 == 5 ? "" : "\(width)", "\(height)", color, odd.contains(row) ? "1" : "0",
      ]
      text += "P-\(1_000 + row)x,\(cells.joined(separator: ","))\n"
    }
    return text
  }

  /// Labels as people have them: what is normal is seen from all of them.
  @Test(arguments: [
    ("-1", "1"), ("1", "0"), ("1.0", "0.0"), ("outlier", "inlier"), ("TRUE", "FALSE"), ("2", "1"),
    ("malignant", "benign"), ("attack", "normal"),
  ])
  func labelsAreRead(_ anomaly: String, _ normal: String) throws {
    let folder = try Folder()
    let odd: Set<Int> = [7, 50, 99]
    let lines = table(rows: 200, odd: odd).split(separator: "\n")
    var text = "\(lines[0])\n"
    for (row, line) in lines.dropFirst().enumerated() {
      text += line.dropLast() + (odd.contains(row) ? anomaly : normal) + "\n"
    }
    try folder.write(text, to: "labeled.csv")
    let outcome = try Program.run(
      ["detect", "labeled.csv", "--labels", "bad", "--json", "--no-baselines"] + quick,
      in: folder
    )
    #expect(outcome.code == 0, "\(outcome.errors)")
    let report = try json(outcome.output)
    let labeled = try #require(report["evaluationOfData"] as? [String: Any])
    #expect((labeled["title"] as? String)?.contains("3 labeled as anomalies") == true, "\(labeled)")
    let labels = try #require(report["labels"] as? [String: Any])
    #expect((labels["anomalous"] as? [String: Int])?.values.first == 3)
    #expect((labels["normal"] as? [String: Int])?.values.first == 197)
  }

  @Test func labelsOfOneKindAreSaid() throws {
    let folder = try Folder()
    try folder.write(table(rows: 100), to: "normal.csv")
    let outcome = try Program.run(["detect", "normal.csv", "--labels", "bad"] + quick, in: folder)
    #expect(outcome.code == 0)
    #expect(
      outcome.output.contains(
        "The labels are all those of normal items (0 (100)): nothing can be evaluated"
      ),
      "\(outcome.output)"
    )
  }

  @Test func tableIsScoredWithReasons() throws {
    let folder = try Folder()
    try folder.write(table(rows: 400), to: "normal.csv")
    try folder.write(table(rows: 120, odd: [7, 50, 99]), to: "new.csv")
    let arguments = [
      "detect", "new.csv", "--learn-from", "normal.csv", "--labels", "bad", "-o", "scores.csv",
      "--save", "parts.hourglass", "--false-alarms", "0.05", "--json",
    ]
    let outcome = try Program.run(arguments + quick, in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let report = try json(outcome.output)
    #expect(report["count"] as? Int == 120)
    let labeled = try #require(report["evaluationOfData"] as? [String: Any])
    #expect(
      labeled["title"] as? String == "Evaluation: 120 rows of new.csv, 3 labeled as anomalies"
    )
    let methods = try methods(of: labeled)
    #expect(methods.count == 3)
    #expect(try #require(methods["detect"]?["AUROC"]) > 0.95)
    #expect(labeled["verdict"] is [String: Any])
    let lines = folder.text("scores.csv").split(separator: "\n")
    #expect(lines.count == 121)
    #expect(
      lines[0] == "part,score,p_value,is_anomaly,reason_1,part_1,reason_2,part_2,reason_3,part_3"
    )
    let odd = lines[8].split(separator: ",", omittingEmptySubsequences: false)
    #expect(odd[0] == "P-1007x")
    #expect(odd[3] == "1")
    let parts = [5, 7, 9].compactMap { Double(odd[$0]) }
    #expect(abs(parts.reduce(0, +) - (try #require(Double(odd[1])))) < 1e-4)
    #expect(try folder.names() == ["new.csv", "normal.csv", "parts.hourglass", "scores.csv"])

    // So does a pipe, whose rows are answered as they come: the second one is written when the answer
    // to the first one is there.
    let script = """
      mkfifo rows answers
      '\(Program.path)' detect - --model parts.hourglass --quiet < rows > answers &
      exec 3> rows 4< answers
      head -n 2 new.csv >&3
      read -r header <&4; read -r first <&4
      sed -n 3,4p new.csv >&3
      read -r second <&4; read -r third <&4
      exec 3>&-
      wait
      echo "$header"; echo "$first"; echo "$second"; echo "$third"
      """
    let live = try Running(["-c", script], in: folder, program: "/bin/sh").wait()
    #expect(live.code == 0, "\(live.errors)")
    let answers = live.output.split(separator: "\n")
    #expect(answers.count == 4, "\(live.errors)")
    for (answer, line) in zip(answers, lines) {
      #expect(answer == line)
    }
    try FileManager.default.removeItem(atPath: folder.path("rows"))
    try FileManager.default.removeItem(atPath: folder.path("answers"))

    // A pipe may be cut within a row, a name or the header, and be slow.
    let size = try folder.bytes("new.csv").count
    for cut in [3, 40, size / 3, size / 2 + 1, size / 2 + 2, size / 2 + 3, size - 5] {
      let slow = """
        (head -c \(cut) new.csv; sleep 0.3; tail -c +\(cut + 1) new.csv) |
          '\(Program.path)' detect - --model parts.hourglass --quiet
        """
      let piped = try Running(["-c", slow], in: folder, program: "/bin/sh").wait()
      #expect(piped.code == 0, "\(piped.errors)")
      #expect(Data(piped.output.utf8) == (try folder.bytes("scores.csv")), "cut at \(cut)")
    }

    // The model streams the same scores, and any rate.
    let again = try Program.run(
      ["detect", "new.csv", "--model", "parts.hourglass", "-o", "again.csv"],
      in: folder
    )
    #expect(again.code == 0, "\(again.errors)")
    #expect(try folder.bytes("again.csv") == folder.bytes("scores.csv"))
    #expect(again.output.contains("are anomalies at a false-alarm rate of 0.05"))
    #expect(again.output.contains("nearest normal "), "\(again.output)")
    let discoveries = try Program.run(
      [
        "detect", "new.csv", "--model", "parts.hourglass", "--false-discoveries", "0.5", "--json",
      ],
      in: folder
    )
    #expect(discoveries.code == 0, "\(discoveries.errors)")
    let found = try json(discoveries.output)
    #expect(found["falseDiscoveryRate"] as? Double == 0.5)
    #expect(found["hasDrifted"] as? Bool == false)
    let top = try #require(found["top"] as? [[String: Any]])
    #expect(top.count >= 3)
    #expect(Set(top.compactMap { $0["number"] as? Int }).isSuperset(of: [8, 51, 100]))
    let reasons = try #require(top[0]["reasons"] as? [[String: Any]])
    #expect(reasons[0]["value"] is String && reasons[0]["nearestNormal"] is String)
    // Of 120 rows, three odd ones are too few for 80 that were held out and a share of 0.0001.
    let none = try Program.run(
      ["detect", "new.csv", "--model", "parts.hourglass", "--false-discoveries", "0.0001"],
      in: folder
    )
    #expect(none.code == 0 && none.output.contains("no row of 120 is an anomaly"), "\(none.output)")
    #expect(none.output.contains("none can be found: train on more"), "\(none.output)")
    let both = try Program.run(
      ["detect", "new.csv", "--false-discoveries", "0.5", "--false-alarms", "0.1"],
      in: folder
    )
    #expect(both.code == 2 && both.errors.contains("used without --false-alarms"))
    let strict = try Program.run(
      [
        "detect", "new.csv", "--model", "parts.hourglass", "--false-alarms", "0.001", "-o", "-",
        "--quiet",
      ],
      in: folder
    )
    #expect(strict.code == 0 && strict.output.split(separator: "\n").count == 121)
    #expect(
      strict.output.split(separator: "\n").dropFirst().allSatisfy {
        $0.split(separator: ",", omittingEmptySubsequences: false)[3] == "0"
      }
    )
  }

  @Test func imagesGetHeatMaps() throws {
    let folder = try Folder()
    try folder.write(Made.images(count: 90, side: 8), to: "images.idx")
    let arguments = ["detect", "images.idx", "-o", "scores.csv", "--heat-maps", "maps"]
    let outcome = try Program.run(arguments + quick, in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(folder.text("scores.csv").split(separator: "\n").count == 91)
    #expect(FileManager.default.fileExists(atPath: folder.path("maps/1.png")))
  }

  /// A table has the same scores, to the byte, however it is read.
  @Test func everyWayOfReadingGivesTheSameBytes() throws {
    let folder = try Folder()
    try folder.write(table(rows: 1_200), to: "normal.csv")
    let learn = ["detect", "normal.csv", "--save", "m.hourglass", "-o", "learned.csv"]
    #expect(try Program.run(learn + quick, in: folder).code == 0)
    let script = """
      set -e
      gzip -k normal.csv
      tr , '\\t' < normal.csv > normal.tsv
      for file in normal.csv normal.csv.gz normal.tsv; do
        for options in '' '--in-memory 1k' '--labels bad'; do
          '\(Program.path)' detect $file --model m.hourglass -o other.csv --quiet $options
          cmp learned.csv other.csv
        done
      done
      head -n 21 normal.csv > few.csv
      '\(Program.path)' detect few.csv --model m.hourglass -o few-scores.csv --quiet
      size=$(wc -c < few.csv)
      cut=1
      while [ $cut -lt $size ]; do
        (head -c $cut few.csv; sleep 0.05; tail -c +$((cut + 1)) few.csv) |
          '\(Program.path)' detect - --model m.hourglass -o other.csv --quiet
        cmp few-scores.csv other.csv
        cut=$((cut + 67))
      done
      """
    let outcome = try Running(["-c", script], in: folder, program: "/bin/sh").wait()
    #expect(outcome.code == 0, "\(outcome.output) \(outcome.errors)")
  }

  @Test func seriesHasALineForEachTime() throws {
    let folder = try Folder()
    var text = "hour,load\n"
    for hour in 0..<400 { text += "\(hour),\(hour == 300 ? 90 : hour * 13 % 24)\n" }
    try folder.write(text, to: "load.csv")
    let arguments = [
      "detect", "load.csv", "--series", "hour", "--window", "24", "--stride", "6", "-o", "s.csv",
      "--false-alarms", "0.05",
    ]
    let outcome = try Program.run(arguments + quick, in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let lines = folder.text("s.csv").split(separator: "\n")
    #expect(lines.count == 401)
    #expect(lines[0].hasPrefix("hour,score,p_value,is_anomaly,") && lines[0].hasSuffix(",range"))
    #expect(lines[301].hasPrefix("300,"))
  }

  @Test(arguments: [
    (["--model", "m", "--latent", "3"], 2, "--latent has no use with --model"),
    (["--false-alarms", "1.5"], 2, "above 0 and below 1"),
    (["--labels", "nothing"], 1, "nothing"),
    (["--series", "x", "--window", "8", "--stride", "9"], 2, "at most --window (8)"),
  ])
  func mistakesAreReported(arguments: [String], code: Int32, words: String) throws {
    let folder = try Folder()
    try folder.write(table(rows: 40), to: "data.csv")
    let outcome = try Program.run(["detect", "data.csv"] + arguments + quick, in: folder)
    #expect(outcome.code == code)
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
  }
}
