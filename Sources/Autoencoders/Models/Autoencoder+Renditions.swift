internal import HourglassGraphs
internal import HourglassNetworks
internal import HourglassTensors

extension Autoencoder {
  /// How the cells of items are told in two ways, each a run of fields: the first for a while, the
  /// second for another.
  ///
  /// In learning the encoder sees one rendition of an item alone, which is drawn anew at every step,
  /// and the decoder gives both. A cell that the corruption hides is hidden in whichever is seen. So
  /// one code serves both, and each rendition has an autoencoder of its own within the whole, which
  /// `FittedAutoencoder.rendition(_:)` takes out.
  public struct Renditions: Hashable, Sendable, Codable {
    /// The number of fields of the first rendition, which come first.
    public var firstCount: Int
    /// The cell that each field tells, from 0: the fields of one cell are hidden together.
    public var cells: [Int]
    /// How often the encoder sees the first rendition, from 0 to 1.
    public var firstShare: Float

    /// Makes renditions.
    public init(firstCount: Int, cells: [Int], firstShare: Float = 0.5) {
      self.firstCount = firstCount
      self.cells = cells
      self.firstShare = firstShare
    }

    /// The number of cells.
    public var cellCount: Int { (cells.max() ?? -1) + 1 }

    /// The fields of a rendition.
    func range(_ place: Int) -> Range<Int> {
      place == 0 ? 0..<firstCount : firstCount..<cells.count
    }
  }

  /// 1 for each field that stays and 0 for one that is hidden, `[batch, count]`; none where nothing is
  /// hidden.
  func keptFields(_ batch: Int, _ count: Int, in builder: inout GraphBuilder) -> NodeID? {
    guard let renditions else { return corruption.kept([batch, count], in: &builder) }
    let draw = builder.random(.uniform, [batch, 1])
    let isFirst = builder.apply(.greater, builder.constant(renditions.firstShare), draw)
    let (signs, offsets) = builder.scoped("renditions") { builder in
      let isOfFirst = (0..<count).map { renditions.range(0).contains($0) }
      return (
        builder.fixed("signs", [count], isOfFirst.map { $0 ? 1 : -1 }),
        builder.fixed("offsets", [count], isOfFirst.map { $0 ? 0 : 1 })
      )
    }
    let all = builder.broadcast(isFirst, to: [batch, count])
    let isSeen = builder.sum(builder.product(all, signs), offsets)
    guard let kept = corruption.kept([batch, renditions.cellCount], in: &builder) else {
      return isSeen
    }
    var matrix = [Float](repeating: 0, count: count * renditions.cellCount)
    for (field, cell) in renditions.cells.enumerated() {
      matrix[field * renditions.cellCount + cell] = 1
    }
    let cells = builder.scoped("renditions") { builder in
      builder.fixed("cells", [count, renditions.cellCount], matrix)
    }
    return builder.product(isSeen, builder.dense(kept, cells))
  }

  /// Checks what renditions ask of the other settings.
  func validateRenditions() throws(TrainingError) {
    guard let renditions else { return }
    guard let fields, fields.count == renditions.cells.count,
      (1..<max(fields.count, 1)).contains(renditions.firstCount),
      renditions.cells.allSatisfy({ (0..<fields.count).contains($0) }),
      (0...1).contains(renditions.firstShare), linearPath != true, isDense
    else {
      throw .invalidSetting(
        name: "the renditions",
        expected: "two runs of fields of a dense autoencoder without linear paths, "
          + "each field with its cell",
        found: "\(renditions)"
      )
    }
  }

  private var isDense: Bool {
    guard case .dense(let hidden, _) = encoder, !hidden.isEmpty else { return false }
    return decoder == nil
  }
}

extension FittedAutoencoder {
  /// The autoencoder of one rendition, 0 or 1: what it gives is what the whole gives where the encoder
  /// sees that rendition alone.
  ///
  /// Its items have the fields of the rendition. The first layer keeps the weights of its values and
  /// presences, and the last one those that give its values; all between is the same.
  ///
  /// - Throws: `TrainingError` where the autoencoder has no renditions.
  package func rendition(_ place: Int) throws -> FittedAutoencoder {
    try autoencoder.validate(itemShape: itemShape)
    guard let renditions = autoencoder.renditions, let layout = autoencoder.fields else {
      throw TrainingError.invalidSetting(
        name: "the autoencoder of a rendition",
        expected: "one that was learnt with renditions",
        found: "one without"
      )
    }
    let fields = renditions.range(place)
    let ranges = layout.ranges
    let values = ranges[fields.lowerBound].lowerBound..<ranges[fields.upperBound - 1].upperBound
    let inputs = Array(values) + fields.map { layout.width + $0 }
    var own = autoencoder
    own.fields = FieldLayout(Array(layout.fields[fields]))
    own.renditions = nil
    own.corruption = .none
    own.fieldWeights = nil
    let itemShape: Shape = [inputs.count]
    var variables = variables
    let shapes = try own.evaluationGraph(GraphShapes(item: itemShape, batch: 1)).variableShapes
    for (name, shape) in shapes {
      guard let tensor = variables[name], tensor.shape != shape else { continue }
      variables[name] =
        tensor.shape.rank == 2 && tensor.shape[1] != shape[1]
        ? tensor.columns(inputs) : tensor.rows(values)
    }
    return try FittedAutoencoder(
      own,
      variables: variables,
      itemShape: itemShape,
      record: record
    )
  }
}

extension Tensor {
  /// Some columns of `[rows, columns]` in their order.
  fileprivate func columns(_ places: [Int]) -> Tensor {
    let (rows, width) = (shape[0], shape[1])
    return Tensor(
      (0..<rows).flatMap { row in places.map { scalars[row * width + $0] } },
      shape: [rows, places.count]
    )
  }

  /// Some rows of `[rows, …]`.
  fileprivate func rows(_ range: Range<Int>) -> Tensor {
    let width = shape.elementCount / max(shape[0], 1)
    return Tensor(
      Array(scalars[range.lowerBound * width..<range.upperBound * width]),
      shape: shape.replacing(axis: 0, with: range.count)
    )
  }
}
