internal import HourglassAutoencoders
internal import HourglassEncodings
internal import HourglassGraphs
internal import HourglassNetworks
internal import HourglassStatistics
internal import HourglassSystem
internal import HourglassTasksCommon
internal import HourglassTensors

/// The trivial model of images: each pixel on its own, as it is distributed over the images trained
/// from.
struct IndependentPixels: Hashable, Sendable {
  /// The mean of each value, `[values]`.
  let means: Tensor
  /// The standard deviation of each value, `[values]`.
  let deviations: Tensor

  private static let names = (means: "baseline.means", deviations: "baseline.deviations")

  /// Fits to items of values from 0 to 1.
  init(_ source: any BatchSource) {
    let width = source.itemShape.elementCount
    var sums = [Double](repeating: 0, count: width)
    var squares = sums
    CenteredRows.forEachRow(of: source, 256) { item in
      for place in 0..<width {
        let value = Double(item[place])
        sums[place] += value
        squares[place] += value * value
      }
    }
    // As if one more image had been seen of each color: no pixel is then impossible.
    let count = Double(source.count)
    means = Tensor(sums.map { Float(($0 + 1) / (count + 2)) }, shape: [width])
    let variances = zip(sums, squares).map { sum, square in
      max(square / count - sum / count * (sum / count), 1e-4)
    }
    deviations = Tensor(variances.map { Float($0.squareRoot()) }, shape: [width])
  }

  /// ln p of each item, in nats.
  ///
  /// Ink has a probability for each pixel; other values are normal, and have 256 steps.
  func logLikelihoods(of source: any BatchSource, isBernoulli: Bool) -> [Double] {
    let means = means.scalars.map(Double.init)
    let deviations = deviations.scalars.map(Double.init)
    let constants = deviations.map { log(255 * $0 * (2 * Double.pi).squareRoot()) }
    let logs = means.map { (log($0), log(1 - $0)) }
    var result: [Double] = []
    CenteredRows.forEachRow(of: source, 256) { item in
      var sum = 0.0
      for place in means.indices {
        let value = Double(item[place])
        if isBernoulli {
          sum += value * logs[place].0 + (1 - value) * logs[place].1
        } else {
          let distance = (value - means[place]) / deviations[place]
          sum -= constants[place] + 0.5 * distance * distance
        }
      }
      result.append(sum)
    }
    return result
  }

  /// The tensors for a model file.
  var tensors: [String: Tensor] {
    [Self.names.means: means, Self.names.deviations: deviations]
  }

  /// Takes the tensors of a model file and checks them.
  init(_ file: ModelContents, width: Int) throws(TaskError) {
    means = try file.tensor(Self.names.means, shape: [width])
    deviations = try file.tensor(Self.names.deviations, shape: [width])
    guard means.scalars.allSatisfy({ $0 > 0 && $0 < 1 }),
      deviations.scalars.allSatisfy({ $0 > 0 })
    else { throw file.damaged("the pixels on their own should have means from 0 to 1") }
  }
}
