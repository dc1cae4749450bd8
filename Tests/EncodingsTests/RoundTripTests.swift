import Foundation
import HourglassData
import HourglassEncodings
import HourglassTensors
import HourglassTestSupport
import Testing

/// Tables that become values for a network and come back are what they were.
@Suite struct RoundTripTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The tables of the folder that `HOURGLASS_TEST_TABLES` names; none without it.
  static let tables: [String] = {
    guard let folder = ProcessInfo.processInfo.environment["HOURGLASS_TEST_TABLES"],
      let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
    else { return [] }
    return names.filter { $0.hasSuffix(".csv") }.sorted().map { "\(folder)/\($0)" }
  }()

  private func check(_ table: Table) throws {
    let rows = Array(0..<table.rowCount)
    for scaling in [NumberScaling.robust, .standard] {
      let encoding = try TableEncoding(
        learning: table,
        rows: rows,
        scaling: scaling,
        levelLimit: 100_000
      )
      let encoded = try encoding.encoded(table)
      let unknown = try encoding.unknownLevels(of: table)
      #expect(unknown.cells.isEmpty)
      let decoded = encoding.decoded(values: encoded.values, count: table.rowCount, like: table)
      #expect(decoded.columns.map(\.name) == table.columns.map(\.name))
      for (before, after) in zip(table.columns, decoded.columns) {
        #expect(before.kind == after.kind)
        let present = rows.filter { !before.isMissing($0) }
        guard before.kind == .number, case .numbers(let numbers, _) = before.cells else {
          let differing = present.filter { before.text($0) != after.text($0) }
          let first = differing.prefix(3).map {
            "\(before.text($0) ?? "") as \(after.text($0) ?? "")"
          }
          #expect(differing.isEmpty, "\(table.name), \(before.name), \(scaling): \(first)")
          continue
        }
        // Single precision keeps 24 bits of the encoded value, which is steepest in the tails.
        let greatest = present.map { abs(numbers[$0]) }.max() ?? 0
        let range =
          (present.map { numbers[$0] }.max() ?? 0) - (present.map { numbers[$0] }.min() ?? 0)
        for row in present {
          let miss = abs(numbers[row] - (after.number(row) ?? .nan))
          #expect(
            miss <= 1e-5 * max(range, greatest * 1e-2),
            "\(table.name), \(before.name), row \(row): \(numbers[row]) came back off by \(miss)"
          )
        }
      }
    }
  }

  @Test(arguments: tables)
  func everyTableComesBack(_ path: String) throws { try check(Table(contentsOf: path)) }

  @Test func everyKindComesBack() throws {
    var text = "n,i,b,c,d,t,o,id,k\n"
    for row in 0..<60 {
      let number = row % 7 == 3 ? "" : "\(Double(row * row % 41) / 8)"
      text +=
        "\(number),\(row % 13 == 2 ? "NA" : "\(row * 3 % 17)"),\(row % 3 == 0 ? "yes" : "no"),"
      text +=
        "\(["red", "green", "blue, dark"][row % 3] == "blue, dark" ? "\"blue, dark\"" : "red"),"
      text += "20\(10 + row % 15)-0\(1 + row % 9)-1\(row % 9) 0\(row % 9):1\(row % 6):2\(row % 10),"
      text += "1\(row % 9):3\(row % 10),\(row % 4),name \(row),5\n"
    }
    let options = TableOptions(columnKinds: ["o": .ordinal])
    let table = try Table(contentsOf: folder.file(text), options: options)
    #expect(
      table.columns.map(\.kind) == [
        .number, .integer, .boolean, .boolean, .date, .time, .ordinal, .identifier, .constant,
      ]
    )
    try check(table)
  }
}
