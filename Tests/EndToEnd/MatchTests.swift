import Foundation
import Testing

@Suite struct MatchTests {
  @Test func coordinatesOfThreeSongs() throws {
    let folder = try Folder()
    let songs = """
      name,x,y
      Enter Sandman,0.65,0.12
      Fear of the Dark,0.44,0.99
      Land of the Free,0.81,0.03

      """
    try folder.write(songs, to: "coordinates.csv")
    let added = try Program.run(
      ["match", "import", "coordinates.csv", "--database", "songs.db"],
      in: folder
    )
    #expect(added.code == 0, "\(added.errors)")
    let found = try Program.run(
      ["match", "find", "--at", "0.45,0.97", "--database", "songs.db", "--json"],
      in: folder
    )
    #expect(found.code == 0, "\(found.errors)")
    let answers = try #require(try json(found.output)["answers"] as? [[String: Any]])
    let matches = try #require(answers[0]["matches"] as? [[String: Any]])
    #expect(matches[0]["name"] as? String == "Fear of the Dark")
    #expect(abs(try #require(matches[0]["distance"] as? Double) - 0.0224) < 1e-3)
    let list = try Program.run("match", "list", "--database", "songs.db", in: folder)
    #expect(list.output.contains("Land of the Free"))
    #expect(list.output.contains("0.81"))
    let removed = try Program.run(
      ["match", "remove", "Fear of the Dark", "--database", "songs.db"],
      in: folder
    )
    #expect(removed.code == 0, "\(removed.errors)")
    let again = try Program.run(
      ["match", "remove", "Fear of the Dark", "--database", "songs.db"],
      in: folder
    )
    #expect(again.code == 1)
    let exported = try Program.run(
      ["match", "export", "--database", "songs.db", "-o", "codes.csv"],
      in: folder
    )
    #expect(exported.code == 0, "\(exported.errors)")
    #expect(
      folder.text("codes.csv").split(separator: "\n") == [
        "name,position,z1,z2", "Enter Sandman,0,0.65,0.12", "Land of the Free,0,0.81,0.03",
      ]
    )
  }

  @Test func imagesAreAddedAndFound() throws {
    let folder = try Folder()
    try folder.write(Made.images(count: 60, side: 8), to: "images.idx")
    let quick = ["--epochs", "3", "--dimensions", "4", "--threads", "1"]
    let added = try Program.run(
      ["match", "add", "images.idx", "--database", "images.db", "--json"] + quick,
      in: folder
    )
    #expect(added.code == 0, "\(added.errors)")
    #expect(try json(added.output)["items"] as? Int == 60)
    let methods = try methods(of: json(added.output)["evaluation"])
    #expect(methods["raw values"]?["recall@1"] != nil)
    let found = try Program.run(
      ["match", "find", "images.idx", "--first", "2", "--count", "1", "--database", "images.db"],
      in: folder
    )
    #expect(found.code == 0, "\(found.errors)")
    #expect(found.output.contains("images.idx:1"))
    // The encoder is there: asking to learn another one is a mistake.
    let more = try Program.run(
      ["match", "add", "images.idx", "--database", "images.db"] + quick,
      in: folder
    )
    #expect(more.code == 2)
    let twice = try Program.run(
      ["match", "add", "images.idx", "--database", "images.db"],
      in: folder
    )
    #expect(twice.code == 1)
    let kept = try Program.run(
      ["match", "add", "images.idx", "--database", "images.db", "--keep"],
      in: folder
    )
    #expect(kept.code == 0, "\(kept.errors)")
  }

  @Test func anApproximateSearchSaysWhatItFinds() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 400, columns: 4), to: "codes.csv")
    let rows = folder.text("codes.csv").split(separator: "\n").dropFirst()
    let named = rows.enumerated().map { "item \($0),\($1)" }
    try folder.write((["name,a,b,c,d"] + named).joined(separator: "\n") + "\n", to: "named.csv")
    let added = try Program.run("match", "import", "named.csv", "-d", "codes.db", in: folder)
    #expect(added.code == 0, "\(added.errors)")
    let at = rows[rows.startIndex + 7].split(separator: ",").joined(separator: ",")
    func find(_ options: String...) throws -> [String: Any] {
      let found = try Program.run(
        ["match", "find", "--at", at, "-d", "codes.db", "--json", "--count", "3"] + options,
        in: folder
      )
      #expect(found.code == 0, "\(found.errors)")
      return try json(found.output)
    }
    func answer(_ outcome: [String: Any]) throws -> [String: Any] {
      try #require((outcome["answers"] as? [[String: Any]])?.first)
    }
    let exact = try find("--exact")
    #expect(exact["approximation"] == nil)
    #expect(try answer(exact)["recall"] == nil)
    let walked = try find("--approximate")
    let known = try #require(walked["approximation"] as? [String: Any])
    #expect(try #require(known["recall"] as? Double) >= 0.99)
    #expect(known["signatures"] as? Int == 400 && known["queries"] as? Int == 80)
    #expect(try answer(walked)["recall"] as? Double == known["recall"] as? Double)
    let names = try [exact, walked].map { outcome in
      try #require(try answer(outcome)["matches"] as? [[String: Any]]).map { $0["name"] as? String }
    }
    #expect(names[0] == names[1] && names[0].first == "item 7")
    let text = try Program.run(
      ["match", "find", "--at", at, "-d", "codes.db", "--approximate"],
      in: folder
    )
    #expect(text.output.contains("the search is approximate: it finds "))
    let list = try Program.run("match", "list", "-d", "codes.db", "--json", in: folder)
    let approximation = try #require(try json(list.output)["approximation"] as? [String: Any])
    #expect(try (0.9...1).contains(#require(approximation["recall"] as? Double)))
    // A damaged file is made again, with no other message.
    try folder.write("damaged", to: "codes.db.index")
    #expect(try answer(find("--approximate"))["recall"] is Double)
    let both = try Program.run(
      ["match", "find", "--at", at, "-d", "codes.db", "--approximate", "--exact"],
      in: folder
    )
    #expect(both.code == 2)
  }

  @Test func signaturesAreStoredInHalfPrecision() throws {
    let folder = try Folder()
    try folder.write("name,x,y\na,0.1,2\nb,3,4\nc,5,7\n", to: "table.csv")
    func imported(_ options: String...) throws -> Int32 {
      try Program.run(
        ["match", "import", "table.csv", "-d", "half.db", "--replace"] + options,
        in: folder
      ).code
    }
    #expect(try imported("--storage", "float16") == 0)
    #expect(try imported() == 0)
    #expect(try imported("--storage", "float32") == 1)
    #expect(try imported("--storage", "float8") == 2)
    let list = try Program.run("match", "list", "-d", "half.db", in: folder)
    // The number of half precision that is nearest to 0.1.
    #expect(list.output.contains("0.0999"), "\(list.output)")
  }
}
