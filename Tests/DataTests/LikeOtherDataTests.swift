import HourglassTestSupport
import Testing

@testable import HourglassData

/// A short or otherwise written table is read as the data were that a model was trained on.
@Suite struct LikeOtherDataTests {
  let folder: TemporaryFolder
  let schema: TableSchema

  init() throws {
    folder = try TemporaryFolder()
    var lines = ["BMI;Beitrag;Beginn;Kinder"]
    for row in 0..<40 {
      lines.append(
        "\(20 + row % 9),\(100 + row);1.\(200 + row),5\(row % 10);\(10 + row % 19).0\(1 + row % 9).2021;\(row % 4)"
      )
    }
    schema = try Table(contentsOf: folder.file(lines.joined(separator: "\n") + "\n")).schema
  }

  private func read(_ text: String) throws -> Table {
    var options = DatasetOptions()
    schema.suggest(to: &options)
    return try Table(contentsOf: folder.file(text), options: options.table)
  }

  @Test func aSingleRowIsNumbersAndDates() throws {
    let table = try read("BMI;Beitrag;Beginn;Kinder\n33,000;16.884,92;12.04.2021;3\n")
    #expect(table.columns.map(\.kind) == [.number, .number, .date, .integer])
    #expect(table[column: "BMI"]?.number(0) == 33)
    #expect(table[column: "Beitrag"]?.number(0) == 16_884.92)
    // 2021-04-12 is 18,729 days after 1970-01-01.
    #expect(table[column: "Beginn"]?.number(0) == 18_729.0 * 86_400.0)
    #expect(table[column: "Kinder"]?.number(0) == 3)
  }

  @Test func whatCannotBeOfTheKindStaysWhatItIs() throws {
    let table = try read("BMI;Beitrag;Beginn;Kinder\nhoch;1,5;bald;2\n")
    #expect(table[column: "BMI"]?.kind == .constant)
    #expect(table[column: "BMI"]?.text(0) == "hoch")
    #expect(table[column: "Beitrag"]?.number(0) == 1.5)
    #expect(table[column: "Beginn"]?.text(0) == "bald")
  }

  @Test func missingCellsAreNoNumbers() throws {
    let table = try read("BMI;Beitrag;Beginn;Kinder\n;;;\n")
    #expect(table.columns.map(\.missingCount) == [1, 1, 1, 1])
  }

  private func numbers(_ text: String, _ column: String) throws -> [Double] {
    let reader = try TableReader(contentsOf: folder.file(text), schema: schema)
    let table = try #require(try reader.next())
    let found = try #require(table[column: column])
    return try (0..<found.count).map { try #require(found.number($0)) }
  }

  @Test func numbersWithAPointAreReadWhereTheModelHasCommas() throws {
    let text = "BMI,Beitrag,Beginn,Kinder\n27.9,16884.92,12.04.2021,1\n31.25,1725.5,13.04.2021,0\n"
    #expect(try numbers(text, "BMI") == [27.9, 31.25])
    #expect(try numbers(text, "Beitrag") == [16_884.92, 1725.5])
  }

  @Test func numbersOfJSONHaveAPoint() throws {
    let text = """
      {"BMI": 27.125, "Beitrag": "1.725,55", "Beginn": "12.04.2021", "Kinder": 1}
      {"BMI": 30, "Beitrag": 1725.5, "Beginn": "13.04.2021", "Kinder": 2}

      """
    #expect(try numbers(text, "BMI") == [27.125, 30])
    #expect(try numbers(text, "Beitrag") == [1725.55, 1725.5])
  }

  @Test(arguments: ["27,125", "27.125"])
  func aColumnWithBothIsAnError(_ other: String) throws {
    // 27.125 is 27,125 with a comma before decimals, and 27.9 shows a point.
    let text = "BMI;Beitrag;Beginn;Kinder\n27.9;1;12.04.2021;1\n\(other);1;12.04.2021;1\n"
    #expect(throws: DatasetError.self) { try numbers(text, "BMI") }
  }
}
