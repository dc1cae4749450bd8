package import HourglassGraphs
internal import HourglassTensors

/// How an image becomes numbers for which patches it has, and about where.
///
/// For the patch x of D values around a place, with the mean μ and the variance σ² of its values, the
/// filters w_j, whose values add up to 0, and the thresholds b_j,
///
///     a_j = max(0, w_j · x / √(σ² + ε) - b_j),   ε = 0.01
///
/// The image is parted into `grid` rows and columns of cells; a value of the result is the square root of the
/// mean of a_j over the places of a cell, less its mean over images and divided by its deviation. Where
/// mirror images are alike, it is the mean over those of the image and of the one with its left and right
/// exchanged, which is got by exchanging those of the filters and of the cells. The filters and all else that
/// is fitted is no parameter: it comes with the network, and no step changes it.
///
/// Reference: Coates, Lee, Ng, 2011, "An Analysis of Single-Layer Networks in Unsupervised Feature Learning",
/// AISTATS, sections 3.1 to 3.3.
public struct PatchCoding: Hashable, Sendable, Codable {
  /// The side of a patch, in pixels.
  public var side: Int
  /// The pixels from a patch to the next one, in either direction.
  public var stride: Int
  /// The number of filters.
  public var filters: Int
  /// The rows of cells, and the columns.
  public var grid: Int
  /// Whether an image and its mirror image, with left and right exchanged, become the same values.
  public var isMirrored: Bool

  /// Makes a coding; its ranges are checked where it meets images.
  public init(
    side: Int = 6,
    stride: Int = 2,
    filters: Int,
    grid: Int = 3,
    isMirrored: Bool = false
  ) {
    self.side = side
    self.stride = stride
    self.filters = filters
    self.grid = grid
    self.isMirrored = isMirrored
  }

  /// The number of values that an image becomes.
  public var valueCount: Int { filters * grid * grid }

  /// The rows and columns of places where a patch of images with an extent lies.
  public func places(_ extent: Int) -> Int { (extent - side) / stride + 1 }

  /// Whether images `[channels, height, width]` have room for a patch in each cell.
  public func fits(height: Int, width: Int) -> Bool {
    (2...64).contains(side) && (1...64).contains(stride) && (1...4_096).contains(filters)
      && (1...16).contains(grid)
      && [height, width].allSatisfy { $0 >= side && places($0) >= grid }
  }
}

extension PatchCoding {
  /// The variables of the coding, by their names.
  package enum Name {
    /// The filters, `[filters, channels, side, side]`.
    package static let filters = "filters"
    /// The thresholds, `[filters]`.
    package static let thresholds = "thresholds"
    /// The means over images, `[values]`.
    package static let means = "means"
    /// One divided by the deviations over images, `[values]`.
    package static let factors = "factors"
  }

  /// The images that are coded at a time: for each, some megabytes say how far every filter responds at every
  /// place.
  package static let batch = 8

  /// ε: the variance at which a patch counts as one with half of its contrast, where white is 1.
  package static let smoothing: Float = 0.01
}

extension PatchCoding: Layer {
  /// Shape: `[batch, channels, height, width]` -> `[batch, values]`: for each filter the cells, row by row.
  package func callAsFunction(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    let shape = builder.shape(of: x)
    guard x != builder.failed,
      builder.require(
        shape.rank == 4 && fits(height: shape[2], width: shape[3]),
        of: "patchCoding",
        expected:
          "images [N, C, H, W] with a patch of \(side) pixels in each of \(grid) x \(grid) cells",
        found: "\(shape)"
      )
    else { return builder.failed }
    let channels = shape[1]
    let weights = builder.state(
      Name.filters,
      [filters, channels, side, side],
      .normal(standardDeviation: 1 / Float(channels * side * side).squareRoot())
    )
    let thresholds = builder.state(Name.thresholds, [filters])
    let contrast = contrast(of: x, in: &builder)
    var cells = responses(to: weights, x, contrast, thresholds, in: &builder)
    if isMirrored {
      let others = mirrored(weights, in: &builder)
      let flipped = responses(to: others, x, contrast, thresholds, in: &builder)
      cells = builder.sum(cells, mirrored(flipped, in: &builder))
      cells = builder.affine(cells, scale: 0.5)
    }
    let values = builder.apply(.squareRoot, builder.flatten(cells))
    let means = builder.state(Name.means, [valueCount])
    let factors = builder.state(Name.factors, [valueCount], .constant(1))
    return builder.product(builder.difference(values, means), factors)
  }

  /// The means over cells of a_j for filters `[filters, channels, side, side]`: `[batch, filters, grid,
  /// grid]`.
  private func responses(
    to weights: NodeID,
    _ x: NodeID,
    _ contrast: NodeID,
    _ thresholds: NodeID,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let response = builder.convolution(
      x,
      weights,
      Convolution(
        strides: [stride, stride],
        paddingBefore: [0, 0],
        paddingAfter: [0, 0],
        dilations: [1, 1]
      )
    )
    let scaled = builder.product(response, contrast)
    let over = builder.difference(scaled, builder.channelwise(thresholds, rank: 4))
    return cellMeans(builder.apply(.relu, over), in: &builder)
  }

  /// The last axis the other way round.
  private func mirrored(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    let shape = builder.shape(of: x)
    guard x != builder.failed else { return x }
    let axis = shape.rank - 1
    var columns: [NodeID] = []
    for column in (0..<shape[axis]).reversed() {
      columns.append(builder.slice(x, axis: axis, column..<column + 1))
    }
    return builder.concatenation(columns, axis: axis)
  }

  /// 1 / √(σ² + ε) of each patch: `[batch, 1, rows, columns]`.
  private func contrast(of x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    let pooling = PoolingLayer(.average, side, stride: stride)
    let mean = builder.mean(pooling(x, in: &builder), axes: [1], keepsDimensions: true)
    let squares = pooling(builder.apply(.square, x), in: &builder)
    let power = builder.mean(squares, axes: [1], keepsDimensions: true)
    // Rounding may leave a little less than nothing.
    let variance = builder.apply(
      .relu,
      builder.difference(power, builder.apply(.square, mean))
    )
    let deviation = builder.apply(.squareRoot, builder.affine(variance, offset: Self.smoothing))
    return builder.apply(.reciprocal, deviation)
  }

  /// The means over cells, which lie in the middle where the places are no multiple of them.
  private func cellMeans(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    let shape = builder.shape(of: x)
    guard x != builder.failed else { return x }
    var middle = x
    let window = [shape[2], shape[3]].map { $0 / grid }
    for axis in 0..<2 {
      let (extent, kept) = (shape[axis + 2], window[axis] * grid)
      let start = (extent - kept) / 2
      if kept < extent {
        middle = builder.slice(middle, axis: axis + 2, start..<start + kept)
      }
    }
    return builder.pooling(
      middle,
      Pooling(
        .average,
        window: window,
        strides: window,
        paddingBefore: [0, 0],
        paddingAfter: [0, 0]
      )
    )
  }
}
