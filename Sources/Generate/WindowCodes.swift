internal import HourglassAutoencoders
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassModelFiles
internal import HourglassStatistics
internal import HourglassTasksCommon
internal import HourglassTensors

/// The latent vectors of the training windows that new windows get their times and keys from.
///
/// What a window holds depends on its time: the same values at noon and at midnight are not equally usual. A new
/// window gets the time of the training window whose reconstruction is nearest to it.
struct WindowCodes: Sendable {
  /// The latent vectors in the order of the windows, `[windows, latent]`.
  let codes: Tensor

  private static let name = "beginnings.codes"
  /// The most numbers of a window that are compared; of a longer one neighboring values are averaged.
  private static let mostNumbers = 4_096

  /// Encodes the windows that the encoding keeps; `nil` where it keeps none.
  ///
  /// - Parameters:
  ///   - rows: All windows as the network takes them.
  ///   - training: The windows that are trained on.
  init?(
    _ encoding: ItemEncoding,
    _ rows: EncodedRows,
    training: [Int],
    network: FittedAutoencoder,
    on engine: ComputeEngine
  ) async throws {
    guard case .series(let series) = encoding, series.beginnings != nil else { return nil }
    let chosen = SeriesBeginnings.chosen(from: training)
    codes = try await network.encode(rows.selecting(chosen), on: engine)
  }

  /// Takes the tensor of a model file and checks it; `nil` where the model keeps no windows.
  init?(_ file: ModelContents, _ encoding: ItemEncoding, size: Int) throws(TaskError) {
    guard case .series(let series) = encoding, let beginnings = series.beginnings else {
      return nil
    }
    codes = try file.tensor(Self.name, shape: [beginnings.windows.count, size])
  }

  /// The tensors for a model file.
  var tensors: [String: Tensor] { [Self.name: codes] }

  /// For each new window the place of the training window that is nearest to it.
  ///
  /// - Parameter values: The new windows in the network's scale, `[count, window…]`.
  func nearest(
    to values: Tensor,
    by network: FittedAutoencoder,
    on engine: ComputeEngine
  ) async throws -> [Int] {
    let known = try await network.decode(codes, on: engine)
    let found = PanelNeighbors(Self.compared(known))
      .nearest(to: Self.compared(values), count: 1, threads: engine.threads)
    return (0..<values.shape[0]).map { item in found.of(item).first?.row ?? 0 }
  }

  /// The numbers of windows that are compared, `[count, numbers]`.
  private static func compared(_ windows: Tensor) -> Tensor {
    let count = windows.shape[0]
    let scalars = windows.scalars
    let width = scalars.count / max(count, 1)
    let block = (width + mostNumbers - 1) / mostNumbers
    let numbers = block > 1 ? (width + block - 1) / block : width
    let bound = PanelNeighbors.bound
    var compared: [Float] = []
    compared.reserveCapacity(count * numbers)
    for item in 0..<count {
      for start in stride(from: 0, to: width, by: max(block, 1)) {
        let end = min(start + block, width)
        var sum: Float = 0
        for place in start..<end { sum += scalars[item * width + place] }
        let mean = sum / Float(end - start)
        compared.append(mean.isNaN ? 0 : min(max(mean, -bound), bound))
      }
    }
    return Tensor(compared, shape: [count, numbers])
  }
}
