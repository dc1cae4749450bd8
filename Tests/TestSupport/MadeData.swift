internal import Foundation
package import HourglassData
package import HourglassEngines
package import HourglassTensors

/// The numbers that `Scripts/goldens/make_principal_components.py` draws.
package struct GoldenNumbers {
  private var state: UInt64 = 1

  package init() {}

  package mutating func next() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 40) * 0x1p-23 - 1
  }

  /// Rows of a factor model with noise, `[count, width]`.
  package static func rows(_ count: Int, _ width: Int, factors: Int) -> Tensor {
    var numbers = GoldenNumbers()
    let weights = (0..<factors).map { _ in (0..<width).map { _ in numbers.next() } }
    var values: [Float] = []
    for _ in 0..<count {
      let scores = (0..<factors).map { _ in numbers.next() }
      for column in 0..<width {
        var value = 0.0
        for factor in 0..<factors {
          value += Double(factors - factor) * scores[factor] * weights[factor][column]
        }
        values.append(Float(value + 0.1 * numbers.next() + Double(column) / Double(width)))
      }
    }
    return Tensor(values, shape: [count, width])
  }
}

/// Rows on a curved surface of two dimensions in eight columns, with a little noise: something that
/// an autoencoder can reduce better than PCA.
package func curvedRows(_ count: Int, seed: UInt64 = 1) -> Tensor {
  var generator = SeededGenerator(seed: seed)
  var values: [Float] = []
  for _ in 0..<count {
    let a = 3 * Double(generator.nextUniform()) - 1.5
    let b = 3 * Double(generator.nextUniform()) - 1.5
    let row = [a, b, a * b, a * a, b * b, sin(2 * a), cos(2 * b), a - b]
    values += row.map { Float($0) + 0.02 * generator.nextNormal() }
  }
  return Tensor(values, shape: [count, 8])
}

/// Images of a soft spot at a random place, `[count, 1, side, side]`, from 0 to 1.
package func spots(_ count: Int, side: Int = 8, seed: UInt64 = 1) -> Tensor {
  var generator = SeededGenerator(seed: seed)
  var values: [Float] = []
  for _ in 0..<count {
    let x = Float(side) * generator.nextUniform()
    let y = Float(side) * generator.nextUniform()
    for row in 0..<side {
      for column in 0..<side {
        let (dx, dy) = (Float(column) - x, Float(row) - y)
        values.append(exp(-(dx * dx + dy * dy) / 4))
      }
    }
  }
  return Tensor(values, shape: [count, 1, side, side])
}

/// A table of rows of numbers.
package func table(_ rows: Tensor, columns: [String]? = nil) throws -> NumericDataset {
  try NumericDataset(name: "rows", table: rows, columns: columns)
}

/// An engine of one thread, so that tests that run side by side do not fight for cores.
package func smallEngine(_ executor: ComputeEngine.Executor = .oneDNN) -> ComputeEngine {
  ComputeEngine(.init(threads: 1, precision: .float32, executor: executor))
}

/// Big-endian bytes of a header of IDX data.
package func idxHeader(type: UInt8 = 8, _ dimensions: [UInt32]) -> [UInt8] {
  [0, 0, type, UInt8(dimensions.count)]
    + dimensions.flatMap { extent in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: extent >> $0) }
    }
}

/// More bytes than any test needs.
package let large = 1 << 40

/// A table of numbers as one list, row by row; a missing cell is NaN.
package struct NumberTable {
  package let columns: [String]
  package let rowCount: Int
  package let values: [Float]

  package init(
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

/// The table of the numbers of a tensor `[rows, columns]`.
package func numberTable(_ rows: Tensor, missing: Set<Int> = []) -> Table {
  let width = rows.shape[1]
  let columns = (0..<width).map { column in
    let places = (0..<rows.shape[0]).map { $0 * width + column }
    return Table.Column(
      name: "x\(column)",
      kind: .number,
      cells: .numbers(
        places.map { missing.contains($0) ? 0 : Double(rows.scalars[$0]) },
        missing: places.map(missing.contains)
      )
    )
  }
  return Table(name: "rows", columns: columns)
}
