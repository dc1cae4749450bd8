internal import HourglassMedia
internal import HourglassReports

extension Image {
  /// The image as it stands in figures and on pages: 8 bits, gray or in colors, without
  /// transparency.
  var figureImage: FigureImage {
    let deep = withDepth(8)
    let flat = deep.converted(channels: deep.channels < 3 ? 1 : 3)
    guard case .bytes(let bytes) = flat.samples else {
      preconditionFailure("samples of 8 bits are bytes")
    }
    return FigureImage(width: width, height: height, channels: flat.channels, bytes: bytes)
  }
}
