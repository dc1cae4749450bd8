/// What is done to an item while a matcher learns, so that a damaged copy has the signature of the
/// original.
///
/// Everything is drawn anew for each item at each step. Images are moved, made brighter or darker,
/// and noise is added; rows of a table get noise, and cells are hidden. Sounds are moved within half
/// a step of the signatures, get noise of a random spectrum and another sound in the background, and
/// pass a random equaliser; loudness does not matter, because each patch is standardised.
public struct Distortions: Hashable, Sendable, Codable {
  /// The largest standard deviation of the noise; values of images go from 0 to 1, and numbers of a
  /// table have the standard deviation 1.
  public var noise: Float
  /// The most pixels that an image is moved by along each side.
  public var shift: Int
  /// The most that is added to all values of an image.
  public var brightness: Float
  /// The most that the contrast of an image differs from 1.
  public var contrast: Float
  /// The part of the cells of a row that are hidden.
  public var hidden: Float
  /// The least ratio of a sound to the noise over it, in dB.
  public var signalToNoise: Float

  /// Makes distortions; the defaults are what photographs, scans and recordings suffer.
  public init(
    noise: Float = 0.3,
    shift: Int = 2,
    brightness: Float = 0.1,
    contrast: Float = 0.2,
    hidden: Float = 0.1,
    signalToNoise: Float = 0
  ) {
    self.noise = noise
    self.shift = shift
    self.brightness = brightness
    self.contrast = contrast
    self.hidden = hidden
    self.signalToNoise = signalToNoise
  }
}

extension Distortions {
  /// Checks the ranges.
  func validate() throws(ApplicationError) {
    for (value, name) in [
      (noise, "the noise"), (brightness, "the change of brightness"),
      (contrast, "the change of contrast"),
    ] {
      try requireSetting((0...1).contains(value), name, "from 0 to 1", value)
    }
    try requireSetting((0...8).contains(shift), "the shift", "from 0 to 8 pixels", shift)
    try requireSetting((0..<1).contains(hidden), "the part hidden", "from 0 to below 1", hidden)
    try requireSetting(
      (-20...40).contains(signalToNoise),
      "the ratio of signal to noise",
      "from -20 to 40 dB",
      signalToNoise
    )
  }
}
