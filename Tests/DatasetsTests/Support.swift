import Foundation
import HourglassData
import HourglassTensors
import Testing

/// A folder of its own for a test, removed afterwards.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "hourglass-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and gives its path.
  func file(_ bytes: [UInt8], name: String = "data") throws -> String {
    // Some file systems wait for the disk when a file is emptied and written again.
    unlink("\(path)/\(name)")
    try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    return "\(path)/\(name)"
  }

  /// Writes a text file and gives its path.
  func file(_ text: String, name: String = "data") throws -> String {
    try file(Array(text.utf8), name: name)
  }
}

/// The path of a file that `Scripts/goldens/datasets.py` made.
func golden(_ name: String) throws -> String {
  try #require(Bundle.module.url(forResource: "Goldens", withExtension: nil)).path + "/" + name
}

/// The bytes of a file that `Scripts/goldens/datasets.py` made.
func goldenBytes(_ name: String) throws -> [UInt8] {
  Array(try Data(contentsOf: URL(fileURLWithPath: golden(name))))
}

/// The text of the error of a body, with the folder of the test left out.
func message(in folder: TemporaryFolder, _ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return "\(error)".replacingOccurrences(of: folder.path + "/", with: "")
  }
}

/// Big-endian bytes of a header of IDX data.
func idxHeader(type: UInt8 = 8, _ dimensions: [UInt32]) -> [UInt8] {
  [0, 0, type, UInt8(dimensions.count)]
    + dimensions.flatMap { extent in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: extent >> $0) }
    }
}

let large = 1 << 40

/// A table of numbers as one list, row by row; a missing cell is NaN.
struct NumberTable {
  let columns: [String]
  let rowCount: Int
  let values: [Float]

  init(
    contentsOf path: String,
    limit: Int? = nil,
    header: TableOptions.Header = .automatic,
    memoryLimit: Int = large,
    windowSize: Int = 1 << 20
  ) throws(DatasetError) {
    let table = try Table(
      contentsOf: path,
      options: TableOptions(limit: limit, header: header),
      memoryLimit: memoryLimit,
      windowSize: windowSize
    )
    columns = table.columns.map(\.name)
    rowCount = table.rowCount
    values = (0..<table.rowCount).flatMap { row in
      table.columns.map { $0.number(row).map(Float.init) ?? .nan }
    }
  }
}
