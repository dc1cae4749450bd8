internal import HourglassData

/// What is done to an item while a matcher is trained, so that a damaged copy has the signature of the
/// original.
///
/// Everything is drawn anew for each item at each step. Images are moved, turned, cropped, made brighter
/// or darker, get noise, and lose what JPEG leaves out; rows of a table get noise, and cells are hidden.
/// Sounds are moved within half a step of the signatures, played at another speed, heard in a room, under
/// noise of a random spectrum, with another sound in the background, through a random equalizer, and lose
/// what MP3 leaves out; loudness does not matter, because each patch is standardized.
public struct Augmentation: Hashable, Sendable, Codable {
  /// The largest standard deviation of the noise; values of images go from 0 to 1, and numbers of a
  /// table have the standard deviation 1.
  public var noise: Float
  /// The most pixels that an image is moved by along each side.
  public var shift: Int
  /// The most degrees that a quarter of the images are turned by.
  public var rotation: Float
  /// The most that a quarter of the images are made larger by, which crops them, or smaller: a tenth is 0.1.
  public var zoom: Float
  /// The most that is added to all values of an image.
  public var brightness: Float
  /// The most that the contrast of an image differs from 1.
  public var contrast: Float
  /// The part of the cells of a row that are hidden.
  public var hidden: Float
  /// The least ratio of a sound to the noise over it, in dB.
  public var signalToNoise: Float
  /// The part of the sounds that are heard in a room, with its echoes.
  public var reverberant: Float
  /// The most that half of the sounds are played faster or slower by, pitch included: a hundredth is 0.01.
  public var speed: Float
  /// The part of the images that went through JPEG, and of the sounds that went through MP3.
  public var compressed: Float

  /// Makes augmentations; the defaults are what photographs, scans and recordings suffer.
  public init(
    noise: Float = 0.3,
    shift: Int = 2,
    rotation: Float = 5,
    zoom: Float = 0.05,
    brightness: Float = 0.1,
    contrast: Float = 0.2,
    hidden: Float = 0.1,
    signalToNoise: Float = 0,
    reverberant: Float = 0.3,
    speed: Float = 0.03,
    compressed: Float = 0.2
  ) {
    self.noise = noise
    self.shift = shift
    self.brightness = brightness
    self.contrast = contrast
    self.hidden = hidden
    self.signalToNoise = signalToNoise
    self.rotation = rotation
    self.zoom = zoom
    self.reverberant = reverberant
    self.speed = speed
    self.compressed = compressed
  }
}

extension Augmentation {
  /// Checks the ranges.
  package func validate() throws(TaskError) {
    for (value, name) in [
      (noise, "the noise"), (brightness, "the change of brightness"),
      (contrast, "the change of contrast"), (reverberant, "the part in rooms"),
      (compressed, "the part compressed"), (zoom, "the change of size"),
    ] {
      try requireSetting((0...1).contains(value), name, "from 0 to 1", value)
    }
    try requireSetting((0...8).contains(shift), "the shift", "from 0 to 8 pixels", shift)
    try requireSetting(
      (0...45).contains(rotation),
      "the rotation",
      "from 0 to 45 degrees",
      rotation
    )
    try requireSetting((0...0.5).contains(speed), "the change of speed", "from 0 to 0.5", speed)
    try requireSetting((0..<1).contains(hidden), "the part hidden", "from 0 to below 1", hidden)
    try requireSetting(
      (-20...40).contains(signalToNoise),
      "the ratio of signal to noise",
      "from -20 to 40 dB",
      signalToNoise
    )
  }
}
