import Foundation
import HourglassData
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct TableTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ text: String, _ options: TableOptions = .init()) throws -> Table {
    try Table(contentsOf: folder.file(text), options: options)
  }

  private static let mixed = """
    id,age,height,smoker,color,unit
    1,30,1.50,yes,red,cm
    2,,1.625,no,"dark, blue",cm
    3,41,NA,yes,green,cm
    4,-7,1e0,?,red,cm

    """

  /// Names that hardly come again are not looked for among those before; what they are is the same.
  @Test func namesThatComeAgainLateAreTheSame() throws {
    let names = (0..<6_000).map { "name \($0 < 5_000 ? $0 : $0 - 5_000)" }
    let days = (0..<6_000).map { row in
      let day = row < 5_000 ? row : row - 5_000
      return "20\(10 + day / 336)-\(1 + day / 28 % 12)-\(1 + day % 28)"
    }
    let lines = zip(names, days).map { "\($0),\($1)" }
    let text = "name,day\n" + lines.joined(separator: "\n") + "\n"
    let table = try read(text)
    #expect(table.columns.map(\.kind) == [.identifier, .date])
    #expect((0..<6_000).allSatisfy { table.columns[0].text($0) == names[$0] })
    #expect((0..<6_000).allSatisfy { table.columns[1].text($0) == days[$0] })

    let declared = try read(text, TableOptions(columnKinds: ["name": .category]))
    guard case .codes(let codes, let levels) = declared.columns[0].cells else {
      Issue.record("a category has levels")
      return
    }
    #expect(levels.count == 5_000 && Set(levels).count == 5_000)
    #expect((0..<6_000).allSatisfy { levels[Int(codes[$0])] == names[$0] })
  }

  @Test func kindsAndMissingCellsAreInferred() throws {
    let table = try read(Self.mixed)
    #expect(table.columns.map(\.name) == ["id", "age", "height", "smoker", "color", "unit"])
    let kinds: [ColumnKind] = [.integer, .integer, .number, .boolean, .category, .constant]
    #expect(table.columns.map(\.kind) == kinds)
    #expect(table.columns.map(\.missingCount) == [0, 1, 1, 1, 0, 0])
    #expect(
      table.columns[1].cells
        == .numbers([30, 0, 41, -7], missing: [false, true, false, false])
    )
    #expect(table.columns[3].cells == .codes([1, 0, 1, -1], levels: ["no", "yes"]))
    #expect(table.columns[4].text(1) == "dark, blue")
  }

  @Test func runningNumbersAndManyLevelsAreIdentifiers() throws {
    let rows = (1...40).map { "\($0),\($0 * $0),name \($0),\($0 % 3)" }.joined(separator: "\n")
    let table = try read("row,square,text,rest\n" + rows)
    #expect(table.columns.map(\.kind) == [.identifier, .integer, .identifier, .integer])
    #expect(table.columns[0].text(9) == "10")
  }

  @Test func declaredKindsWin() throws {
    let options = TableOptions(columnKinds: ["age": .category, "id": .identifier])
    let table = try read(Self.mixed, options)
    #expect(table.columns[0].cells == .texts(["1", "2", "3", "4"]))
    #expect(table.columns[1].cells == .codes([1, -1, 2, 0], levels: ["-7", "30", "41"]))
  }

  @Test(arguments: [
    ("a,b\n1,2\n3\n", "line 3: expected 2 cells"),
    ("a,b\n", "expected rows below the header"),
    ("a,b\n1,inf\n2,3\n", "line 2, column 2 (b): expected a finite number"),
    (
      "a,b\n1,x\n", "column b: expected cells of the kind number as declared, found \"x\" in line 2"
    ),
    ("", "found an empty file"),
  ])
  func mistakesAreNamed(_ text: String, _ part: String) throws {
    let kinds: [String: ColumnKind] = text.contains("x") ? ["b": .number] : [:]
    let said = message(in: folder) { _ = try read(text, TableOptions(columnKinds: kinds)) }
    #expect(said.contains(part), "\(said)")
  }

  @Test func aTextFarBehindMakesAColumnOfTexts() throws {
    let numbers = (0..<40_000).map { "0\($0 % 7)" }
    let path = try folder.file("code\n" + (numbers + ["x"]).joined(separator: "\n"))
    let table = try Table(contentsOf: path, memoryLimit: large, windowSize: 1 << 12)
    #expect(table.columns[0].kind == .category)
    #expect(table.columns[0].text(0) == "00")
    #expect(table.columns[0].text(40_000) == "x")
  }

  @Test func strayTextsAmongNumbersAreAnError() throws {
    let rows = (0..<100).map { "\($0).5" } + ["12,5"]
    let text = "a;b\n" + rows.map { "\($0);1" }.joined(separator: "\n")
    let said = message(in: folder) { _ = try read(text) }
    #expect(said.contains("column a: expected numbers as in nearly all"), "\(said)")
  }

  @Test func aTableIsWrittenAsItWasRead() throws {
    let text = "a,b,c,d\n1,1.50,0.5,\"x, y\"\n,2.25,0.125,z\n3,,1.0,\"\"\"q\"\"\"\n"
    let table = try read(text)
    let path = folder.path + "/again.csv"
    try table.write(to: path)
    #expect(
      String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self) == text
    )
    #expect(try Table(contentsOf: path).columns == table.columns)
  }

  @Test(arguments: [1, 7, 8192])
  func blocksAreTheWholeTable(_ blockRows: Int) throws {
    let rows = (0..<500).map { row in
      "\(row % 9 == 0 ? "" : "\(row)"),name \(row),\(["a", "b", "c"][row % 3]),\(Double(row) / 8)"
    }
    let path = try folder.file("n,name,level,x\n" + rows.joined(separator: "\n"))
    let whole = try Table(contentsOf: path)
    let reader = try TableReader(contentsOf: path, schema: whole.schema, blockRows: blockRows)
    var start = 0
    while let block = try reader.next() {
      let end = start + block.rowCount
      #expect(block.columns == whole.rows(Array(start..<end)).columns)
      start = end
    }
    #expect(start == 500)
  }

  @Test func aLevelThatIsNotKnownIsMissingAndCounted() throws {
    let schema = try read("c,x\na,1\nb,2\nc,3\n").schema
    let path = try folder.file("x,more,c\n5,0,b\n6,0,z\n", name: "new")
    let reader = try TableReader(contentsOf: path, schema: schema)
    let block = try #require(try reader.next())
    #expect(block.columns[0].cells == .codes([1, -1], levels: ["a", "b", "c"]))
    #expect(reader.unknownCounts == ["c": 1])
    #expect(try reader.next() == nil)
  }

  @Test func numbersAreReadExactly() throws {
    var generator = SeededGenerator(seed: 5)
    var numbers: [Double] = [0.1, 123_456_789.123_456_789, 1e22, 9_007_199_254_740_992]
    for _ in 0..<20_000 {
      let bits = Double(bitPattern: UInt64(truncatingIfNeeded: generator.next()))
      numbers.append(bits.isFinite ? bits : 0)
      numbers.append(Double.random(in: -100...100, using: &generator))
    }
    let text = "x\n" + numbers.map(\.description).joined(separator: "\n")
    let table = try read(text)
    #expect(table.columns[0].cells == .numbers(numbers, missing: []))
  }

  @Test func randomTextsAreReadOrRefused() throws {
    var generator = SeededGenerator(seed: 21)
    let alphabet = Array("0123.-e,,;\n\r\"aNA? \0".utf8)
    for round in 0..<1500 {
      let count = Int.random(in: 0..<60, using: &generator)
      let bytes = (0..<count).map { _ in
        alphabet[Int.random(in: alphabet.indices, using: &generator)]
      }
      let path = try folder.file(bytes)
      let table = try? Table(contentsOf: path, memoryLimit: 1 << 20, windowSize: 48)
      if let table { #expect(table.rowCount > 0, "round \(round)") }
    }
  }
}
