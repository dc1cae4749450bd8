internal import HourglassAutoencoders
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassNetworks
internal import HourglassTensors

/// The parts of an imputer that predict cells.
struct CellPredictor: Sendable {
  /// The networks whose mean is taken.
  let members: [FittedAutoencoder]
  /// The rows of a window; `nil` for a table.
  let window: Int?
  let means: FieldMeans
  let regression: ChainedRegression?
  let neighbors: NearestRows?

  /// The predictions of each part for cells, `[rows, D]`.
  struct Predictions {
    var network: [Float]
    var regression: [Float]?
    var neighbors: NearestRows.Predictions?
    var interpolation: [Float]?

    /// What is blended, in the order of `parts`.
    var blended: [[Float]] {
      [network] + [regression, neighbors?.weighted, interpolation].compactMap { $0 }
    }
  }

  /// The name of the nearest rows among the parts.
  static let neighborsName = "nearest rows"

  /// The names of what is blended, in the order of the weights.
  var parts: [String] {
    var names = ["autoencoder"]
    if window != nil { return names + ["interpolation"] }
    if regression != nil { names.append("chained regression") }
    if neighbors != nil { names.append(Self.neighborsName) }
    return names
  }

  /// The weights where nothing is known of the parts.
  var fallbackWeights: [Double] {
    let count = Double(parts.count)
    return parts.map { _ in 1 / count }
  }

  /// Predicts the wanted cells, `[rows, F]`, of rows.
  ///
  /// - Parameter groups: The rows of each series; `nil` for a table.
  func predictions(
    _ rows: EncodedTable,
    wanted: [Bool],
    groups: [Range<Int>]?,
    on engine: ComputeEngine
  ) async throws -> Predictions {
    var network = [Float](repeating: 0, count: rows.values.count)
    let windows = window.map {
      CellWindows(groups: groups ?? [0..<rows.count], window: $0, stride: max($0 / 4, 1))
    }
    let source = windows?.items(of: rows) ?? EncodedRows(rows)
    let share = 1 / Float(members.count)
    for member in members {
      let output = try await member.reconstruct(source, on: engine)
      let values =
        windows?.merged(output, rows: rows.count, channels: rows.width) ?? output.scalars
      for index in network.indices { network[index] += values[index] * share }
    }
    for start in stride(from: 0, to: network.count, by: max(rows.width, 1)) {
      for place in 0..<rows.width {
        // A number outside of what was seen is decoded as the nearest one that was.
        let value = network[start + place]
        network[start + place] = min(max(value, means.lows[place]), means.highs[place])
      }
    }
    return Predictions(
      network: network,
      regression: regression?.filled(rows),
      neighbors: try await neighbors?.predictions(
        rows,
        wanted: wanted,
        otherwise: means,
        on: engine
      ),
      interpolation: window == nil
        ? nil
        : LinearInterpolation.filled(rows, groups: groups ?? [0..<rows.count], means: means)
    )
  }
}
