import Hourglass

/// A table of numbers, which depend on five hidden ones, that measurements are made on: from a seed, the
/// same on every machine.
enum FactorTable {
  /// The number of its columns.
  static let columns = 30

  /// Writes a table of at most so many rows, or bytes, and gives the number of its rows.
  static func write(_ path: String, rows most: Int = .max, bytes limit: Int = .max) throws -> Int {
    let hidden = 5
    var generator = SeededGenerator.named("a large table", seed: 0)
    let weights = (0..<columns * hidden).map { _ in generator.nextNormal() }
    let file = try WrittenFile(path)
    var text = Array(((1...columns).map { "x\($0)" }.joined(separator: ",") + "\n").utf8)
    var (written, rows) = (0, 0)
    while rows < most, written + text.count < limit {
      let code = (0..<hidden).map { _ in generator.nextNormal() }
      for column in 0..<columns {
        var value = 0.1 * generator.nextNormal()
        for index in 0..<hidden { value += code[index] * weights[column * hidden + index] }
        append(value, to: &text)
        text.append(column + 1 < columns ? UInt8(ascii: ",") : UInt8(ascii: "\n"))
      }
      rows += 1
      if text.count >= 1 << 20 {
        try file.write(text)
        written += text.count
        text.removeAll(keepingCapacity: true)
      }
    }
    try file.write(text)
    try file.close()
    return rows
  }

  /// Appends a number with five decimals, as digits: the library's text of a number takes longer.
  private static func append(_ value: Float, to text: inout [UInt8]) {
    if value < 0 { text.append(UInt8(ascii: "-")) }
    let scaled = Int((Double(abs(value)) * 1e5).rounded())
    text += Array("\(scaled / 100_000).".utf8)
    var unit = 10_000
    while unit > 0 {
      text.append(UInt8(ascii: "0") + UInt8(scaled / unit % 10))
      unit /= 10
    }
  }
}
