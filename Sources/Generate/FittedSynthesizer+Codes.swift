internal import HourglassAutoencoders
public import HourglassData
internal import HourglassEncodings
public import HourglassEngines
internal import HourglassStatistics
internal import HourglassSystem
public import HourglassTasksCommon
internal import HourglassTensors

extension FittedSynthesizer {
  /// What a lattice of latent vectors stands for, `side` by `side` items in rows from the top.
  ///
  /// The places of the lattice are those of equal probability under the prior; the first number of
  /// a latent vector grows to the right and the second upwards.
  ///
  /// Reference: Kingma, Welling, 2013, arXiv:1312.6114, figure 4.
  ///
  /// - Throws: `application(.invalidSetting)` where there are not two latent dimensions.
  public func lattice(
    _ side: Int,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Dataset {
    try await HourglassError.wrapping {
      try requireSetting(latent == 2, "the number of latent dimensions", "2 for a lattice", latent)
      try requireSetting((1...1_000).contains(side), "the side of a lattice", "1 to 1000", side)
      let places = (0..<side).map { Self.normalQuantile((Double($0) + 0.5) / Double(side)) }
      var codes: [Float] = []
      for row in 0..<side {
        for column in 0..<side { codes += [Float(places[column]), Float(places[side - 1 - row])] }
      }
      return try await decoded(Tensor(codes, shape: [side * side, 2]), on: engine)
    }
  }

  /// What lies between two items: items at latent vectors along the line from the one to the other.
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
    try await HourglassError.wrapping {
      try requireSetting(steps >= 2, "the number of items", "at least 2", steps)
      for place in [first, second] where !(0..<data.count).contains(place) {
        throw TaskError.noSuchItem(name: data.name, number: place + 1, count: data.count)
      }
      let network = try model.requireNetwork(to: "interpolate by")
      let ends = try await network.network.encode(
        try network.source(data, rows: [first, second]),
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
    }
  }

  /// What the model reconstructs of items, each from the mean of its latent vectors.
  public func reconstruction(
    of data: Dataset,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Dataset {
    try await HourglassError.wrapping {
      let network = try model.requireNetwork(to: "reconstruct items by")
      let codes = try await network.network.encode(try network.source(data), on: engine)
      return try await decoded(codes, on: engine)
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
    try await HourglassError.wrapping {
      let network = try model.requireNetwork(to: "compare images by")
      let asked = try network.source(.images(images))
      let all = try network.source(.images(data))
      let found = try await NearestNeighbors(all).nearest(to: asked, count: 1, on: engine)
      return (0..<asked.count).map { item in
        found.of(item).first.map { (place: $0.row, distance: $0.distance) } ?? (0, .infinity)
      }
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
