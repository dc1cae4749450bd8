internal import HourglassAutoencoders
public import HourglassData
internal import HourglassEncodings
public import HourglassEngines
internal import HourglassGraphs
internal import HourglassNetworks
internal import HourglassSystem
public import HourglassTasksCommon
internal import HourglassTensors

extension FittedSynthesizer {
  /// What a lattice of codes stands for, `side` by `side` items in rows from the top.
  ///
  /// The places of the lattice are those of equal probability under the prior; the first number of
  /// a code grows to the right and the second upwards.
  ///
  /// Reference: Kingma, Welling, 2013, arXiv:1312.6114, figure 4.
  ///
  /// - Throws: `application(.invalidSetting)` where a code has not two numbers.
  public func lattice(
    _ side: Int,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Dataset {
    do {
      try requireSetting(latent == 2, "the length of a code", "2 for a lattice", latent)
      try requireSetting((1...1_000).contains(side), "the side of a lattice", "1 to 1000", side)
      let places = (0..<side).map { Self.normalQuantile((Double($0) + 0.5) / Double(side)) }
      var codes: [Float] = []
      for row in 0..<side {
        for column in 0..<side { codes += [Float(places[column]), Float(places[side - 1 - row])] }
      }
      return try await decoded(Tensor(codes, shape: [side * side, 2]), on: engine)
    } catch {
      throw HourglassError(error)
    }
  }

  /// What lies between two items: items at codes along the line from the one to the other.
  ///
  /// - Parameters:
  ///   - first: The place of the first item in the data, from 0.
  ///   - second: The place of the second item.
  ///   - data: The data that hold both.
  ///   - steps: The number of items, at least 2; the first and the last are those two as the model
  ///     reconstructs them.
  ///   - engine: Where it is computed.
  /// - Throws: `application(.noSuchItem)` for a place out of range.
  public func interpolation(
    from first: Int,
    to second: Int,
    in data: Dataset,
    steps: Int,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Dataset {
    do {
      try requireSetting(steps >= 2, "the number of items", "at least 2", steps)
      for place in [first, second] where !(0..<data.count).contains(place) {
        throw TaskError.noSuchItem(name: data.name, number: place + 1, count: data.count)
      }
      let ends = try await model.network.encode(
        try model.source(data, rows: [first, second]),
        on: engine
      )
      var codes: [Float] = []
      for step in 0..<steps {
        let share = Float(step) / Float(steps - 1)
        for place in 0..<latent {
          codes.append((1 - share) * ends.scalars[place] + share * ends.scalars[latent + place])
        }
      }
      return try await decoded(Tensor(codes, shape: [steps, latent]), on: engine)
    } catch {
      throw HourglassError(error)
    }
  }

  /// What the model reconstructs of items, each from the mean of its codes.
  public func reconstruction(
    of data: Dataset,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Dataset {
    do {
      let codes = try await model.network.encode(try model.source(data), on: engine)
      return try await decoded(codes, on: engine)
    } catch {
      throw HourglassError(error)
    }
  }

  /// For each of some images the place of the nearest one in some data, and the squared distance,
  /// summed over values from 0 to 1.
  ///
  /// It shows whether images are new: a copy lies at a distance of nothing.
  public func nearest(
    to images: ImageSet,
    in data: ImageSet,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> [(place: Int, distance: Double)] {
    do {
      guard case .images(let fields) = model.fields else {
        throw TaskError.otherKind(
          name: data.name,
          expected: kind.plural,
          found: DataKind.images.plural
        )
      }
      let asked = try ScaledImageSource(try images.uniform(), fields: fields)
      let all = try ScaledImageSource(try data.uniform(), fields: fields)
      return try await NearestItems.search(asked, among: all, on: engine)
    } catch {
      throw HourglassError(error)
    }
  }

  /// The number that a standard normal variable is below with a probability, by halving.
  private static func normalQuantile(_ probability: Double) -> Double {
    var (low, high) = (-10.0, 10.0)
    for _ in 0..<80 {
      let middle = (low + high) / 2
      if 0.5 * erfc(-middle / 2.0.squareRoot()) < probability {
        low = middle
      } else {
        high = middle
      }
    }
    return (low + high) / 2
  }
}

/// Exact search for the nearest item, by products of matrices.
enum NearestItems {
  /// For each asked item the place of the nearest one, and the squared distance.
  static func search(
    _ asked: any BatchSource,
    among all: any BatchSource,
    on engine: ComputeEngine
  ) async throws -> [(place: Int, distance: Double)] {
    try await engine.perform { engine in
      let width = asked.itemShape.elementCount
      let batch = max(min(asked.count, 128), 1)
      let piece = max(min(all.count, 1 << 21 / max(width, 1)), 1)
      var builder = GraphBuilder()
      let x = builder.input("asked", [batch, width])
      let y = builder.input("all", [piece, width])
      builder.output("products", builder.dense(x, y))
      builder.output("own", builder.sum(builder.apply(.square, x), axes: [1]))
      builder.output("others", builder.sum(builder.apply(.square, y), axes: [1]))
      let plan = try engine.makePlan(try builder.finish(), seed: 0, precision: .float32)
      let outputs = ["products", "own", "others"].map(plan.graph.requiredOutput)
      var best = Array(repeating: (place: 0, distance: Double.infinity), count: asked.count)
      for start in stride(from: 0, to: asked.count, by: batch) {
        let own = (0..<batch).map { min(start + $0, asked.count - 1) }
        plan.withInput(plan.graph.requiredInput("asked")) { asked.copyItems(own.span, into: &$0) }
        for first in stride(from: 0, to: all.count, by: piece) {
          let others = (0..<piece).map { min(first + $0, all.count - 1) }
          plan.withInput(plan.graph.requiredInput("all")) { all.copyItems(others.span, into: &$0) }
          try plan.run(step: 1)
          var sums = [[Double]](repeating: [], count: 3)
          for (place, output) in outputs.enumerated() {
            plan.withOutput(output) { values in
              for index in values.indices { sums[place].append(Double(values[index])) }
            }
          }
          for row in 0..<min(batch, asked.count - start) {
            for column in 0..<min(piece, all.count - first) {
              let distance = sums[1][row] + sums[2][column] - 2 * sums[0][row * piece + column]
              if distance < best[start + row].distance {
                best[start + row] = (first + column, max(distance, 0))
              }
            }
          }
          try Task.checkCancellation()
        }
      }
      return best
    }
  }
}
