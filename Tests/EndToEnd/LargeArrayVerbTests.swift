import Foundation
import Testing

/// The verbs on arrays that are larger than `--in-memory`, beside the same ones held in memory.
@Suite struct LargeArrayVerbTests {
  private let quick = ["--epochs", "3", "--hidden", "16", "--threads", "1"]
  private let rows = 1_400

  /// Rows of single precision, as an NPY file.
  private var array: [UInt8] {
    let cells = Made.table(rows: rows, columns: 5).split(separator: "\n").dropFirst()
      .flatMap { $0.split(separator: ",").compactMap { Float($0) } }
    let header = Bytes.npy(Bytes.npyHeader("<f4", "\(rows), 5"), data: 0)
    return header + cells.flatMap { Bytes.little(Int($0.bitPattern)) }
  }

  private func succeed(_ arguments: [String], in folder: Folder) throws -> Outcome {
    let outcome = try Program.run(arguments, in: folder)
    #expect(outcome.code == 0, "\(arguments): \(outcome.errors)")
    return outcome
  }

  @Test func rowsOfArraysAreReadInBlocks() throws {
    let folder = try Folder()
    try folder.write(array, to: "data.npy")
    try folder.write(Bytes.zip([Bytes.Member(bytes: array)]), to: "data.npz")
    for name in ["data.npy", "data.npz"] {
      let inspected = try [[], ["--in-memory", "1k"]].map { options in
        try succeed(["inspect", name] + options, in: folder).output.split(separator: "\n")
          .filter { !$0.hasPrefix("finger") }
      }
      // Means of all rows, in another order of summation, are shown in fewer digits.
      #expect(inspected[0] == inspected[1], "\(name)")

      let reduce = ["reduce", name, "-o", "codes.csv", "--save", "m.hourglass", "--json"]
      let reduced = try succeed(reduce + ["--in-memory", "1k"] + quick, in: folder)
      let learning = try json(reduced.output)["learning"] as? [String: Any]
      #expect(learning?["items"] as? Int == rows - 2 * (rows / 20))
      _ = try succeed(["reduce", name, "--model", "m.hourglass", "-o", "again.csv"], in: folder)
      #expect(try folder.bytes("codes.csv") == folder.bytes("again.csv"), "\(name)")

      let features = ["features", name, "-o", "f.csv", "--in-memory", "1k", "--dimensions", "3"]
      _ = try succeed(features + quick, in: folder)
      #expect(folder.text("f.csv").split(separator: "\n").count == rows + 1)

      let detect = ["detect", name, "-o", "s.csv", "--save", "d.hourglass", "--in-memory", "1k"]
      let detected = try succeed(detect + ["--epochs", "2", "--threads", "1"], in: folder)
      #expect(detected.errors.contains("training on 1,400 of its 1,400 rows"), "\(name)")
      #expect(folder.text("s.csv").split(separator: "\n").count == rows + 1)
      _ = try succeed(["detect", name, "--model", "d.hourglass", "-o", "t.csv"], in: folder)
      #expect(try folder.bytes("s.csv") == folder.bytes("t.csv"), "\(name)")
    }
  }

  /// Rows that are stored block by block are those of a table in memory, by name and coordinates.
  @Test func rowsOfLargeTablesAreStoredAndFound() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: rows, columns: 5), to: "data.csv")
    let add = ["match", "add", "data.csv", "--database"]
    let learned = add + ["large.db", "--in-memory", "1k", "--dimensions", "3", "--json"]
    let added = try succeed(learned + ["--epochs", "3", "--threads", "1"], in: folder)
    #expect(added.errors.contains("training on 1,400 of its 1,400 rows"))
    #expect(try json(added.output)["added"] as? Int == rows)

    // The same encoder on rows in memory: the database is copied, and its rows are replaced.
    try folder.write(Array(try folder.bytes("large.db")), to: "small.db")
    _ = try succeed(add + ["small.db", "--replace"], in: folder)
    let exports = try ["large", "small"].map { name in
      _ = try succeed(
        ["match", "export", "--database", "\(name).db", "-o", "\(name).csv"],
        in: folder
      )
      return folder.text("\(name).csv")
    }
    #expect(exports[0] == exports[1])
    #expect(exports[0].split(separator: "\n").count == rows + 1)
    #expect(exports[0].contains("data.csv:\(rows),"))

    // What is there is kept, and nothing is stored twice.
    let again = add + ["large.db", "--in-memory", "1k", "--keep", "--json"]
    #expect(try json(succeed(again, in: folder).output)["added"] as? Int == 0)
    #expect(try Program.run(add + ["large.db", "--in-memory", "1k"], in: folder).code == 1)
  }

  @Test func imagesOfArraysAreTrainedOnTheDisk() throws {
    let folder = try Folder()
    let pixels = Made.images(count: 90, side: 8).dropFirst(16)
    let header = Bytes.npy(Bytes.npyHeader("|u1", "90, 8, 8"), data: 0)
    try folder.write(header + pixels, to: "images.npy")
    let options = ["--epochs", "2", "--threads", "1", "--quiet"]
    for (verb, name) in [("reduce", "r"), ("detect", "d")] {
      let files = ["-o", "\(name).csv", "--save", "\(name).hourglass"]
      _ = try succeed([verb, "images.npy"] + files + options, in: folder)
      let others = ["-o", "\(name)2.csv", "--save", "\(name)2.hourglass", "--in-memory", "1k"]
      _ = try succeed([verb, "images.npy"] + others + options, in: folder)
      #expect(try folder.bytes("\(name).csv") == folder.bytes("\(name)2.csv"))
      #expect(try folder.bytes("\(name).hourglass") == folder.bytes("\(name)2.hourglass"))
    }
    let inspected = try [[], ["--in-memory", "1k"]].map { options in
      try succeed(["inspect", "images.npy"] + options, in: folder).output
    }
    #expect(inspected[0] == inspected[1])
  }
}
