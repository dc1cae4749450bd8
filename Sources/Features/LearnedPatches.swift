internal import HourglassTasksCommon

/// A coding of patches with its fitted parameters.
struct LearnedPatches: Sendable {
  /// The variables of an encoder that begins with the coding, by name.
  let variables: [String: Tensor]
  /// The patch features of the images that it was made with, `[images, values]`.
  let codes: Tensor

  /// What is added to the deviation of a value, so that one that hardly varies stays small.
  private static let leastDeviation = 1e-3

  /// Fits a dictionary and encodes images.
  ///
  /// - Parameters:
  ///   - images: Images `[channels, height, width]` with values from 0 to 1.
  ///   - training: Those that are trained on.
  ///   - coding: How they are coded; it must fit them.
  ///   - seed: From it comes the dictionary.
  ///   - progress: Called with the part that is done.
  init(
    of images: EncodedRows,
    training: [Int],
    _ coding: PatchCoding,
    seed: UInt64,
    on engine: ComputeEngine,
    progress: (Double) -> Void
  ) async throws {
    let dictionary = try await PatchDictionary(
      of: images.selecting(training),
      coding,
      seed: seed,
      on: engine,
      progress: { progress($0 / 2) }
    )
    let count = coding.valueCount
    var variables = [
      PatchCoding.Name.filters: dictionary.filters,
      PatchCoding.Name.thresholds: dictionary.thresholds,
      PatchCoding.Name.means: Tensor.zeros([count]),
      PatchCoding.Name.factors: Tensor([Float](repeating: 1, count: count), shape: [count]),
    ]
    let plain = try await Self.codes(of: images, coding, variables, on: engine)
    progress(0.9)
    let (means, factors) = Self.moments(plain, rows: training)
    variables[PatchCoding.Name.means] = Tensor(means, shape: [count])
    variables[PatchCoding.Name.factors] = Tensor(factors, shape: [count])
    self.variables = Dictionary(
      uniqueKeysWithValues: variables.map { ("encoder.\(Architecture.patchScope).\($0)", $1) }
    )
    var values = plain.scalars
    var place = values.mutableSpan
    var column = 0
    for index in place.indices {
      place[index] = (place[index] - means[column]) * factors[column]
      column = column + 1 == count ? 0 : column + 1
    }
    codes = Tensor(values, shape: plain.shape)
    progress(1)
  }

  private static func codes(
    of images: any BatchSource,
    _ coding: PatchCoding,
    _ variables: [String: Tensor],
    on engine: ComputeEngine
  ) async throws -> Tensor {
    let network = FittedNetwork(
      variables: variables,
      itemShape: images.itemShape,
      batchSize: PatchCoding.batch
    )
    return try await network.rows(of: GraphName.output, images, purpose: "patches", on: engine) {
      shapes throws(GraphError) in
      var builder = GraphBuilder()
      let x = builder.input(GraphName.input, Shape([shapes.batch] + shapes.item.dimensions))
      builder.output(GraphName.output, coding(x, in: &builder))
      return try builder.finish()
    }
  }

  /// The mean of each value over some rows, and one divided by its deviation.
  private static func moments(_ codes: Tensor, rows: [Int]) -> (means: [Float], factors: [Float]) {
    let width = codes.shape[1]
    let values = codes.scalars.span
    var means = [Double](repeating: 0, count: width)
    var squares = means
    for row in rows {
      for column in 0..<width { means[column] += Double(values[row * width + column]) }
    }
    for column in 0..<width { means[column] /= Double(max(rows.count, 1)) }
    for row in rows {
      for column in 0..<width {
        let distance = Double(values[row * width + column]) - means[column]
        squares[column] += distance * distance
      }
    }
    let factors = squares.map { sum in
      Float(1 / ((sum / Double(max(rows.count, 1))).squareRoot() + leastDeviation))
    }
    return (means.map { Float($0) }, factors)
  }
}
