public import HourglassData
internal import HourglassMedia
public import HourglassTensors

/// What latent vectors stand for, in the units of the data that a model was trained on.
public enum ReconstructedItems: Hashable, Sendable {
  /// A table of the columns that were trained on; where rows were given, all their columns in their
  /// order, those replaced.
  case table(Table)
  /// Images, `[count, channels, height, width]`.
  case images(Tensor)
  /// Pieces of log-mel spectrograms, `[count, frames, bands]`.
  case spectrograms(Tensor)
  /// Windows of series, `[count, channels, window]`.
  case windows(Tensor)

  /// The numbers of images, spectrograms or windows, or of the columns of a table that hold numbers
  /// alone, `[rows, columns]`.
  public var numbers: Tensor {
    switch self {
    case .images(let tensor), .spectrograms(let tensor), .windows(let tensor): return tensor
    case .table(let table):
      let columns = table.columns.filter { if case .numbers = $0.cells { true } else { false } }
      var numbers: [Float] = []
      for row in 0..<table.rowCount {
        for column in columns { numbers.append(Float(column.number(row) ?? 0)) }
      }
      return Tensor(numbers, shape: [table.rowCount, columns.count])
    }
  }
}

extension ItemEncoding {
  /// The items of encoded values, `[count, values…]`.
  ///
  /// - Parameters:
  ///   - template: The rows that these are of.
  ///   - series: The series that these are windows of.
  package func reconstructed(
    _ values: Tensor,
    like template: Table? = nil,
    of series: SeriesSet? = nil
  ) -> ReconstructedItems {
    var values = values
    let count = values.shape[0]
    switch self {
    case .table(let encoding):
      return .table(encoding.decoded(values: values.scalars, count: count, like: template))
    case .images(let encoding):
      values.withMutableScalars { encoding.decode(&$0) }
      return .images(values)
    case .sounds(let encoding):
      values.withMutableScalars { encoding.decode(&$0) }
      return .spectrograms(
        Tensor(values.scalars, shape: [count, encoding.frames, encoding.spectrogram.bands])
      )
    case .series(let encoding):
      values.withMutableScalars { encoding.decode(&$0, of: series) }
      return .windows(
        Tensor(values.scalars, shape: [count, encoding.channels.width, encoding.window])
      )
    }
  }
}
