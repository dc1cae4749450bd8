import Foundation
import HourglassTestSupport
import Testing

@testable import HourglassData

/// Each rule that decides of the kind of a column.
@Suite struct ColumnRuleTests {
  /// A year for each row is a time that something can be learned from; a running number of its size is an identifier.
  @Test func yearsThatRunOnAreNumbers() throws {
    let reader = try ColumnReader()
    let years = try reader.column((1970...2016).map { "\($0)" })
    #expect(years.column.kind == .integer && years.reading.rule == .wholeNumbers)
    let numbers = try reader.column((2090...2136).map { "\($0)" })
    #expect(numbers.column.kind == .identifier && numbers.reading.rule == .runningNumbers)
  }

  let reader: ColumnReader

  init() throws { reader = try ColumnReader() }

  /// Forty cells for each rule, and the kind that it gives.
  static let rules: [(rule: ColumnRule, kind: ColumnKind, cell: @Sendable (Int) -> String)] = [
    (.empty, .constant, { _ in "NA" }),
    (.oneValue, .constant, { _ in "cm" }),
    (.dates, .date, { "2024-03-\($0 % 19 + 10)" }),
    (.timesOfDay, .time, { "1\($0 % 9):30" }),
    (.durations, .integer, { "\($0 + 20):30:00" }),
    (.twoValues, .boolean, { $0 % 3 == 0 ? "yes" : "no" }),
    (.runningNumbers, .identifier, { "\($0 + 5)" }),
    (.wholeNumbers, .integer, { "\($0 * 3 % 17)" }),
    (.numbers, .number, { "\($0).5" }),
    (.writtenNumbers, .number, { "$\($0).50" }),
    (.uniqueCodes, .identifier, { "00\($0 * 7 + 100)" }),
    (.codes, .category, { "00\($0 % 7)" }),
    (.ambiguousDates, .category, { "0\($0 % 4 + 1)/0\($0 % 3 + 1)/2024" }),
    (.nearlyUnique, .identifier, { "name \($0)" }),
    (.texts, .category, { ["red", "green", "blue"][$0 % 3] }),
  ]

  @Test(arguments: rules.indices)
  func eachRuleHolds(_ index: Int) throws {
    let (rule, kind, cell) = Self.rules[index]
    let (column, reading) = try reader.column((0..<40).map(cell))
    #expect(reading.rule == rule && column.kind == kind, "\(reading.rule) \(column.kind)")
    #expect(reading.name == "value" && !reading.explanation.isEmpty)
    #expect((reading.ignored == nil) == ![.identifier, .constant].contains(kind))
    // The option of a reading is one that gives another kind.
    if let option = reading.option {
      #expect(option.hasPrefix("--column \"value=") && !option.hasSuffix("=\(kind.rawValue)\""))
    }
  }

  @Test func eachRuleIsTestedAndDocumented() throws {
    let elsewhere: Set<ColumnRule> = [.declared, .namedIdentifier, .manyTexts, .words]
    let tested = Set(Self.rules.map(\.rule)).union(elsewhere)
    #expect(tested == Set(ColumnRule.allCases))
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Documentation/Data.md")
    let text = String(decoding: try Data(contentsOf: page), as: UTF8.self)
    for rule in ColumnRule.allCases {
      #expect(text.contains("| `\(rule.rawValue)` |"), "\(rule.rawValue)")
    }
  }

  @Test func namesAndManyTextsMakeIdentifiers() throws {
    let folder = reader.folder
    let numbers = "CustomerId,b\n" + (0..<40).map { "\($0 * $0 + 7),1\n" }.joined()
    let named = try Table(contentsOf: folder.file(numbers))
    #expect(named.readings.columns[0].rule == .namedIdentifier)
    #expect(named.columns[0].kind == .identifier)
    let many = (0..<4_000).map { "p-\($0 % 1_300)" }
    let (column, reading) = try reader.column(many)
    #expect(column.kind == .identifier && reading.rule == .manyTexts)
    #expect(reading.ignored == "it names rows" && reading.option != nil)
  }

  @Test func aDeclarationOverridesEachRule() throws {
    for (_, _, cell) in Self.rules.dropFirst(2) {
      let cells = (0..<40).map(cell)
      let options = TableOptions(columnKinds: ["value": .category])
      let (column, reading) = try reader.column(cells, options: options)
      #expect(reading.rule == .declared)
      #expect((0..<40).allSatisfy { column.text($0) == cells[$0] }, "\(cells[0])")
    }
  }

  @Test func readingsDoNotMatterToEquality() throws {
    let path = try reader.folder.file("a,b\n1,x\n2,y\n")
    let table = try Table(contentsOf: path)
    #expect(!table.readings.columns.isEmpty)
    #expect(Table(name: table.name, columns: table.columns) == table)
  }
}
