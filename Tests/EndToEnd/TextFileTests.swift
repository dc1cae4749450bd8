import Foundation
import Testing

/// Text files of all kinds through the program: what comes out is written as what went in.
@Suite struct TextFileTests {
  private func shell(_ script: String, in folder: Folder) throws -> Outcome {
    let script = script.replacingOccurrences(of: "hourglass", with: "'\(Program.path)'")
    return try Running(["-c", script], in: folder, program: "sh").wait()
  }

  /// Sixty rows with semicolons, quotes and carriage returns, of which some cells are missing.
  private static let rows: String = {
    let lines = (0..<60).map { row in
      let height = row % 7 == 3 ? "" : "\(20 + row % 11),\(row % 10)0"
      return "\"Straße \(row % 4)\";\(height);\(row * 37 % 19),5"
    }
    return "\"Ort\";\"Höhe\";Breite\r\n" + lines.joined(separator: "\r\n") + "\r\n"
  }()

  private static func windows1252(_ text: String) throws -> [UInt8] {
    Array(try #require(text.data(using: .windowsCP1252)))
  }

  private static func utf16(_ text: String) -> [UInt8] {
    [0xff, 0xfe] + text.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
  }

  /// Trains for one epoch on a table with decimal commas, and writes the result.
  private func train(
    _ verb: String,
    _ input: String,
    into output: String,
    in folder: Folder
  ) throws -> Outcome {
    try Program.run(
      [verb, input, "--decimal-comma", "--epochs", "1", "-o", output],
      in: folder
    )
  }

  @Test func imputingKeepsTheBytesOfAllOtherCells() throws {
    let folder = try Folder()
    let files = [
      ("w.csv", try Self.windows1252(Self.rows)), ("u.csv", Self.utf16(Self.rows)),
      ("m.csv", [0xef, 0xbb, 0xbf] + Array(Self.rows.utf8)),
    ]
    for (name, bytes) in files {
      try folder.write(bytes, to: name)
      let run = try train("impute", name, into: "out.csv", in: folder)
      #expect(run.code == 0, "\(run.errors)")
      let result = Array(try folder.bytes("out.csv"))
      func text(_ bytes: [UInt8]) throws -> [String] {
        let encoding: String.Encoding =
          name == "w.csv" ? .windowsCP1252 : name == "u.csv" ? .utf16 : .utf8
        let text = try #require(String(data: Data(bytes), encoding: encoding))
        return text.components(separatedBy: "\r\n")
      }
      let (before, after) = (try text(bytes), try text(result))
      #expect(before.count == after.count)
      for (old, new) in zip(before, after) {
        if old.contains(";;") {
          let cell = new.components(separatedBy: ";")[1]
          #expect(cell.contains(",") && !cell.contains("."), "\(new)")
          #expect(new.replacingOccurrences(of: ";\(cell);", with: ";;") == old)
        } else {
          #expect(new == old)
        }
      }
      #expect(result.prefix(3).elementsEqual(bytes.prefix(3)))
      // What was written is read again, and has nothing to fill: the same bytes come out.
      let again = try train("impute", "out.csv", into: "again.csv", in: folder)
      if again.code == 0 { #expect(Array(try folder.bytes("again.csv")) == result) }
    }
  }

  @Test func denoisingChangesNumbersAlone() throws {
    let folder = try Folder()
    try folder.write(try Self.windows1252(Self.rows), to: "w.csv")
    let run = try train("denoise", "w.csv", into: "out.csv", in: folder)
    #expect(run.code == 0, "\(run.errors)")
    let text = try #require(
      String(data: try folder.bytes("out.csv"), encoding: .windowsCP1252)
    )
    let lines = text.components(separatedBy: "\r\n")
    let given = Self.rows.components(separatedBy: "\r\n")
    #expect(lines.count == given.count && lines[0] == given[0])
    for (new, old) in zip(lines, given) {
      let (cells, before) = (new.components(separatedBy: ";"), old.components(separatedBy: ";"))
      #expect(cells.count == before.count && cells[0] == before[0])
      if before.count > 1 { #expect(cells[1].isEmpty == before[1].isEmpty) }
      #expect(!new.contains("."))
    }
  }

  @Test func generatingWritesAsTheTrainingFile() throws {
    let folder = try Folder()
    let text =
      "sep=|\nOrt|Größe|Größe\n" + (0..<60).map { "x\($0 % 3)|\($0 % 9).5|\($0 % 2)\n" }.joined()
    try folder.write(Self.utf16(text), to: "u.csv")
    let run = try Program.run(
      ["generate", "--learn-from", "u.csv", "--count", "5", "--epochs", "1", "-o", "out.csv"],
      in: folder
    )
    #expect(run.code == 0, "\(run.errors)")
    let result = Array(try folder.bytes("out.csv"))
    #expect(Array(result.prefix(2)) == [0xff, 0xfe])
    let lines = try #require(String(data: Data(result), encoding: .utf16)).split(separator: "\n")
    #expect(lines.prefix(2) == ["sep=|", "Ort|Größe|Größe"])
    #expect(
      lines.count == 7
        && lines.allSatisfy { $0.hasPrefix("sep") || $0.split(separator: "|").count == 3 }
    )
  }

  @Test func jsonLinesGoInAndOut() throws {
    let folder = try Folder()
    let lines = (0..<60).map { row in
      let size = row % 7 == 3 ? "null" : "\(row % 11).25"
      return "{\"name\": \"x\(row % 3)\", \"size\": \(size), \"n\": \(row % 5)}"
    }
    try folder.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: "t.jsonl")
    let imputed = try Program.run(
      ["impute", "t.jsonl", "--epochs", "1", "-o", "out.jsonl"],
      in: folder
    )
    #expect(imputed.code == 0, "\(imputed.errors)")
    for (old, new) in zip(lines, folder.text("out.jsonl").split(separator: "\n")) {
      if old.contains("null") {
        #expect(!new.contains("null") && new.hasPrefix(old.prefix { $0 != "," } + ", \"size\": "))
      } else {
        #expect(String(new) == old)
      }
    }
    let table = try Program.run("impute", "t.jsonl", "--epochs", "1", "-o", "out.csv", in: folder)
    #expect(table.code == 0, "\(table.errors)")
    #expect(folder.text("out.csv").hasPrefix("name,size,n\nx0,0.25,0\n"))
    let scored = try shell(
      "hourglass detect t.jsonl --epochs 1 --save model.bin -o a.csv && "
        + "cat t.jsonl | hourglass detect - --model model.bin -o b.csv && "
        + "hourglass detect t.jsonl --model model.bin -o c.csv",
      in: folder
    )
    #expect(scored.code == 0, "\(scored.errors)")
    #expect(try folder.bytes("b.csv") == folder.bytes("c.csv"))
  }

