import HourglassDatasets
import HourglassTensors

/// What the reader makes of a data file.
struct DatasetSummary: Codable {
  /// A column of a table.
  struct Column: Codable {
    var name: String
    var minimum: Double
    var mean: Double
    var standardDeviation: Double
    var maximum: Double
  }

  var file: String
  /// `table` or `images`.
  var kind: String
  var count: Int
  /// The shape of an item: `[columns]` or `[channels, height, width]`.
  var itemShape: [Int]
  /// The least and the greatest value of the file.
  var minimum: Double
  var maximum: Double
  /// The mean over all values.
  var mean: Double
  /// What values are multiplied by before they are learned from.
  var scale: Double
  var fingerprint: String
  /// The columns of a table; none for images.
  var columns: [Column]

  /// Goes once over the values.
  init(_ dataset: NumericDataset, path: String) {
    file = path
    kind = dataset.kind == .images ? "images" : "table"
    count = dataset.count
    itemShape = dataset.itemShape.dimensions
    scale = Double(dataset.scale)
    fingerprint = dataset.fingerprint
    var values = Moments(count: dataset.featureCount)
    for index in 0..<dataset.count { values.add(dataset.item(index)) }
    // Bytes become values from 0 to 1 in single precision; back again they are whole numbers.
    let unit = 1 / Double(dataset.scale)
    let original = { (value: Float) in
      dataset.scale == 1 ? Double(value) : (Double(value) * unit).rounded()
    }
    minimum = Double(dataset.valueRange.lowerBound)
    maximum = Double(dataset.valueRange.upperBound)
    if dataset.kind == .images, let least = values.minima.min(), let most = values.maxima.max() {
      minimum = original(least)
      maximum = original(most)
    }
    mean = values.means.reduce(0, +) / Double(values.means.count) * unit
    columns = dataset.columns.enumerated().map { index, name in
      Column(
        name: name,
        minimum: Double(values.minima[index]),
        mean: values.means[index],
        standardDeviation: values.standardDeviation(index),
        maximum: Double(values.maxima[index])
      )
    }
  }

  /// The summary for people.
  var text: String {
    var lines = [title]
    lines.append("values from \(number(minimum)) to \(number(maximum)), mean \(number(mean))")
    if scale != 1 { lines[1] += "; learned from as values from 0 to 1" }
    lines.append("fingerprint \(fingerprint)")
    let constant = columns.filter { $0.minimum == $0.maximum }.count
    if constant > 0 {
      lines.append("\(NumberText.counted(constant, "column")) of one value only")
    }
    guard !columns.isEmpty else { return lines.joined(separator: "\n") }
    var table = TextTable(["column", "min", "mean", "deviation", "max"])
    let shown = columns.prefix(100)
    for column in shown {
      table.append([
        column.name, number(column.minimum), number(column.mean),
        number(column.standardDeviation), number(column.maximum),
      ])
    }
    lines += [""] + table.lines
    if columns.count > shown.count {
      lines.append("and \(columns.count - shown.count) columns more (--json has them all)")
    }
    return lines.joined(separator: "\n")
  }

  private var title: String {
    if kind == "table" {
      return "\(file): a table of \(NumberText.counted(count, "row")) and "
        + NumberText.counted(columns.count, "column")
    }
    let size = "\(itemShape[2]) x \(itemShape[1]) pixels"
    let channels = itemShape[0] == 1 ? "" : " in \(itemShape[0]) channels"
    return "\(file): \(NumberText.counted(count, "image")) of \(size)\(channels)"
  }

  private func number(_ value: Double) -> String { NumberText.plain(value) }
}

/// Running sums for each value of an item.
///
/// Reference: Welford, 1962, "Note on a method for calculating corrected sums of squares and
/// products", doi:10.1080/00401706.1962.10490022.
private struct Moments {
  private(set) var minima: [Float]
  private(set) var maxima: [Float]
  private(set) var means: [Double]
  private var squares: [Double]
  private var number = 0

  init(count: Int) {
    minima = Array(repeating: .infinity, count: count)
    maxima = Array(repeating: -.infinity, count: count)
    means = Array(repeating: 0, count: count)
    squares = Array(repeating: 0, count: count)
  }

  mutating func add(_ values: [Float]) {
    number += 1
    let part = 1 / Double(number)
    for (index, value) in values.enumerated() {
      minima[index] = min(minima[index], value)
      maxima[index] = max(maxima[index], value)
      let difference = Double(value) - means[index]
      means[index] += difference * part
      squares[index] += difference * (Double(value) - means[index])
    }
  }

  func standardDeviation(_ index: Int) -> Double {
    (squares[index] / Double(number)).squareRoot()
  }
}
