import Foundation
import HourglassEngines
import HourglassEvaluation
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData
@testable import HourglassEncodings
@testable import HourglassGenerate
@testable import HourglassTasksCommon

/// Texts that name rows are made in their own form, and none is a copy.
@Suite struct TextFormTests {
  private static func column(_ texts: [String?], _ kind: ColumnKind = .identifier) -> Table.Column {
    Table.Column(name: "mark", kind: kind, cells: .texts(texts))
  }

  private func made(_ texts: [String?], _ count: Int = 500) throws -> [String?] {
    let form = try #require(TextForm(Self.column(texts)))
    #expect(form.problem == nil)
    guard case .texts(let made) = form.drawn(count, seed: 7) else { return [] }
    guard case .texts(let fewer) = form.drawn(20, seed: 7) else { return [] }
    #expect(made.prefix(20) == fewer.prefix(count))
    let present = made.compactMap(\.self)
    #expect(Set(present).count == present.count, "each comes once")
    #expect(Set(present).isDisjoint(with: texts.compactMap(\.self)), "none is a copy")
    return made
  }

  private static func digits(_ count: Int, _ generator: inout SeededGenerator) -> String {
    String((0..<count).map { _ in Array("0123456789")[Int(generator.nextUniform() * 10)] })
  }

  @Test func runningNumbersRunOn() throws {
    let plain = try made((1...300).map(String.init), 3)
    #expect(plain == ["301", "302", "303"])
    let steps = try made((0..<300).map { "A-\(1_000 + 5 * $0)/x" }, 2)
    #expect(steps == ["A-2500/x", "A-2505/x"])
    let padded = (1...200).map { "K" + String(repeating: "0", count: 4 - "\($0)".count) + "\($0)" }
    let filled = try made(padded.shuffled(), 2)
    #expect(filled == ["K0201", "K0202"])
    // Numbers that reach their width grow.
    let grown = try made((90...99).map { "0\($0)" }, 901)
    #expect(grown.last == "1000")
  }

  @Test func textsBeyondTheFormAreCounted() throws {
    // Of two letters and a digit there are 6,760 texts, but of these letters 90 alone.
    let texts = (0..<60).map { row in
      "\(["a", "b", "c"][row % 3])\(["x", "y", "z"][row / 3 % 3])\(row / 9)\(row % 2)"
    }
    let form = try #require(TextForm(Self.column(Array(Set(texts)).sorted())))
    let count = form.lengthenedCount(3_000, seed: 7)
    let made = try made(Array(Set(texts)).sorted(), 3_000).compactMap(\.self)
    #expect(count > 0 && count == made.count { $0.count > 4 })
    #expect(form.lengthenedCount(10, seed: 7) == 0)
    let running = try #require(TextForm(Self.column((1...300).map(String.init))))
    #expect(running.lengthenedCount(5_000, seed: 7) == 0)
  }

  @Test func accountsAreOfAsManyDigits() throws {
    var generator = SeededGenerator(seed: 1)
    for length in [16, 19] {
      let accounts = (0..<200).map { _ in "4" + Self.digits(length - 1, &generator) }
      for text in try made(accounts).compactMap(\.self) {
        #expect(text.count == length && text.hasPrefix("4") && text.allSatisfy { $0.isNumber })
      }
    }
  }

  @Test func addressesHaveTheDomainsOfTheData() throws {
    let names = ["anna", "ben", "carla", "dirk", "eva", "finn", "greta"]
    let domains = ["example.org", "example.org", "mail.example.com"]
    let addresses = (0..<300).map {
      "\(names[$0 % 7]).\(names[$0 / 7 % 7])\($0)@\(domains[$0 % 3])"
    }
    let new = try made(addresses).compactMap(\.self)
    let mine = new.count { $0.hasSuffix("@example.org") }
    #expect((270...400).contains(mine))
    for text in new {
      let parts = text.split(separator: "@")
      #expect(parts.count == 2 && domains.contains(String(parts[1])))
      #expect(names.contains { text.hasPrefix($0 + ".") })
    }
  }

  @Test func telephoneNumbersAndCodesKeepTheirSigns() throws {
    var generator = SeededGenerator(seed: 2)
    let phones = (0..<300).map { _ in
      "+49 \(["30", "89", "221"][Int(generator.nextUniform() * 3)]) \(Self.digits(7, &generator))"
    }
    for text in try made(phones).compactMap(\.self) {
      let parts = text.split(separator: " ")
      #expect(parts.count == 3 && parts[0] == "+49" && ["30", "89", "221"].contains(parts[1]))
      #expect(parts[2].count == 7 && parts[2].allSatisfy { $0.isNumber })
    }
    let identifiers = (0..<300).map { _ in
      [8, 4, 4, 4, 12].map { length in
        String(
          (0..<length).map { _ in Array("0123456789abcdef")[Int(generator.nextUniform() * 16)] }
        )
      }.joined(separator: "-")
    }
    for text in try made(identifiers).compactMap(\.self) {
      #expect(text.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
      #expect(text.allSatisfy { $0 == "-" || $0.isHexDigit })
    }
  }

