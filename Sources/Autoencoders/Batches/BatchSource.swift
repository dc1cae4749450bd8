public import HourglassSystem
public import HourglassTensors

/// Items of one shape that can be fetched in any order: what a network is trained and run on.
///
/// It stands between the rooms that read files and the networks: a table encoded as numbers, images,
/// windows of a series. Fetching must give the same numbers each time.
public protocol BatchSource: Sendable {
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
  /// The same items in every epoch.
  public func drawn(inEpoch epoch: Int) -> any BatchSource { self }

  /// The choice is the trainer's.
  public var evaluatingItems: Range<Int>? { nil }

  /// Nothing has failed.
  public var failure: FileError? { nil }
}

/// Items with what a network should make of each, of a shape of its own.
public protocol PairedBatchSource: BatchSource {
  /// The shape of one target, without the batch.
  var targetShape: Shape { get }

  /// Copies targets one after another, each in row-major order, to the start of `destination`.
  func copyTargets(_ indices: Span<Int>, into destination: inout MutableSpan<Float>)
}

/// The rows of a tensor in memory as items.
package struct TensorSource: BatchSource {
  /// The items, `[count, item…]`.
  package let items: Tensor
  /// The shape of one item, without the batch.
  package let itemShape: Shape
  private let width: Int

  /// Takes the rows of a tensor `[count, item…]`; a scalar has none, which is a mistake of the program.
  package init(_ items: Tensor) {
    precondition(items.shape.rank >= 1, "items are the rows of a tensor, found a scalar")
    self.items = items
    itemShape = Shape(Array(items.shape.dimensions.dropFirst()))
    width = itemShape.elementCount
  }

  /// The number of rows.
  package var count: Int { items.shape[0] }

  /// Copies rows to the start of `destination`.
  package func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    items.scalars.copyRows(indices, width: width, into: &destination)
  }
}

extension Tensor {
  /// The rows of this tensor, `[count, item…]`, as items, each with a row of another one of as many rows,
  /// `[count, target…]`, as its target.
  public func paired(with targets: Tensor) -> some PairedBatchSource {
    PairedTensorSource(items: self, targets: targets)
  }
}

/// The rows of two tensors as items and targets.
package struct PairedTensorSource: PairedBatchSource {
  /// The items.
  package let items: TensorSource
  /// The target of each item.
  package let targets: TensorSource

  /// Takes the rows of two tensors, `[count, item…]` and `[count, target…]`, of one count.
  package init(items: Tensor, targets: Tensor) {
    self.items = TensorSource(items)
    self.targets = TensorSource(targets)
    precondition(self.items.count == self.targets.count, "every item has one target")
  }

  /// The number of items.
  package var count: Int { items.count }
  /// The shape of one item, without the batch.
  package var itemShape: Shape { items.itemShape }
  /// The shape of one target, without the batch.
  package var targetShape: Shape { targets.itemShape }

  /// Copies items to the start of `destination`.
  package func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    items.copyItems(indices, into: &destination)
  }

  /// Copies targets to the start of `destination`.
  package func copyTargets(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    targets.copyItems(indices, into: &destination)
  }
}

/// Items from 0 to 1 as zeros and ones, of which each number is the probability of a 1.
///
/// What is drawn for an item depends on the seed and the item's place alone.
package struct BinarizedSource: BatchSource {
  private let source: any BatchSource
  private let seed: UInt64

  package init(_ source: any BatchSource, seed: UInt64) {
    self.source = source
    self.seed = seed
  }

  package var count: Int { source.count }
  package var itemShape: Shape { source.itemShape }
  package var failure: FileError? { source.failure }

  package func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    source.copyItems(indices, into: &destination)
    let width = itemShape.elementCount
    for row in indices.indices {
      var generator = SeededGenerator(seed: seed, stream: UInt64(indices[row]))
      for place in row * width..<(row + 1) * width {
        destination[place] = generator.nextUniform() < destination[place] ? 1 : 0
      }
    }
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
