public import HourglassTasksCommon

/// Which pixels of an image are missing.
public struct PixelMask: Hashable, Sendable {
  /// The number of columns.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// For each pixel, row by row from the top, whether it is missing.
  public let missing: [Bool]

  /// Makes a mask of `width * height` marks.
  public init(width: Int, height: Int, missing: [Bool]) {
    precondition(
      missing.count == width * height,
      "\(width) x \(height) pixels have \(width * height) marks, found \(missing.count)"
    )
    self.width = width
    self.height = height
    self.missing = missing
  }

  /// The pixels of an image that are wholly transparent.
  public init(transparentPartsOf image: Image) {
    guard image.hasAlpha, let alpha = image.planes().last else {
      let none = [Bool](repeating: false, count: image.width * image.height)
      self.init(width: image.width, height: image.height, missing: none)
      return
    }
    self.init(width: image.width, height: image.height, missing: alpha.map { $0 == 0 })
  }

  /// The pixels of an image that are nearer to white than to black.
  public init(whitePartsOf image: Image) {
    let gray = image.gray().planes()[0]
    self.init(width: image.width, height: image.height, missing: gray.map { $0 > 0.5 })
  }

  /// The number of missing pixels.
  public var count: Int { missing.count { $0 } }

  /// The pixels that this mask or another one of the same size marks.
  func union(_ other: PixelMask) -> PixelMask {
    PixelMask(width: width, height: height, missing: zip(missing, other.missing).map { $0 || $1 })
  }

  /// Rectangles and strokes, or single pixels, that cover about a share of an image.
  ///
  /// Holes that a network is trained to fill should look like those in the data: scratches, words,
  /// things that were cut out, and dead pixels.
  static func artificial(
    width: Int,
    height: Int,
    share: Float,
    _ generator: inout SeededGenerator
  ) -> PixelMask {
    var missing = [Bool](repeating: false, count: width * height)
    let share = min(share, mostShare)
    if generator.nextUniform() < scatterChance {
      for place in missing.indices { missing[place] = generator.nextUniform() < share }
      return PixelMask(width: width, height: height, missing: missing)
    }
    let wanted = max(Int(share * Float(width * height)), 1)
    let side = min(width, height)
    func number(_ bound: Int) -> Int { Int(generator.next(upperBound: UInt64(max(bound, 1)))) }
    var count = 0
    func mark(_ x: Int, _ y: Int) {
      guard x >= 0, y >= 0, x < width, y < height, count < wanted else { return }
      if !missing[y * width + x] { count += 1 }
      missing[y * width + x] = true
    }
    for _ in 0..<mostShapes where count < wanted {
      if generator.nextUniform() < 0.5 {
        let (wide, high) = (1 + number(side / 2), 1 + number(side / 2))
        let (left, top) = (number(width) - wide / 2, number(height) - high / 2)
        for y in top..<top + high { for x in left..<left + wide { mark(x, y) } }
      } else {
        var (x, y) = (Float(number(width)), Float(number(height)))
        let radius = number(max(side / 12, 1))
        var angle = 6.2831855 * generator.nextUniform()
        for _ in 0..<side {
          for dy in -radius...radius {
            for dx in -radius...radius { mark(Int(x) + dx, Int(y) + dy) }
          }
          angle += 0.6 * (generator.nextUniform() - 0.5)
          x += cosine(angle)
          y += cosine(angle - 1.5707964)
        }
      }
    }
    return PixelMask(width: width, height: height, missing: missing)
  }

  private static let mostShare: Float = 0.7
  private static let scatterChance: Float = 0.2
  private static let mostShapes = 256

  /// The cosine to three digits: a direction of a stroke, the same on every machine.
  ///
  /// Reference: Bhaskara I, 7th century: cos x ≈ (π² - 4x²) / (π² + x²) from -π/2 to π/2.
  private static func cosine(_ angle: Float) -> Float {
    let turn = angle / 6.2831855
    let within = abs((turn - turn.rounded()) * 6.2831855)
    func near(_ x: Float) -> Float { (9.869605 - 4 * x * x) / (9.869605 + x * x) }
    return within <= 1.5707964 ? near(within) : -near(3.1415927 - within)
  }
}

/// Where the masks of images are.
enum PixelMasks: Sendable {
  /// Pixels that are wholly transparent are missing.
  case transparent
  /// White pixels of the image of the same name are missing; a single image is the mask of all.
  case images(ImageSet)

  /// The masks of a set of images, or transparent pixels without one.
  init(_ images: ImageSet?) { self = images.map(PixelMasks.images) ?? .transparent }

  /// The mask of an image.
  ///
  /// - Throws: `application(.invalidSetting)` where there is none, or one of another size.
  func mask(of image: Image, name: String, index: Int, count: Int) throws -> PixelMask {
    guard case .images(let set) = self else { return PixelMask(transparentPartsOf: image) }
    let stem = Self.stem(name)
    let place =
      set.count == 1
      ? 0
      : set.names.firstIndex { $0 == name } ?? set.names.firstIndex { Self.stem($0) == stem }
        ?? (set.count == count && set.files.isEmpty ? index : nil)
    guard let place else {
      throw TaskError.invalidSetting(
        name: "the mask of \(name)",
        expected: "an image of that name in \(set.name)",
        found: "none"
      )
    }
    let mask = try set.image(place)
    guard mask.size == image.size else {
      throw TaskError.invalidSetting(
        name: "the mask of \(name)",
        expected: "\(image.width) x \(image.height) pixels as the image",
        found: "\(mask.width) x \(mask.height)"
      )
    }
    return PixelMask(whitePartsOf: mask)
  }

  /// A name without its extension.
  private static func stem(_ name: String) -> Substring {
    guard let point = name.lastIndex(of: "."), point != name.startIndex else { return name[...] }
    return name[..<point]
  }
}
