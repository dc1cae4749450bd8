internal import HourglassSystem

/// Samples at one rate turned into samples at another one.
///
/// A new sample at the time t is the sum over the former samples x_j of x_j h(j - t), with
///
///     h(u) = c sinc(c u) I0(b sqrt(1 - (c u / z)^2)) / I0(b)   for |c u| < z, and 0 beyond,
///
/// where c is `cutoff` times the lower of the two rates over the former one, z is `zeros`, b is
/// `beta`, and sinc(v) = sin(pi v) / (pi v). The weights of each sample are scaled to add up to 1.
///
/// Reference: Smith, 2002, "Digital audio resampling home page",
/// https://ccrma.stanford.edu/~jos/resample, sections "Theory of operation" and "Implementation";
/// Kaiser, 1974, "Nonrecursive digital filter design using the I0-sinh window function".
package struct Resampler {
  package static let cutoff = 0.94
  package static let zeros = 48.0
  package static let beta = 9.0

  /// The most weights that are held for all phases of a pair of rates.
  private static let largestTable = 1 << 21
  /// The phases that are held, and interpolated between, where the pair has too many of them.
  private static let interpolatedPhases = 1024

  /// A new sample k lies at the former sample k * down / up.
  private let up: Int
  private let down: Int
  /// The former samples that are looked at on each side.
  private let half: Int
  /// The number of parts that the distance of two former samples is divided into.
  private let phases: Int
  /// `[phases + 1, 2 * half]`, for the former samples from 1 - half to half.
  private let weights: [Float]

  package init(from rate: Int, to target: Int) {
    let divisor = Self.greatestCommonDivisor(rate, target)
    (up, down) = (target / divisor, rate / divisor)
    let scale = Self.cutoff * min(1, Double(up) / Double(down))
    half = Int((Self.zeros / scale).rounded(.up))
    let isExact = up <= Self.largestTable / (2 * half)
    phases = isExact ? up : Self.interpolatedPhases
    var weights: [Float] = []
    weights.reserveCapacity((phases + 1) * 2 * half)
    for phase in 0...phases {
      let time = Double(phase) / Double(phases)
      let row = (1 - half...half).map { Self.response((Double($0) - time) * scale) }
      let total = row.reduce(0, +)
      weights.append(contentsOf: row.map { Float($0 / total) })
    }
    self.weights = weights
  }

  /// The samples at the new rate; there are as many as the old duration asks for, rounded up.
  package func callAsFunction(_ samples: [Float]) -> [Float] {
    let count = (samples.count * up + down - 1) / down
    // Silence on both sides, so that no sample is near an edge.
    let padded =
      [Float](repeating: 0, count: half) + samples + [Float](repeating: 0, count: half + 1)
    let source = padded.span
    let table = weights.span
    var result = [Float](repeating: 0, count: count)
    var place = result.mutableSpan
    for index in 0..<count {
      let (base, rest) = (index * down).quotientAndRemainder(dividingBy: up)
      if phases == up {
        place[index] = Self.sum(source, from: base + 1, table, from: rest * 2 * half, 2 * half)
      } else {
        let position = Double(rest) / Double(up) * Double(phases)
        let row = min(Int(position), phases - 1)
        let part = Float(position - Double(row))
        let low = Self.sum(source, from: base + 1, table, from: row * 2 * half, 2 * half)
        let high = Self.sum(source, from: base + 1, table, from: (row + 1) * 2 * half, 2 * half)
        place[index] = low + (high - low) * part
      }
    }
    return result
  }

  /// The sum of products, in eight sums side by side.
  @inline(__always)
  private static func sum(
    _ samples: Span<Float>,
    from start: Int,
    _ weights: Span<Float>,
    from row: Int,
    _ count: Int
  ) -> Float {
    let left = samples.extracting(start..<start + count)
    let right = weights.extracting(row..<row + count)
    var sums = SIMD8<Float>.zero
    var index = 0
    while index + 8 <= count {
      let these = SIMD8(
        left[index],
        left[index + 1],
        left[index + 2],
        left[index + 3],
        left[index + 4],
        left[index + 5],
        left[index + 6],
        left[index + 7]
      )
      let those = SIMD8(
        right[index],
        right[index + 1],
        right[index + 2],
        right[index + 3],
        right[index + 4],
        right[index + 5],
        right[index + 6],
        right[index + 7]
      )
      sums += these * those
      index += 8
    }
    var total = sums.sum()
    while index < count {
      total += left[index] * right[index]
      index += 1
    }
    return total
  }

  private static func response(_ v: Double) -> Double {
    let part = v / zeros
    guard abs(part) < 1 else { return 0 }
    let window = bessel(beta * (1 - part * part).squareRoot()) / bessel(beta)
    return v == 0 ? window : sin(.pi * v) / (.pi * v) * window
  }

  /// The modified Bessel function of the first kind and of order 0, by its power series.
  private static func bessel(_ x: Double) -> Double {
    var (sum, term, k) = (1.0, 1.0, 1.0)
    while term > sum * 1e-17 {
      term *= (x / 2 / k) * (x / 2 / k)
      sum += term
      k += 1
    }
    return sum
  }

  private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
    b == 0 ? a : greatestCommonDivisor(b, a % b)
  }
}
