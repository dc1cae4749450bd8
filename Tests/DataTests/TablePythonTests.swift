import Foundation
import HourglassData
import HourglassTensors
import HourglassTestSupport
import Testing

/// Tables are read as pandas reads them, and pandas and NumPy read what is written.
@Suite(
  .enabled(
    if: Python.has("pandas", "numpy"),
    "needs python3 with the package pandas (HOURGLASS_TEST_PYTHON)"
  )
)
struct TablePythonTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// What pandas reads, as JSON: the names, and each row.
  private static let dump = """
    import sys, json, pandas
    words = ["", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "-nan", "null", "NULL", "None", "?"]
    frame = pandas.read_csv(
        sys.argv[1], sep=sys.argv[2], decimal=sys.argv[3], keep_default_na=False, na_values=words,
        skipinitialspace=sys.argv[2] == ",", float_precision="round_trip", encoding="utf-8-sig")
    def cell(value):
        if pandas.isna(value):
            return None
        return value.strip() if isinstance(value, str) else float(value)
    rows = [[cell(value) for value in row] for row in frame.itertuples(index=False)]
    print(json.dumps([list(frame.columns)] + rows))
    """

  private enum Cell: Hashable, Decodable {
    case number(Double)
    case text(String)
    case missing

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .missing
      } else if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .text(try container.decode(String.self))
      }
    }
  }

  private func byPandas(_ path: String, _ separator: String, _ decimal: String) throws -> [[Cell]] {
    let (status, output) = try Python.run(Self.dump, path, separator, decimal)
    try #require(status == 0)
    return try JSONDecoder().decode([[Cell]].self, from: Data(output.utf8))
  }

  private func cells(_ table: Table) -> [[Cell]] {
    let rows = (0..<table.rowCount).map { row in
      table.columns.map { column -> Cell in
        if column.isMissing(row) { return .missing }
        if case .numbers(let numbers, _) = column.cells, column.dateFormat == nil {
          return .number(numbers[row])
        }
        return column.text(row).map(Cell.text) ?? .missing
      }
    }
    return [table.columns.map { .text($0.name) }] + rows
  }

  private static let numbers = """
    a,b,c
    1,-2.5,3e-7
    0.1,1e22,123456789012345678
    9007199254740993,2.2250738585072014e-308,4.35
    -0.0,5,0.30000000000000004

    """
  private static let mixed = #"""
    id,name,"size, cm",when,ok
    1,"Smith, ""Joe""",1.5,2024-03-05,yes
    2,"two\#nlines",NA,2024-03-06,no
    3,O'Neil,?,,yes
    4,plain,2.25,2024-12-31,
    5, spaced ,7,2025-01-01,no

    """#

  @Test(arguments: [
    (numbers, ",", "."), (mixed, ",", "."), ("\u{feff}" + mixed, ",", "."),
    (mixed.replacingOccurrences(of: "\n", with: "\r\n"), ",", "."),
    ("a;b\n1,5;x\n2,25;y\n;z\n", ";", ","), ("a\tb\n1\tx y\n\tw\n3\tz\n7\tz\n", "\t", "."),
  ])
  func pandasReadsTheSame(_ text: String, _ separator: String, _ decimal: String) throws {
    let path = try folder.file(text, name: "table.csv")
    var options = TableOptions()
    options.hasDecimalComma = decimal == ","
    let table = try Table(contentsOf: path, options: options)
    #expect(try cells(table) == byPandas(path, separator, decimal))
  }

  @Test func pandasReadsWhatWeWrite() throws {
    let table = try Table(contentsOf: folder.file(Self.mixed))
    let path = folder.path + "/written.csv"
    try table.write(to: path)
    #expect(try cells(table) == byPandas(path, ",", "."))
    let again = try Table(contentsOf: path)
    #expect(again.columns == table.columns)
  }

  @Test func numpyArraysAreReadAsNumPyReadsThem() throws {
    let path = folder.path + "/arrays.npz"
    let (status, output) = try Python.run(
      """
      import sys, numpy
      x = numpy.array([[1.5, -2, 3e-7], [0.1, 1e22, -0.0]])
      numpy.savez_compressed(sys.argv[1], X=x, y=numpy.array([3, 1]), big=x.astype(">f4"),
                             turned=numpy.asfortranarray(x), small=x.astype("f2"))
      for name in ["X", "big", "turned"]:
          print(*[repr(float(v)) for v in numpy.load(sys.argv[1])[name].reshape(-1)])
      """,
      path
    )
    #expect(status == 0)
    let lines = output.split(separator: "\n").map {
      $0.split(separator: " ").compactMap { Double($0) }
    }
    try #require(lines.count == 3)
    for (name, expected) in zip(["X", "big", "turned"], lines) {
      var options = DatasetOptions()
      options.arrayName = name
      options.labelsName = "y"
      guard case .table(let data) = try Dataset.load(contentsOf: path, options: options) else {
        Issue.record("\(name) is no table")
        continue
      }
      let table = data.sample
      let values = (0..<2).flatMap { row in (0..<3).map { table.columns[$0].number(row) ?? .nan } }
      #expect(values == expected, "\(name)")
      #expect(table.columns[3].text(0) == "3")
    }
  }
}
