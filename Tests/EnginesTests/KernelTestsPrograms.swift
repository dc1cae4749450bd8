import CHourglassOneDNN
import Foundation
import Testing

@Suite("Kernel programs")
struct KernelTestsPrograms {
  static let lengths = [0, 1, 7, 8, 31, 32, 33, 511, 512, 513, 1025, 100_000]

  @Test("Lengths, temporaries and a sum", arguments: lengths, [1, 2] as [Int32])
  func anyLength(count: Int, threads: Int32) {
    let x = scrambled(count, seed: 4)
    let y = scrambled(count, seed: 5)
    let output = Memory(count: count)
    let loss = Memory(count: 1)
    let total = Memory(count: 1)
    let program = Program([count])
    let first = program.operand(Memory(x), strides: [1])
    let second = program.operand(Memory(y), strides: [1])
    let gradient = program.operand(output, strides: [1], output: true)
    let difference = program.temporary()
    let square = program.temporary()
    program.add(HG_OP_SUBTRACT, difference, first, second)
    program.add(HG_OP_SQUARE, square, difference)
    program.add(HG_OP_AFFINE, gradient, difference, p: 0.5, q: 0.125)
    program.sum(square, scale: 0.25, into: loss)
    program.sum(gradient, scale: 1, into: total)
    program.run(threads: threads)
    let differences = zip(x, y).map { $0 - $1 }
    let gradients = differences.map { 0.5 * $0 + 0.125 }
    let exact = differences.reduce(0) { $0 + Double($1 * $1) } * 0.25
    #expect(output.values == gradients)
    #expect(isClose(loss.values[0], exact, relative: 1e-7, absolute: 0))
    let sum = gradients.reduce(0) { $0 + Double($1) }
    #expect(isClose(total.values[0], sum, relative: 1e-7, absolute: 1e-12))
    #expect(output.isIntact && loss.isIntact && total.isIntact)
  }

  @Test("A number has rank 0")
  func number() {
    let output = Memory(count: 1)
    let program = Program([])
    let x = program.operand(Memory([3]), strides: [])
    program.add(HG_OP_SQUARE, program.operand(output, strides: [], output: true), x)
    program.run()
    #expect(output.values == [9])
    #expect(output.isIntact)
  }

  /// Extents, the strides of two inputs and of the output.
  struct Layout: CustomTestStringConvertible, Sendable {
    let extents: [Int]
    let first: [Int]
    let second: [Int]
    let output: [Int]
    var testDescription: String { "\(extents) \(first) \(second) \(output)" }
  }

  static let layouts: [Layout] = [
    // Rows of wider tables.
    Layout(extents: [128, 20], first: [40, 1], second: [20, 1], output: [33, 1]),
    Layout(extents: [7, 300], first: [301, 1], second: [300, 1], output: [310, 1]),
    Layout(extents: [3, 1030], first: [1030, 1], second: [2000, 1], output: [1031, 1]),
    // A row for all rows, a number for each row, one number.
    Layout(extents: [128, 20], first: [20, 1], second: [0, 1], output: [20, 1]),
    Layout(extents: [128, 20], first: [0, 1], second: [1, 0], output: [20, 1]),
    Layout(extents: [5, 784], first: [784, 1], second: [0, 1], output: [784, 1]),
    Layout(extents: [5, 784], first: [784, 1], second: [3, 0], output: [784, 1]),
    Layout(extents: [5, 784], first: [784, 1], second: [0, 0], output: [784, 1]),
    Layout(extents: [40, 3], first: [0, 0], second: [0, 1], output: [3, 1]),
    Layout(extents: [2, 3], first: [3, 1], second: [0, 1], output: [3, 1]),
    // A number for each channel of images, small and large; a transposed outer order.
    Layout(extents: [4, 6, 25], first: [150, 25, 1], second: [0, 1, 0], output: [150, 25, 1]),
    Layout(
      extents: [4, 6, 400],
      first: [2400, 400, 1],
      second: [0, 1, 0],
      output: [2400, 400, 1]
    ),
    Layout(extents: [4, 6, 25], first: [25, 100, 1], second: [0, 25, 1], output: [150, 25, 1]),
    Layout(
      extents: [3, 2, 5, 7],
      first: [70, 35, 7, 1],
      second: [5, 0, 1, 0],
      output: [70, 7, 14, 1]
    ),
    Layout(
      extents: [2, 3, 2, 3, 2, 5],
      first: [180, 60, 30, 10, 5, 1],
      second: [0, 30, 0, 10, 0, 1],
      output: [180, 60, 30, 10, 5, 1]
    ),
    // Dimensions of extent 1, and columns of a table.
    Layout(extents: [600, 1], first: [5, 1], second: [1, 0], output: [2, 1]),
    Layout(extents: [600, 1], first: [1, 0], second: [0, 0], output: [1, 1]),
    Layout(
      extents: [1, 600, 1, 1],
      first: [9, 1, 4, 0],
      second: [0, 1, 0, 0],
      output: [7, 1, 9, 1]
    ),
    Layout(extents: [1, 1], first: [3, 0], second: [0, 1], output: [5, 1]),
    Layout(
      extents: [2, 1, 1, 90],
      first: [90, 0, 5, 1],
      second: [0, 0, 0, 1],
      output: [90, 3, 3, 1]
    ),
    Layout(extents: [3, 0, 4], first: [4, 4, 1], second: [0, 0, 0], output: [4, 4, 1]),
  ]

