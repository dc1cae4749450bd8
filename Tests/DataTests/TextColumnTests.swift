import Foundation
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData
@testable import HourglassEncodings
@testable import HourglassNetworks

/// Columns of words: recognized, trained on by their n-grams, and kept as they are.
@Suite struct TextColumnTests {
  let reader: ColumnReader

  init() throws { reader = try ColumnReader() }

  private static let first = ["red", "old", "quiet", "small", "northern", "wooden", "late"]
  private static let second = ["garden", "harbor", "station", "bridge", "market", "mill"]

  /// Titles of three words and a name, each different.
  static func title(_ row: Int) -> String {
    let name =
      String(UnicodeScalar(UInt8(97 + row % 26))) + String(repeating: "o", count: row / 26 % 9)
    return "\(first[row % 7]) \(second[row / 7 % 6]) of \(name)\(row / 42 % 5 == 0 ? "ta" : "nia") "
      + ["East", "West", "North", "South"][row / 234 % 4]
  }

  @Test func wordsAreTexts() throws {
    let (titles, titleReading) = try reader.column((0..<400).map(Self.title))
    #expect(titles.kind == .text && titleReading.rule == .words && titleReading.ignored == nil)
    #expect(titleReading.explanation.contains("character n-grams"))
    let city = { (row: Int) in Self.title(row % 1_100).filter(\.isLetter) + ["a", "b"][row % 2] }
    let (cities, cityReading) = try reader.column((0..<4_400).map(city))
    #expect(cities.kind == .text && cityReading.rule == .words)
    #expect((0..<100).allSatisfy { cities.text($0) == city($0) })
  }

  @Test func marksAreIdentifiers() throws {
    var generator = SeededGenerator(seed: 4)
    let hashes = (0..<300).map { _ in
      String((0..<16).map { _ in Array("0123456789abcdef")[Int(generator.nextUniform() * 16)] })
    }
    let (column, reading) = try reader.column(hashes)
    #expect(column.kind == .identifier && reading.rule == .nearlyUnique)
    // Fewer texts than a vector of each could be learned from.
    let few = try reader.column((0..<60).map(Self.title)).0
    #expect(few.kind == .identifier)
    let addresses = (0..<300).map { "user\($0)@example.org" }
    let people = try reader.column(addresses).0
    #expect(people.kind == .identifier)
  }

  @Test func aKindOfTextsCanBeDeclared() throws {
    let options = TableOptions(columnKinds: ["value": .text])
    let (column, reading) = try reader.column((0..<30).map(Self.title), options: options)
    #expect(column.kind == .text && reading.rule == .declared)
  }

  private static func table(_ count: Int) -> Table {
    Table(
      name: "titles.csv",
      columns: [
        Table.Column(
          name: "title",
          kind: .text,
          cells: .texts((0..<count).map { $0 % 10 == 3 ? nil : title($0) })
        ),
        Table.Column(
          name: "pages",
          kind: .integer,
          cells: .numbers((0..<count).map { Double($0 % 9) }, missing: [])
        ),
      ]
    )
  }

  @Test func textsAreVectorsAndStayAsTheyAre() throws {
    let table = Self.table(200)
    let encoding = try TableEncoding(learning: table, rows: Array(0..<200))
    #expect(encoding.columns == ["title", "pages"] && encoding.problem == nil)
    #expect(encoding.layout.fields == [.vector(width: 64), .number])
    let encoded = try encoding.encoded(table)
    #expect(encoded.observed.count { $0 == 0 } == table.missingCount)
    // A text counts like a number or two.
    var sum = 0.0
    for row in 0..<200 {
      for place in 0..<64 {
        sum += Double(encoded.values[row * 65 + place] * encoded.values[row * 65 + place])
      }
    }
    #expect(abs(sum / 180 - TextGrams.variance) < 0.05)
    let decoded = encoding.decoded(values: encoded.values, count: 200, like: table)
    #expect(decoded == table)
    let alone = encoding.decoded(values: encoded.values, count: 200)
    #expect(alone.columns.map(\.name) == ["pages"])
  }

  @Test func likeTextsHaveLikeVectors() throws {
    let texts = (0..<200).map(Self.title)
    let grams = try #require(TextGrams(learning: texts))
    func vector(_ text: String) -> [Float] {
      var values = [Float](repeating: 0, count: grams.count)
      grams.encode(text, into: &values, at: 0)
      return values
    }
    func distance(_ first: String, _ second: String) -> Float {
      zip(vector(first), vector(second)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    let own = "quiet harbor of anta East"
    #expect(
      distance(own, "quiet harbors of anta East") < distance(own, "wooden mill of xooonia West")
    )
    #expect(distance(own, "QUIET Harbor of Anta EAST") == 0)
    #expect(TextGrams(learning: ["same", "same"]) == nil)
    for text in ["", " ", "é", String(repeating: "x", count: 10_000)] {
      #expect(vector(text).allSatisfy { $0.isFinite })
    }
  }

  @Test func aSchemaWithVectorsIsWrittenAndRead() throws {
    let schema = FeatureSchema([.number, .vector(width: 5), .category(levels: 3)])
    let data = try JSONCoding.encoded(schema)
    #expect(data.text == "[0,-5,3]" && data.value == schema)
    #expect(schema.width == 9 && schema.numberCount == 2 && schema.categoryCount == 1)
  }
}

private enum JSONCoding {
  static func encoded(_ schema: FeatureSchema) throws -> (text: String, value: FeatureSchema) {
    let data = try JSONEncoder().encode(schema)
    return (
      String(decoding: data, as: UTF8.self),
      try JSONDecoder().decode(FeatureSchema.self, from: data)
    )
  }
}
