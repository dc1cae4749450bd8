internal import HourglassTasksCommon

/// The signatures that some named items are to have, as items of the network.
struct MatchItems: Sendable {
  /// The items of the network, those of one named item after those of the other.
  let source: EncodedRows
  /// The rows of each named item.
  let rows: [Range<Int>]
  /// The positions of the rows within their named items.
  let positions: [Double]
  /// Which of the named items are sounds that hold nothing but silence.
  var areSilent: [Bool]

  /// The longest side of the images that signatures are made of; larger ones are made smaller.
  private static let longestSide = 64
  /// The most sounds that are trained on, taken at regular steps; it bounds memory.
  private static let mostSounds = 300

  /// The sounds that are trained on, at most 300.
  static func trainedSounds(of count: Int) -> [Int] {
    let step = max((count + mostSounds - 1) / mostSounds, 1)
    return Array(stride(from: 0, to: count, by: step))
  }

  /// Fits the encoding to data, and gives the items that a network is trained on.
  static func learning(
    from data: Dataset,
    _ kept: SoundSpectrograms
  ) throws -> (encoding: ItemEncoding, items: EncodedRows) {
    let items: RawItems
    switch data {
    case .images(let images): items = .images(try uniform(images))
    case .table(let table): items = .table(table.sample)
    case .sounds(let sounds):
      let encoding = SoundEncoding.signatures
      let spectrograms = try kept.spectrograms(
        of: sounds,
        trainedSounds(of: sounds.count),
        encoding
      )
      let places = spectrograms.indices.flatMap { sound in
        let starts = encoding.starts(frameCount: spectrograms[sound].shape[0], every: 1)
        return zip(starts, encoding.areSilent(starts, in: spectrograms[sound]))
          .filter { !$0.1 }.map { SoundPatch(sound: sound, start: $0.0) }
      }
      guard places.count > 1 else {
        throw TaskError.nothingVaries(name: data.name, rows: places.count)
      }
      return (.sounds(encoding), EncodedRows(spectrograms, places: places, encoding: encoding))
    case .series:
      throw TaskError.otherKind(
        name: data.name,
        expected: "images, sounds or rows of a table",
        found: data.kind.phrase
      )
    }
    let encoding = try ItemEncoding(items, training: Array(0..<items.count))
    return (encoding, try EncodedRows(items, encoding: encoding))
  }

  /// Images of one size that is not larger than signatures need.
  private static func uniform(_ images: ImageSet) throws(DatasetError) -> NumericDataset {
    if let shape = images.commonShape, max(shape[1], shape[2]) <= longestSide {
      return try images.uniform()
    }
    guard let shape = images.commonShape else {
      return try images.uniform(size: ImageSize(width: longestSide, height: longestSide))
    }
    let longest = max(shape[1], shape[2])
    func fitted(_ side: Int) -> Int { max((side * longestSide + longest / 2) / longest, 1) }
    return try images.uniform(size: ImageSize(width: fitted(shape[2]), height: fitted(shape[1])))
  }
}

extension MatchItems {
  /// Data for the trained network: one row for each image or row of a table, and one for each
  /// half second of a sound.
  ///
  /// - Parameters:
  ///   - range: The sounds to take; ignored for other kinds of data.
  ///   - kept: Where the spectrograms of sounds are, as far as they were computed before.
  init(
    _ data: Dataset,
    range: Range<Int>,
    encoding: ItemEncoding,
    _ kept: SoundSpectrograms = SoundSpectrograms()
  ) throws {
    switch (encoding, data) {
    case (.sounds(let patches), .sounds(let sounds)):
      let spectrograms = try kept.spectrograms(of: sounds, Array(range), patches, keeps: false)
      var places: [SoundPatch] = []
      var rows: [Range<Int>] = []
      var areSilent: [Bool] = []
      for (sound, spectrogram) in spectrograms.enumerated() {
        try patches.requireLength(spectrogram, name: sounds.names[range.lowerBound + sound])
        let first = places.count
        let starts = patches.starts(
          frameCount: spectrogram.shape[0],
          every: patches.signatureStep
        )
        places += starts.map { SoundPatch(sound: sound, start: $0) }
        areSilent.append(patches.areSilent(starts, in: spectrogram).allSatisfy(\.self))
        rows.append(first..<places.count)
      }
      self.init(
        source: EncodedRows(spectrograms, places: places, encoding: patches),
        rows: rows,
        positions: places.map { Double($0.start) * patches.frameSeconds },
        areSilent: areSilent
      )
    case (.images(let fields), .images(let images)):
      let shape = fields.shape
      let numbers = try images.uniform(
        channels: shape[0],
        size: ImageSize(width: shape[2], height: shape[1])
      )
      self.init(single: try EncodedRows(.images(numbers), encoding: encoding))
    default:
      self.init(
        single: try EncodedRows(RawItems(data, for: encoding), encoding: encoding)
      )
    }
  }

  private init(single source: EncodedRows) {
    self.init(
      source: source,
      rows: (0..<source.count).map { $0..<$0 + 1 },
      positions: [Double](repeating: 0, count: source.count),
      areSilent: [Bool](repeating: false, count: source.count)
    )
  }
}

extension ItemEncoding {
  /// What an item is to a network of signatures; `nil` where it has none for such items.
  var form: AugmentedViews.Form? {
    switch self {
    case .images: return .image
    case .table(let table): return .row(width: table.width)
    case .sounds(let sounds):
      guard case .overlapping(_, let margin) = sounds.cut else { return nil }
      return .patch(frames: sounds.frames, margin: margin)
    case .series: return nil
    }
  }
}

extension SoundEncoding {
  /// The frames from one phase of a query clip to the next.
  static let phaseStep = 2

  /// The frames from one stored signature to the next.
  var signatureStep: Int { if case .overlapping(let step, _) = cut { step } else { frames } }
  /// The seconds from one stored signature to the next.
  var spacing: Double { Double(signatureStep) * frameSeconds }
}

extension Dataset {
  /// A name for each item: that of its file, or the name of the data and a number from 1 on.
  func itemNames(after first: Int = 0) -> [String] {
    switch self {
    case .images(let images):
      images.names == (1...images.count).map(String.init)
        ? images.names.map { "\(images.name):\($0)" } : images.names
    case .sounds(let sounds): sounds.names
    case .table, .series: (0..<count).map { "\(name):\(first + $0 + 1)" }
    }
  }
}