  @Test func inspectReportsTheEncoding() throws {
    let folder = try Folder()
    try folder.write(try Self.windows1252(Self.rows), to: "w.csv")
    try folder.write(Self.utf16(Self.rows), to: "u.csv")
    let inspected = try Program.run("inspect", "w.csv", "--decimal-comma", in: folder)
    #expect(inspected.code == 0, "\(inspected.errors)")
    #expect(inspected.output.contains("\ntext in Windows-1252\n"), "\(inspected.output)")
    let marked = try shell("cat u.csv | hourglass inspect - --decimal-comma --json", in: folder)
    #expect(marked.code == 0, "\(marked.errors)")
    #expect(marked.output.contains("\"encoding\":\"utf-16le\""), "\(marked.output)")
    let declared = try Program.run("inspect", "w.csv", "--encoding", "utf-8", in: folder)
    #expect(declared.code == 1)
    #expect(declared.errors.contains("line 1: expected text in one encoding"), "\(declared.errors)")
    let unknown = try Program.run("inspect", "w.csv", "--encoding", "morse", in: folder)
    #expect(unknown.code == 2)
  }

  @Test func aBrokenRowLeavesNoFile() throws {
    let folder = try Folder()
    let text = Self.rows + "\"x\";1,5\r\n"
    try folder.write(Self.utf16(text), to: "u.csv")
    let run = try Program.run("impute", "u.csv", "--epochs", "1", "-o", "out.csv", in: folder)
    #expect(run.code == 1)
    #expect(run.errors.contains("line 62: expected 3 cells"), "\(run.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("out.csv")))
  }
}
