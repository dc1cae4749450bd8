package import HourglassSystem
package import HourglassTensors

/// Items of one shape that can be fetched in any order: what a network learns from and is run on.
///
/// It stands between the rooms that read files and the networks: a table encoded as numbers, images,
/// windows of a series. Fetching must give the same numbers each time.
package protocol BatchSource: Sendable {
  /// The number of items.
  var count: Int { get }

  /// The shape of one item, without the batch: `[features]`, `[channels, time]`,
  /// `[channels, height, width]`.
  var itemShape: Shape { get }

  /// The last items, where the source itself says which ones evaluate and are not trained on; `nil`
  /// leaves the choice to the trainer.
  var evaluatingItems: Range<Int>? { get }

  /// Copies items one after another, each in row-major order, to the start of `destination`.
  ///
  /// It is called once for a batch, on the engine's thread; it should allocate nothing.
  func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>)

  /// Why items could not be fetched, if that has happened: those that are on a disk that fails are
  /// zeros.
  var failure: FileError? { get }

  /// The items that are trained on in an epoch, counted from 0: where a source draws them anew, as
  /// many others of the same shape, a function of the epoch alone; else the same.
  func drawn(inEpoch epoch: Int) -> any BatchSource
}

extension BatchSource {
  package func drawn(inEpoch epoch: Int) -> any BatchSource { self }
}

extension BatchSource {
  package var evaluatingItems: Range<Int>? { nil }

  package var failure: FileError? { nil }
}

/// Items with what a network should make of each, of a shape of its own.
package protocol PairedBatchSource: BatchSource {
  /// The shape of one target, without the batch.
  var targetShape: Shape { get }

  /// Copies targets one after another, each in row-major order, to the start of `destination`.
  func copyTargets(_ indices: Span<Int>, into destination: inout MutableSpan<Float>)
}

/// The rows of a tensor in memory as items.
package struct TensorSource: BatchSource {
  /// The items, `[count, item…]`.
  package let items: Tensor
  package let itemShape: Shape
  private let width: Int

  package init(_ items: Tensor) {
    precondition(items.shape.rank >= 1, "items are the rows of a tensor, found a scalar")
    self.items = items
    itemShape = Shape(Array(items.shape.dimensions.dropFirst()))
    width = itemShape.elementCount
  }

  package var count: Int { items.shape[0] }

  package func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    items.scalars.copyRows(indices, width: width, into: &destination)
  }
}

/// The rows of two tensors as items and targets.
package struct PairedTensorSource: PairedBatchSource {
  package let items: TensorSource
  package let targets: TensorSource

  package init(items: Tensor, targets: Tensor) {
    self.items = TensorSource(items)
    self.targets = TensorSource(targets)
    precondition(self.items.count == self.targets.count, "every item has one target")
  }

  package var count: Int { items.count }
  package var itemShape: Shape { items.itemShape }
  package var targetShape: Shape { targets.itemShape }

  package func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    items.copyItems(indices, into: &destination)
  }

  package func copyTargets(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    targets.copyItems(indices, into: &destination)
  }
}

extension [Float] {
  /// Copies rows of `width` elements one after another to the start of `destination`.
  package func copyRows(
    _ rows: Span<Int>,
    width: Int,
    into destination: inout MutableSpan<Float>
  ) {
    precondition(destination.count >= rows.count * width, "the destination holds the rows")
    guard width > 0 else { return }
    // A block move for each row: element by element this would take a fortieth of a training step.
    destination.withUnsafeMutableBufferPointer { to in
      withUnsafeBufferPointer { from in
        guard let target = to.baseAddress, let source = from.baseAddress else { return }
        for place in rows.indices {
          let row = rows[place]
          precondition(row >= 0 && (row + 1) * width <= from.count, "row \(row) is not there")
          (target + place * width).update(from: source + row * width, count: width)
        }
      }
    }
  }
}
