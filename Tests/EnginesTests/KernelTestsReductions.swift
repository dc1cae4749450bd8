import CHourglassOneDNN
import Testing

@Suite("Kernel reductions")
struct KernelTestsReductions {
  static let shapes: [[Int]] = [
    [1, 1, 1], [1, 0, 5], [0, 3, 4], [2, 3, 0], [1, 1000, 1], [1, 400_001, 1], [37, 1, 1],
    [300, 20, 1], [3, 1000, 1], [5, 7, 3], [1, 1000, 3], [1, 20_001, 20], [2, 65, 31], [2, 65, 32],
    [1, 3, 512], [1, 129, 513], [1, 64, 5000], [4, 9, 1100], [2, 1, 40],
  ]

  private func exact(_ kind: hg_reduction, _ source: [Float], _ shape: [Int]) -> [Double] {
    var result: [Double] = []
    for outer in 0..<shape[0] {
      for inner in 0..<shape[2] {
        var value = kind == HG_REDUCE_SUM ? 0 : -Double.infinity
        for middle in 0..<shape[1] {
          let element = Double(source[(outer * shape[1] + middle) * shape[2] + inner])
          value = kind == HG_REDUCE_SUM ? value + element : max(value, element)
        }
        result.append(value)
      }
    }
    return result
  }

  @Test("Sums and maxima", arguments: shapes)
  func reduce(shape: [Int]) {
    let source = scrambled(shape.reduce(1, *), seed: 50)
    for kind in [HG_REDUCE_SUM, HG_REDUCE_MAX] {
      let wanted = exact(kind, source, shape)
      for threads in [1, 2, 5] as [Int32] {
        let output = Memory(count: shape[0] * shape[2])
        let again = Memory(count: shape[0] * shape[2])
        for memory in [output, again] {
          hg_reduce(
            kind,
            source,
            memory.data,
            Int64(shape[0]),
            Int64(shape[1]),
            Int64(shape[2]),
            0.5,
            threads
          )
        }
        let close = zip(output.values, wanted).allSatisfy {
          isClose($0, 0.5 * $1, relative: 1e-7, absolute: 1e-12)
        }
        #expect(close)
        #expect(output.values == again.values)
        #expect(output.isIntact)
      }
    }
  }

  @Test("Maxima of what is not a number are not a number", arguments: [1, 2] as [Int32])
  func maximumOfNothing(threads: Int32) {
    for place in [0, 1, 63, 64, 200_000, 400_000] {
      var source = scrambled(400_001, seed: 51)
      source[place] = .nan
      let output = Memory(count: 1)
      hg_reduce(HG_REDUCE_MAX, source, output.data, 1, 400_001, 1, 1, threads)
      #expect(output.values[0].isNaN)
    }
  }

  @Test(
    "Sums of channels",
    arguments: [
      [1, 1, 1], [0, 3, 5], [3, 4, 0], [7, 3, 25], [128, 32, 16], [5, 600, 1], [3, 1, 4000],
      [64, 2, 3000], [2000, 3, 50], [2, 5, 513], [9, 31, 17],
    ]
  )
  func channels(shape: [Int]) {
    let source = scrambled(shape.reduce(1, *), seed: 52)
    var wanted = [Double](repeating: 0, count: shape[1])
    for (index, value) in source.enumerated() {
      wanted[index / shape[2] % shape[1]] += Double(value)
    }
    for threads in [1, 2, 5] as [Int32] {
      let output = Memory(count: shape[1])
      hg_channel_sum(
        source,
        output.data,
        Int64(shape[0]),
        Int64(shape[1]),
        Int64(shape[2]),
        threads
      )
      let close = zip(output.values, wanted).allSatisfy {
        isClose($0, $1, relative: 1e-7, absolute: 1e-12)
      }
      #expect(close)
      #expect(output.isIntact)
    }
  }

  @Test("Gather and scatter take any index", arguments: [1, 3, 50])
  func gatherAndScatter(width: Int) {
    let rows = 4
    let table = scrambled(rows * width, seed: 53)
    let indices: [Float] = [0, 3, 1, -1, 4, 1e30, -1e30, .infinity, -.infinity, .nan, 2, 3, -0.5]
    let picked = [0, 3, 1, 0, 3, 3, 0, 3, 0, 0, 2, 3, 0]
    let output = Memory(count: indices.count * width)
    hg_gather(
      table,
      indices,
      output.data,
      Int64(rows),
      Int64(indices.count),
      Int64(width)
    )
    #expect(output.values == picked.flatMap { table[$0 * width..<($0 + 1) * width] })
    #expect(output.isIntact)

    let source = scrambled(indices.count * width, seed: 54)
    let sums = Memory(count: rows * width)
    hg_scatter_add(
      source,
      indices,
      sums.data,
      Int64(rows),
      Int64(indices.count),
      Int64(width)
    )
    var wanted = [Float](repeating: 0, count: rows * width)
    for (index, row) in picked.enumerated() {
      for column in 0..<width { wanted[row * width + column] += source[index * width + column] }
    }
    #expect(sums.values == wanted)
    #expect(sums.isIntact)
  }
}
