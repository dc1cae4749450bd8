import Foundation
import Testing

@Suite struct MistakeTests {
  /// Runs `reduce` on what is wrong, and checks that it says so in one sentence.
  private func expect(
    _ arguments: [String],
    in folder: Folder,
    code: Int32 = 1,
    message: String,
    location: SourceLocation = #_sourceLocation
  ) throws {
    let before = try folder.names()
    let outcome = try Program.run(["reduce"] + arguments, in: folder)
    #expect(outcome.code == code, "\(outcome.errors)", sourceLocation: location)
    #expect(outcome.output == "", sourceLocation: location)
    #expect(outcome.errors.hasPrefix("error: "), sourceLocation: location)
    #expect(
      outcome.errors.contains(message),
      "expected \"\(message)\", found \(outcome.errors)",
      sourceLocation: location
    )
    #expect(outcome.errors.split(separator: "\n").count == 1, sourceLocation: location)
    #expect(try folder.names() == before, "nothing is left behind", sourceLocation: location)
  }

  @Test(arguments: [
    ("", "found an empty file"),
    ("a,b\n1,2\n3\n", "line 3"),
    ("a,b\n1,2\n3,inf\n", "line 3, column 2 (b)"),
    ("a,b\n", "expected rows below the header of 2 columns, found none"),
    ("a,b\n1,2\n", "expected rows that differ, found a single one"),
    ("a,b\n1,2\n1,2\n1,2\n", "expected rows that differ"),
    ("%PDF-1.4", "a PDF document"),
  ])
  func tablesThatCannotBeLearnedFrom(_ text: String, _ message: String) throws {
    let folder = try Folder()
    try folder.write(text, to: "data.csv")
    try expect(["data.csv", "-o", "codes.csv"], in: folder, message: message)
  }

  @Test func filesThatAreNotThere() throws {
    let folder = try Folder()
    try expect(["missing.csv"], in: folder, message: "cannot open missing.csv: No such file")
    try expect(
      ["missing.csv", "--model", "missing.hourglass"],
      in: folder,
      message: "missing.hourglass"
    )
    try expect(["."], in: folder, message: "expected a folder with images")
  }

  @Test func imagesThatAreCutShort() throws {
    let folder = try Folder()
    let bytes = Made.images(count: 40, side: 6)
    try folder.write(Array(bytes.dropLast(10)), to: "images.idx")
    try expect(["images.idx"], in: folder, message: "images.idx")
    let gzip: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x63, 0x60]
    try folder.write(gzip, to: "images.gz")
    try expect(["images.gz"], in: folder, message: "images.gz")
    try folder.write(Made.labels([1, 2, 3, 4]), to: "labels.idx")
    try expect(["labels.idx"], in: folder, message: "found 4 labels")
  }

  @Test func outputsThatCannotBeWritten() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 50, columns: 3), to: "data.csv")
    for option in ["--output", "--save", "--plot", "--checkpoint"] {
      let path = "nowhere/file"
      // It is found out before anything is learned.
      try expect(
        ["data.csv", option, path, "--epochs", "100000"],
        in: folder,
        message: "cannot write \(path)"
      )
    }
    try expect(["data.csv", "-o", "."], in: folder, message: "cannot write .")
    try expect(
      ["data.csv", "-o", "data.csv"],
      in: folder,
      code: 2,
      message: "data.csv is read by this command"
    )
    try expect(
      ["data.csv", "-o", "same", "--save", "same"],
      in: folder,
      code: 2,
      message: "same would be written twice"
    )
  }

  @Test func modelsThatDoNotSuit() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 60, columns: 4), to: "four.csv")
    try folder.write("x,y\n1,2\n3,4\n", to: "other.csv")
    try folder.write(Made.images(count: 40, side: 6), to: "six.idx")
    try folder.write(Made.images(count: 40, side: 7), to: "seven.idx")
    let learn = ["--epochs", "1", "--hidden", "8", "--quiet"]
    for (data, model) in [("four.csv", "table.hourglass"), ("six.idx", "images.hourglass")] {
      let outcome = try Program.run(["reduce", data, "--save", model] + learn, in: folder)
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
    try expect(
      ["other.csv", "--model", "table.hourglass"],
      in: folder,
      message: "expected the columns \"c1\", \"c2\", \"c3\", \"c4\""
    )
    try expect(
      ["seven.idx", "--model", "images.hourglass"],
      in: folder,
      message: "expected images of 6 x 6 pixels"
    )
    try expect(["six.idx", "--model", "table.hourglass"], in: folder, message: "six.idx")
    let model = try folder.bytes("table.hourglass")
    try folder.write(Array(model.prefix(model.count / 2)), to: "half.hourglass")
    try expect(["four.csv", "--model", "half.hourglass"], in: folder, message: "half.hourglass")
    try expect(["four.csv", "--model", "four.csv"], in: folder, message: "four.csv")
  }

  @Test func settingsThatDoNotSuitTheData() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 60, columns: 4), to: "data.csv")
    try expect(
      ["data.csv", "--architecture", "convolutional"],
      in: folder,
      code: 2,
      message: "--architecture convolutional needs images"
    )
    try expect(
      ["data.csv", "--plot", "map.svg", "--dimensions", "1"],
      in: folder,
      code: 2,
      message: "--plot needs at least 2 dimensions"
    )
    try folder.write("a\nb\n", to: "labels.txt")
    try expect(
      ["data.csv", "--plot", "map.svg", "--labels", "labels.txt"],
      in: folder,
      message: "labels.txt has 2 labels, expected one for each of the 60 rows"
    )
  }
}
