import HourglassTestSupport
import Testing

@testable import HourglassData

/// Tables of very many columns, and lines with very many keys.
@Suite struct WideTextTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func aHeaderOfMoreThanAMebibyteIsRead() throws {
    let count = 200_000
    let header = (0..<count).map { "c\($0)" }.joined(separator: ",")
    #expect(header.utf8.count > 1 << 20)
    let row = (0..<count).map { "\($0 % 10)" }.joined(separator: ",")
    let path = try folder.file([header, row, row].joined(separator: "\n") + "\n")
    let table = try Table(contentsOf: path)
    #expect(table.columns.count == count)
    #expect(table.rowCount == 2)
    #expect(table.columns[count - 1].name == "c\(count - 1)")
    #expect(table.columns[7].number(1) == 7)
  }

  @Test func linesThatShareNoKeysAreRefused() throws {
    let lines = (0..<20_000).map { "{\"k\($0)\":\($0)}" }.joined(separator: "\n") + "\n"
    let path = try folder.file(lines)
    do {
      _ = try Table(contentsOf: path)
      Issue.record("a table of 400 million cells was read")
    } catch {
      #expect("\(error)".contains("different keys"), "\(error)")
    }
  }

  @Test func linesOfFewKeysEachAreATable() throws {
    let lines = (0..<3_000).map { "{\"a\":\($0 % 7),\"k\($0 % 500)\":1}" }
    let table = try Table(contentsOf: folder.file(lines.joined(separator: "\n") + "\n"))
    #expect(table.columns.count == 501)
    #expect(table.rowCount == 3_000)
  }
}
