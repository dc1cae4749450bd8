import CHourglassOneDNN
import Foundation
import Testing

@Suite("Kernel updates")
struct KernelTestsUpdates {
  static let counts = [0, 1, 7, 63, 64, 65, 513, 70_001]

  @Test("Adam", arguments: counts, [0, 0.01] as [Float])
  func adam(count: Int, decay: Float) {
    let start = scrambled(count, seed: 20)
    for threads in [1, 2] as [Int32] {
      let w = Memory(start)
      let m = Memory(count: count, filled: 0)
      let v = Memory(count: count, filled: 0)
      var rate: Float = 0.01
      let scale: [Float] = [0.5]
      var exact = start.map(Double.init)
      var exactM = exact.map { _ in 0.0 }
      var exactV = exactM
      let beta1 = Double(Float(0.9))
      let beta2 = Double(Float(0.999))
      for step in 1...10 {
        if step == 6 { rate = 0.003 }
        let gradient = scrambled(count, seed: 100 + UInt64(step))
        let lr = Double(rate)
        hg_adam(
          w.data,
          gradient,
          m.data,
          v.data,
          Int64(count),
          [rate],
          [Float(step)],
          step < 4 ? nil : scale,
          0.9,
          0.999,
          1e-8,
          decay,
          threads
        )
        for index in 0..<count {
          let g = Double(gradient[index]) * (step < 4 ? 1 : 0.5)
          exactM[index] = beta1 * exactM[index] + (1 - beta1) * g
          exactV[index] = beta2 * exactV[index] + (1 - beta2) * g * g
          exact[index] -= lr * Double(decay) * exact[index]
          let mean = exactM[index] / (1 - pow(beta1, Double(step)))
          let square = exactV[index] / (1 - pow(beta2, Double(step)))
          exact[index] -= lr * mean / (square.squareRoot() + Double(Float(1e-8)))
        }
      }
      #expect(largestDifference(w.values, exact) < 1e-6)
      #expect(largestDifference(m.values, exactM) < 1e-6)
      #expect(largestDifference(v.values, exactV) < 1e-7)
      #expect(w.isIntact && m.isIntact && v.isIntact)
    }
  }

  @Test("Adam leaves a weight alone that has no gradient")
  func adamAtRest() {
    let w = Memory([1, -2, 3])
    let m = Memory(count: 3, filled: 0)
    let v = Memory(count: 3, filled: 0)
    hg_adam(
      w.data,
      [0, 0, 0],
      m.data,
      v.data,
      3,
      [0.1],
      [1],
      nil,
      0.9,
      0.999,
      1e-8,
      0,
      1
    )
    #expect(w.values == [1, -2, 3])
  }

  @Test(
    "Stochastic gradient descent",
    arguments: [(0, false), (0.9, false), (0.9, true)] as [(Float, Bool)]
  )
  func descent(momentum: Float, nesterov: Bool) {
    for count in Self.counts {
      for threads in [1, 2] as [Int32] {
        let start = scrambled(count, seed: 30)
        let w = Memory(start)
        let m = Memory(count: count, filled: 0)
        var exact = start.map(Double.init)
        var exactM = exact.map { _ in 0.0 }
        let scale: [Float] = [0.25]
        for step in 1...10 {
          let gradient = scrambled(count, seed: 200 + UInt64(step))
          hg_sgd(
            w.data,
            gradient,
            momentum == 0 ? nil : m.data,
            Int64(count),
            [0.1],
            scale,
            momentum,
            nesterov ? 1 : 0,
            0.001,
            threads
          )
          for index in 0..<count {
            let g = 0.25 * Double(gradient[index]) + Double(Float(0.001)) * exact[index]
            exactM[index] = Double(momentum) * exactM[index] + g
            let change = nesterov ? g + Double(momentum) * exactM[index] : exactM[index]
            exact[index] -= Double(Float(0.1)) * change
          }
        }
        #expect(largestDifference(w.values, exact) < 2e-6)
        #expect(w.isIntact && m.isIntact)
      }
    }
  }

  @Test("Moving average", arguments: counts)
  func movingAverage(count: Int) {
    let start = scrambled(count, seed: 40)
    for threads in [1, 2] as [Int32] {
      let average = Memory(start)
      var exact = start.map(Double.init)
      for step in 1...10 {
        let w = scrambled(count, seed: 300 + UInt64(step))
        // The limit is below the decay in the first five steps.
        let limit = Float(step) / 8
        withUnsafePointer(to: limit) { limit in
          hg_moving_average(average.data, w, Int64(count), 0.75, step > 7 ? nil : limit, threads)
        }
        let decay = min(Double(limit), 0.75)
        for index in 0..<count {
          exact[index] = decay * exact[index] + (1 - decay) * Double(w[index])
        }
      }
      #expect(largestDifference(average.values, exact) < 1e-6)
      #expect(average.isIntact)
    }
  }
}
