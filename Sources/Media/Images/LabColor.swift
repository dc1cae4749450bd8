internal import HourglassSystem

/// Colors by lightness and two a and b channels: CIE L*a*b* of 1976 under the light D65, 2 degrees.
///
/// L goes from 0, black, to 100, white; a from green to red and b from blue to yellow, both 0 for
/// gray. Samples are taken for sRGB.
///
/// References: CIE 15:2004, "Colorimetry", section 8.2.1; IEC 61966-2-1:1999, sections 4 and 5.
package enum LabColor {
  /// The white of D65 in X, Y, Z.
  private static let white: (x: Float, y: Float, z: Float) = (0.95047, 1, 1.08883)

  /// Red, green and blue from 0 to 1 as `[L, a, b]` planes; a gray plane has a and b of 0.
  package static func planes(of image: PlanarImage) -> PlanarImage {
    var result = PlanarImage(
      width: image.width,
      height: image.height,
      planes: [[Float]](repeating: [Float](repeating: 0, count: image.area), count: 3)
    )
    if image.planes.count < 3 {
      result.planes[0] = image.planes[0].map(lightness(ofGray:))
      return result
    }
    let (red, green, blue) = (image.planes[0], image.planes[1], image.planes[2])
    for index in red.indices {
      let lab = lab(red[index], green[index], blue[index])
      result.planes[0][index] = lab.l
      result.planes[1][index] = lab.a
      result.planes[2][index] = lab.b
    }
    return result
  }

  /// The lightness of a gray sample from 0 to 1.
  package static func lightness(ofGray value: Float) -> Float { 116 * root(linear(value)) - 16 }

  /// One color.
  package static func lab(_ red: Float, _ green: Float, _ blue: Float) -> (
    l: Float, a: Float, b: Float
  ) {
    let (r, g, b) = (linear(red), linear(green), linear(blue))
    let x = 0.412453 * r + 0.357580 * g + 0.180423 * b
    let y = 0.212671 * r + 0.715160 * g + 0.072169 * b
    let z = 0.019334 * r + 0.119193 * g + 0.950227 * b
    let (fx, fy, fz) = (root(x / white.x), root(y / white.y), root(z / white.z))
    return (116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz))
  }

  /// `[L, a, b]` planes as red, green and blue from 0 to 1.
  ///
  /// A color that sRGB cannot show is drawn towards the gray of its lightness until it can: the
  /// lightness and the hue stay.
  package static func colors(of lab: PlanarImage) -> PlanarImage { shown(lab).colors }

  /// The same, with the `[L, a, b]` planes of the colors that sRGB can show.
  package static func shown(_ lab: PlanarImage) -> (colors: PlanarImage, lab: PlanarImage) {
    var (result, shown) = (lab, lab)
    let (ls, `as`, bs) = (lab.planes[0], lab.planes[1], lab.planes[2])
    for index in ls.indices {
      let (l, a, b) = (ls[index], `as`[index], bs[index])
      var color = linearColor(l, a, b)
      if !isShown(color) {
        var (low, high) = (Float(0), Float(1))
        for _ in 0..<10 {
          let middle = (low + high) / 2
          if isShown(linearColor(l, a * middle, b * middle)) {
            low = middle
          } else {
            high = middle
          }
        }
        color = linearColor(l, a * low, b * low)
        shown.planes[1][index] = a * low
        shown.planes[2][index] = b * low
      }
      result.planes[0][index] = encoded(color.r)
      result.planes[1][index] = encoded(color.g)
      result.planes[2][index] = encoded(color.b)
    }
    return (result, shown)
  }

  /// Whether sRGB has a color.
  package static func isShown(_ l: Float, _ a: Float, _ b: Float) -> Bool {
    isShown(linearColor(l, a, b))
  }

  private typealias Linear = (r: Float, g: Float, b: Float)

  private static func linearColor(_ l: Float, _ a: Float, _ b: Float) -> Linear {
    let fy = (l + 16) / 116
    let x = white.x * cube(fy + a / 500)
    let y = cube(fy)
    let z = white.z * cube(fy - b / 200)
    return (
      3.240481 * x - 1.537152 * y - 0.498536 * z,
      -0.969255 * x + 1.875990 * y + 0.041556 * z,
      0.055647 * x - 0.204041 * y + 1.057311 * z
    )
  }

  private static func isShown(_ color: Linear) -> Bool {
    let range: ClosedRange<Float> = -2e-5...1.00002
    return range.contains(color.r) && range.contains(color.g) && range.contains(color.b)
  }

  private static func root(_ t: Float) -> Float {
    t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116
  }

  private static func cube(_ t: Float) -> Float {
    t > 0.2068966 ? t * t * t : (t - 16.0 / 116) / 7.787
  }

  private static func linear(_ value: Float) -> Float {
    value > 0.04045 ? pow((value + 0.055) / 1.055, 2.4) : value / 12.92
  }

  private static func encoded(_ value: Float) -> Float {
    let value = min(max(value, 0), 1)
    return value > 0.0031308 ? 1.055 * pow(value, 1 / 2.4) - 0.055 : 12.92 * value
  }
}
