internal import HourglassNetworks

/// How one axis of an image is cut into tiles of one extent.
///
/// A network is run on tiles that overlap by as much as it sees around a pixel, and of each tile only
/// the core is kept: the result is that of the network on the whole image, mirrored beyond its ends,
/// and does not depend on the tiles. An axis of at most 64 pixels is one tile without local distance scale,
/// as such small images are in training.
package struct TileAxis: Hashable, Sendable {
  /// The pixels of the image.
  package let extent: Int
  /// The pixels of a tile.
  package let tile: Int
  /// The pixels of a tile at either end that only surround.
  package let halo: Int

  /// The longest axis that is taken as a whole.
  package static let wholeLimit = 64

  package init(extent: Int, halo: Int, alignment: Int, longest: Int) {
    self.extent = extent
    if extent <= Self.wholeLimit {
      self.halo = 0
      tile = extent.roundedUp(to: alignment)
    } else {
      self.halo = halo
      tile = min((extent + 2 * halo).roundedUp(to: max(alignment, 32)), longest)
    }
  }

  /// The pixels of a tile that are kept.
  package var core: Int { tile - 2 * halo }
  /// The number of tiles.
  package var count: Int { (extent + core - 1) / core }
  /// The pixels of the image that a tile gives.
  package func kept(_ index: Int) -> Range<Int> { index * core..<min((index + 1) * core, extent) }
}

extension Int {
  /// The least multiple of a step that is not below.
  package func roundedUp(to step: Int) -> Int { (self + step - 1) / step * step }
}

extension Architecture {
  /// How far from a pixel of the result a network that translates sees, in pixels: all within are
  /// enough to know it.
  package var receptiveField: Int {
    switch self {
    case .plain(_, let depth, _): return depth
    case .uNet(_, let depth, _), .normalizedUNet(_, let depth, _):
      // At level k a pixel is 2^k wide. Down: a step from the level above and a convolution; up: a
      // transposed convolution and a convolution at the level above.
      var receptiveField = 2 + 1
      for level in 1..<depth + 1 { receptiveField += 6 << (level - 1) }
      return receptiveField
    case .dense, .convolutional, .layers, .patches: return 0
    }
  }

  /// The step at which tiles may begin, so that halvings fall where they fall in the whole image.
  package var alignment: Int { halvings.map { 1 << $0 } ?? 1 }
}