  @Test("Strides and broadcasts", arguments: layouts, [1, 2] as [Int32])
  func anyStrides(layout: Layout, threads: Int32) {
    func span(_ strides: [Int]) -> Int {
      zip(layout.extents, strides).reduce(1) { $0 + max($1.0 - 1, 0) * $1.1 }
    }
    let x = scrambled(span(layout.first), seed: 6)
    let y = scrambled(span(layout.second), seed: 7)
    let output = Memory(count: span(layout.output), filled: -777)
    let total = Memory(count: 1)
    let program = Program(layout.extents)
    let first = program.operand(Memory(x), strides: layout.first)
    let second = program.operand(Memory(y), strides: layout.second)
    let result = program.operand(output, strides: layout.output, output: true)
    let product = program.temporary()
    program.add(HG_OP_MULTIPLY, product, first, second)
    program.add(HG_OP_SUBTRACT, result, product, second)
    program.sum(result, scale: 2, into: total)
    program.run(threads: threads)

    var wanted = [Float](repeating: -777, count: output.count)
    var sum = 0.0
    let elements = layout.extents.reduce(1, *)
    for element in 0..<elements {
      var rest = element
      var places = (0, 0, 0)
      for axis in layout.extents.indices.reversed() {
        let at = rest % layout.extents[axis]
        rest /= layout.extents[axis]
        places.0 += at * layout.first[axis]
        places.1 += at * layout.second[axis]
        places.2 += at * layout.output[axis]
      }
      let value = x[places.0] * y[places.1] - y[places.1]
      wanted[places.2] = value
      sum += Double(value)
    }
    #expect(output.values == wanted)
    #expect(isClose(total.values[0], 2 * sum, relative: 1e-7, absolute: 1e-12))
    #expect(output.isIntact)
  }

  @Test("An output in the memory of an input", arguments: [5, 300], [20, 1000])
  func aliases(rows: Int, width: Int) {
    let x = scrambled(rows * width, seed: 8)
    let memory = Memory(x)
    let other = Memory(count: rows * width)
    // Strides that keep the rows apart for the interpreter: the table is twice as wide.
    for (extents, strides) in [([rows * width], [1]), ([rows, width / 2], [width, 1])] {
      for index in x.indices { memory.data[index] = x[index] }
      let program = Program(extents)
      let first = program.operand(memory, strides: strides)
      let inPlace = program.operand(memory, strides: strides, output: true)
      let second = program.operand(other, strides: strides, output: true)
      program.add(HG_OP_AFFINE, inPlace, first, p: 2, q: 1)
      // The input keeps its old value after the output was written.
      program.add(HG_OP_SUBTRACT, second, inPlace, first)
      program.run(threads: 2)
      let touched = (0..<rows * width).filter { strides.count == 1 || $0 % width < width / 2 }
      #expect(touched.allSatisfy { memory.data[$0] == 2 * x[$0] + 1 })
      #expect(touched.allSatisfy { other.data[$0] == (2 * x[$0] + 1) - x[$0] })
      #expect(memory.isIntact && other.isIntact)
    }
  }

  @Test("An output that is read after it was written, and one operand twice")
  func outputsAreRegisters() {
    let x = scrambled(777, seed: 9)
    let output = Memory(count: 777)
    let program = Program([777])
    let first = program.operand(Memory(x), strides: [1])
    let result = program.operand(output, strides: [1], output: true)
    program.add(HG_OP_SQUARE, result, first)
    program.add(HG_OP_ADD, result, result, result)
    program.add(HG_OP_SUBTRACT, result, result, first)
    program.run()
    #expect(output.values == x.map { 2 * ($0 * $0) - $0 })
  }

  @Test("The number of threads does not change elements, and sums but little")
  func threads() {
    let x = scrambled(300_000, seed: 10)
    var outputs: [[Float]] = []
    var sums: [Float] = []
    for threads in [1, 2, 2, 3, 7] as [Int32] {
      let output = Memory(count: x.count)
      let total = Memory(count: 1)
      let program = Program([x.count])
      let first = program.operand(Memory(x), strides: [1])
      let result = program.operand(output, strides: [1], output: true)
      program.add(HG_OP_GELU, result, first)
      program.sum(result, scale: 1, into: total)
      program.run(threads: threads)
      outputs.append(output.values)
      sums.append(total.values[0])
    }
    #expect(outputs.allSatisfy { $0 == outputs[0] })
    #expect(sums[1] == sums[2])
    let exact = outputs[0].reduce(0) { $0 + Double($1) }
    #expect(sums.allSatisfy { isClose($0, exact, relative: 1e-7, absolute: 0) })
  }

  @Test("Sums keep double precision")
  func sumPrecision() {
    // Many small numbers next to large ones of both signs.
    let x: [Float] = (0..<100_001).map { $0 == 0 ? 1e8 : $0 == 100_000 ? -1e8 : 0.001 }
    let total = Memory(count: 1)
    let program = Program([x.count])
    let first = program.operand(Memory(x), strides: [1])
    program.sum(first, scale: 1, into: total)
    program.run()
    let exact = 99_999 * Double(Float(0.001))
    #expect(isClose(total.values[0], exact, relative: 1e-6, absolute: 0))
  }
}
