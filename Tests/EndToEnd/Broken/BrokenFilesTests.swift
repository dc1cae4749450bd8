import Testing

/// Nothing that a file holds makes the program stop without a word, or take more than 1 GiB.
@Suite struct BrokenFilesTests {
  @Test(arguments: BrokenFile.all)
  func eachIsReported(_ file: BrokenFile) throws {
    let folder = try Folder()
    try folder.write("a,b\n1,2\n3,5\n4,4\n", to: "good.csv")
    try file.make(folder, file.name)
    let before = try folder.names()
    for verb in file.verbs {
      let ends = verb.last == "--model" || verb.last == "--database"
      let words = ends ? verb + [file.name] : [verb[0], file.name] + verb.dropFirst()
      let running = try Running(words + file.options, in: folder, memory: 1 << 30)
      let outcome = try running.wait()
      let said = "\(words.joined(separator: " ")): \(outcome.code) \(outcome.errors)"
      #expect(outcome.code == 1, "\(said)")
      #expect(outcome.errors.hasPrefix("error: ") && outcome.output.isEmpty, "\(said)")
      #expect(outcome.errors.contains(file.message), "\(said)")
      #expect(outcome.errors.split(separator: "\n").count == 1, "\(said)")
      #expect(outcome.errors.utf8.count < 800, "\(said)")
      #expect(try folder.names() == before, "nothing is left behind")
    }
  }

  @Test func theBatteryIsLarge() {
    #expect(BrokenFile.all.count >= 60)
    #expect(Set(BrokenFile.all.map(\.testDescription)).count == BrokenFile.all.count)
  }
}
