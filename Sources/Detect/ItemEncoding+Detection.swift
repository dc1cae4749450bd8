internal import HourglassData
internal import HourglassEncodings
internal import HourglassNetworks
internal import HourglassTensors

extension EncodingOptions {
  /// The values of all items have observed masks, so that any may be hidden in training; what training
  /// rows never have counts.
  static let detection = EncodingOptions(marksUnseen: true, masksPixels: true)
}

extension ItemEncoding {
  /// The most values of an item.
  private static let valueLimit = 1 << 20

  /// Fits the encoding of a detector to some items of the data.
  init(detectingIn items: RawItems, training: [Int]) throws {
    if case .images(let images) = items {
      try requireSetting(
        images.featureCount <= Self.valueLimit,
        "the number of values of an image",
        "at most \(Self.valueLimit); make the images smaller",
        images.featureCount
      )
    }
    try self.init(items, training: training, .detection)
  }

  /// What is wrong with the encoding of a detector that was read from a file, if anything.
  var detectionProblem: String? {
    if let problem { return problem }
    return layout != nil && valueCount <= Self.valueLimit
      ? nil : "its items should have up to \(Self.valueLimit) values with observed masks"
  }

  /// The fields of an item, each of which has a part in its score.
  var scoredFields: FeatureSchema { layout ?? .numbers(valueCount) }

  /// The names of what findings have parts for: columns, channels with their place in the window, or pixels.
  var fieldNames: [String] {
    switch self {
    case .table(let encoding): return encoding.columns
    case .series(let series):
      return series.names.flatMap { name in (0..<series.window).map { "\(name) at \($0 + 1)" } }
    case .images(let images):
      return (0..<images.channels).flatMap { channel in
        (0..<images.height * images.width).map { pixel in
          let place = "x \(pixel % images.width) y \(pixel / images.width)"
          return images.channels == 1 ? place : "\(place) channel \(channel)"
        }
      }
    case .sounds: return []
    }
  }

  /// What is added by each column of a table, of whose dates several fields are parts; others stay.
  ///
  /// - Parameter parts: What each field adds, `[rows, fields]`.
  /// - Returns: What each column adds; `nil` where each has one field.
  func joined(_ parts: [Float], rows: Int) -> [Float]? {
    guard case .table(let encoding) = self, encoding.fields.contains(where: { $0.part != nil })
    else { return nil }
    let names = encoding.columns
    let places = encoding.fields.map { field in names.firstIndex(of: field.column) ?? 0 }
    var sums = [Float](repeating: 0, count: rows * names.count)
    for row in 0..<rows {
      for (field, place) in places.enumerated() {
        sums[row * names.count + place] += parts[row * places.count + field]
      }
    }
    return sums
  }
}