  @Test func commentsAreMadeOfWordsAndGapsStay() throws {
    let words = ["the", "room", "was", "clean", "and", "staff", "very", "kind", "but", "late"]
    func comment(_ row: Int) -> String {
      let count = 5 + row % 7
      let chosen = (0..<count).map { words[(row * 7 + $0 * $0) % 10] }
      return chosen.joined(separator: " ") + " \(row)"
    }
    let comments = (0..<400).map { row -> String? in row % 4 == 0 ? nil : comment(row) }
    let new = try made(comments)
    #expect((80...120).contains(new.count { $0 == nil } * 400 / 500))
    for text in new.compactMap(\.self) {
      let parts = text.split(separator: " ")
      #expect((6...12).contains(parts.count))
    }
  }

  @Test func aFormWithoutNewTextsIsNumbered() throws {
    // Every text of two digits is there already.
    let all = (0..<100).map { "x\($0 / 10)y\($0 % 10)" }
    let new = try made(all, 200).compactMap(\.self)
    #expect(new.count == 200 && new.allSatisfy { $0.hasPrefix("x") })
  }

  @Test func formsAreWrittenAndRead() throws {
    for texts in [(1...50).map { "n\($0)" }, (1...50).map { "u\($0 * $0)@example.org" }] {
      let form = try #require(TextForm(Self.column(texts)))
      let read = try JSONDecoder().decode(TextForm.self, from: JSONEncoder().encode(form))
      #expect(read == form)
    }
    #expect(TextForm(Self.column([nil, nil])) == nil)
    // A file that contradicts itself is an error, and never a trap.
    let form = try #require(TextForm(Self.column((1...50).map { "u\($0 * $0)@example.org" })))
    let text = String(decoding: try JSONEncoder().encode(form), as: UTF8.self)
    let wrong = text.replacingOccurrences(
      of: #""others":50"#,
      with: #""others":9223372036854775807"#
    )
    #expect(wrong != text)
    #expect(try JSONDecoder().decode(TextForm.self, from: Data(wrong.utf8)).problem != nil)
  }

  // MARK: In tables

  private static func customers(_ count: Int) -> Table {
    let cities = (0..<count / 2).map { "Port \(String(UnicodeScalar(UInt8(97 + $0 % 26))))\($0)" }
    return Table(
      name: "customers.csv",
      columns: [
        Table.Column(name: "id", kind: .identifier, cells: .texts((1...count).map(String.init))),
        Table.Column(name: "city", kind: .text, cells: .texts((0..<count).map { cities[$0 / 2] })),
        Table.Column(
          name: "spent",
          kind: .number,
          cells: .numbers((0..<count).map { Double($0 * 37 % 100) }, missing: [])
        ),
        Table.Column(
          name: "level",
          kind: .category,
          cells: .codes((0..<count).map { Int32($0 % 3) }, levels: ["low", "mid", "top"])
        ),
      ]
    )
  }

  @Test func citiesAreOfTheDataAndRowsHaveNewNames() async throws {
    let real = Self.customers(1_000)
    let fitted = try await Synthesizer(
      architecture: .dense(hidden: [16], activation: .silu),
      learning: TrainingSettings(epochs: 2, seed: 1)
    ).fit(.table(real), session: TrainingSession(engine: smallEngine()))
    let made = try await fitted.table(300, seed: 2, on: smallEngine())
    #expect((0..<300).map { made.columns[0].text($0) } == (1_001...1_300).map { "\($0)" })
    let known = Set((0..<1_000).compactMap { real.columns[1].text($0) })
    let cities = (0..<300).compactMap { made.columns[1].text($0) }
    #expect(cities.count == 300 && known.isSuperset(of: cities) && Set(cities).count > 150)
    let notes = try #require(fitted.evaluation).notes.joined(separator: "\n")
    #expect(
      notes.contains("id (running on from 1001)") && notes.contains("texts of the data: city")
    )
    // With conditions, too, numbers run on without gaps.
    let low = try await fitted.table(
      50,
      where: [SynthesisCondition("level", is: "low")],
      seed: 2,
      on: smallEngine()
    )
    #expect((0..<50).map { low.columns[0].text($0) } == (1_001...1_050).map { "\($0)" })
  }

  @Test func aWideTableHasAsManyBinsInEachColumn() throws {
    var generator = SeededGenerator(seed: 6)
    let columns = (0..<2_000).map { column in
      Table.Column(
        name: "x\(column)",
        kind: .number,
        cells: .numbers(
          (0..<50).map { _ in column % 9 == 0 ? 1 : Double(generator.nextNormal()) },
          missing: column % 5 == 0 ? (0..<50).map { $0 % 7 == 0 } : []
        )
      )
    }
    let table = Table(name: "wide.csv", columns: columns)
    let encoding = try TableEncoding(binning: table, rows: Array(0..<50))
    #expect(
      encoding.layout.commonLevels != nil && encoding.width < 40_000 && encoding.problem == nil
    )
    let bins = try encoding.bins(of: table)
    for (place, field) in encoding.fields.enumerated().prefix(40) {
      let drawn = field.drawn(bins[place], &generator)
      for row in 0..<50 { #expect(drawn.isMissing(row) == columns[place].isMissing(row)) }
      // A bin that no cell has stands for the first one.
      guard place % 5 != 0 else { continue }
      let last = field.drawn([Int32(field.width - 1)], &generator)
      #expect(!last.isMissing(0) && last.count == 1)
    }
  }
}
