internal import HourglassTasksCommon

/// Which of the colors that a place could have it is given.
public enum ColorChoice: String, Hashable, Sendable, Codable, CaseIterable {
  /// The mean of them: nearest to the truth on average, and paler.
  case mean
  /// The likeliest of them, as colorful as true images are.
  case vivid
}

/// A known color of one pixel of an image.
public struct ColorHint: Hashable, Sendable {
  /// The column of the pixel, from 0 at the left.
  public var x: Int
  /// The row of the pixel, from 0 at the top.
  public var y: Int
  /// Red in sRGB, from 0 to 255.
  public var red: UInt8
  /// Green in sRGB, from 0 to 255.
  public var green: UInt8
  /// Blue in sRGB, from 0 to 255.
  public var blue: UInt8

  /// Makes a hint; of the color only a and b of CIE L*a*b* count, the lightness is the image's.
  public init(x: Int, y: Int, red: UInt8, green: UInt8, blue: UInt8) {
    self.x = x
    self.y = y
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// The a and b of the color.
  var abChannels: [Float] {
    let lab = LabColor.lab(Float(red) / 255, Float(green) / 255, Float(blue) / 255)
    return [lab.a, lab.b]
  }
}
