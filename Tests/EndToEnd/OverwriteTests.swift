import Foundation
import Testing

/// Nothing that a command reads, or keeps, is replaced by what else it writes.
@Suite struct OverwriteTests {
  private let quick = ["--epochs", "1", "--threads", "1"]

  /// Runs what would replace a file, and checks that it is refused before anything is done.
  private func refuse(
    _ arguments: [String],
    in folder: Folder,
    _ message: String,
    location: SourceLocation = #_sourceLocation
  ) throws {
    let before = try folder.names()
    let outcome = try Program.run(arguments, in: folder)
    #expect(outcome.code == 2, "\(arguments): \(outcome.errors)", sourceLocation: location)
    #expect(outcome.errors.contains(message), "\(outcome.errors)", sourceLocation: location)
    #expect(try folder.names() == before, sourceLocation: location)
  }

  @Test func checkpointsReplaceNoOtherFile() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 60, columns: 3), to: "d.csv")
    let detect = ["detect", "d.csv", "--save", "m.hourglass"] + quick
    try refuse(detect + ["--checkpoint", "m.hourglass"], in: folder, "would be written twice")
    try refuse(detect + ["--checkpoint", "./m.hourglass"], in: folder, "would be written twice")
    try refuse(detect + ["--checkpoint", "d.csv"], in: folder, "d.csv is read by this command")
    try folder.write("notes", to: "notes.txt")
    try refuse(detect + ["--checkpoint", "notes.txt"], in: folder, "and is no checkpoint")
    #expect(folder.text("notes.txt") == "notes")
    try refuse(
      ["reduce", "d.csv", "-o", "codes", "--save", "./codes"] + quick,
      in: folder,
      "would be written twice"
    )
    try refuse(
      ["reduce", "d.csv", "-o", "-", "--resume"] + quick,
      in: folder,
      "--resume needs --checkpoint"
    )
  }

  @Test func foldersOfResultsAreNotThoseThatAreRead() throws {
    let folder = try Folder()
    // Four pixels in color.
    let text =
      "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAE0lEQVR4nGM4oWEDRAwiPTZABAAfdgQRcWeFdgAAAABJRU5ErkJggg=="
    let image = Array(try #require(Data(base64Encoded: text)))
    try folder.write(image, to: "photos/a.png", making: "photos")
    try folder.write(image, to: "photo-1.png")
    for output in ["photos", "photos/", "./photos", "photos/../photos"] {
      for verb in ["denoise", "impute", "colorize"] {
        try refuse(
          [verb, "photos/", "-o", output] + quick,
          in: folder,
          "results of the same names go to"
        )
      }
    }
    try refuse(
      ["colorize", "photos/a.png", "-o", "photos"] + quick,
      in: folder,
      "results of the same names go to"
    )
    try refuse(
      ["colorize", "photo-1.png", "--samples", "3", "-o", "photo.png"] + quick,
      in: folder,
      "photo-1.png is read by this command"
    )
  }

  @Test func databasesAreNotReplacedByWhatTheyHold() throws {
    let folder = try Folder()
    try folder.write("name,x,y\na,1,2\nb,3,4\n", to: "items.csv")
    let imported = ["match", "import", "items.csv", "-d", "items.db"]
    #expect(try Program.run(imported, in: folder).code == 0)
    let export = ["match", "export", "-d", "items.db", "-o"]
    try refuse(export + ["./items.db"], in: folder, "is read by this command")
    #expect(
      try Program.run(export + ["-", "--json"], in: folder).output.hasPrefix("name,position")
    )
    let exported = try Program.run(export + ["out.csv", "--json", "--quiet"], in: folder)
    #expect(try json(exported.output)["signatures"] as? Int == 2)
  }
}
