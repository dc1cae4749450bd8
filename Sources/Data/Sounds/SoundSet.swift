public import HourglassMedia
internal import HourglassSystem
internal import HourglassTensors

/// Sounds: files that are decoded when they are asked for, or sounds in memory.
///
///     let songs = try SoundSet.load(contentsOf: "songs")
///     let mel = MelSpectrogram()
///     let first = mel(try songs.sound(0))  // [frames, bands]
public struct SoundSet: Sendable {
  /// The name of the file or of the folder, without those around it.
  public let name: String

  /// The names of the sounds: those of the files from the folder on.
  public let names: [String]

  /// The files of a folder that could not be read and were skipped, each with what is wrong.
  public let unreadable: [DatasetError]

  /// A hash of the sounds, sixteen hexadecimal digits, for provenance.
  ///
  /// It is one of the bytes of the files, or of the samples of sounds in memory. Names do not matter.
  public let fingerprint: String

  private let entries: [Entry]
  private let reader: Reader

  /// How the bytes of a file are read.
  package typealias Reader = @Sendable (String) throws(MediaError) -> [UInt8]

  private enum Entry {
    case file(path: String, name: String, hash: UInt64)
    case memory(Sound, hash: UInt64)

    var name: String {
      switch self {
      case .file(_, let name, _): name
      case .memory(let sound, _): sound.name
      }
    }

    var hash: UInt64 {
      switch self {
      case .file(_, _, let hash): hash
      case .memory(_, let hash): hash
      }
    }
  }

  private init(
    name: String,
    entries: [Entry],
    unreadable: [DatasetError],
    reader: @escaping Reader = { path throws(MediaError) in
      try ForeignSounds.bytes(of: path, by: nil)
    }
  ) {
    self.reader = reader
    self.name = name
    self.entries = entries
    self.unreadable = unreadable
    names = entries.map(\.name)
    let hashes = entries.map(\.hash)
    fingerprint = Fingerprint.hexadecimal(Fingerprint.hash(hashes.span.bytes))
  }

  /// Makes a set of sounds in memory, at least one.
  public init(name: String, sounds: [Sound]) {
    precondition(!sounds.isEmpty, "a set of no sounds was asked for")
    let entries = sounds.map { sound in
      let parts =
        [UInt64(sound.sampleRate)] + sound.channels.map { Fingerprint.hash($0.span.bytes) }
      return Entry.memory(sound, hash: Fingerprint.hash(parts.span.bytes))
    }
    self.init(name: name, entries: entries, unreadable: [])
  }

  /// The number of sounds, at least 1.
  public var count: Int { entries.count }

  /// A sound, decoded now where it is a file.
  ///
  /// - Throws: What is wrong with the file.
  public func sound(_ index: Int) throws(DatasetError) -> Sound {
    precondition(index >= 0 && index < count, "sound \(index) of \(count) was asked for")
    switch entries[index] {
    case .file(let path, _, _):
      return try asData(try Sound.decoded(reader(path), path: path))
    case .memory(let sound, _): return sound
    }
  }

  /// A hash of what a sound is made of: the bytes of its file, or its samples.
  package func contentHash(_ index: Int) -> UInt64 { entries[index].hash }

  /// How a sound that is made of this one is kept without loss: as its file does, where that is WAV or
  /// FLAC, and else as `SoundStorage.init(of:)` says; as a WAV file of 16 bits for a sound in memory.
  ///
  /// - Throws: Why the file cannot be read.
  package func storage(_ index: Int) throws(DatasetError) -> SoundStorage {
    precondition(index >= 0 && index < count, "sound \(index) of \(count) was asked for")
    guard case .file(let path, _, _) = entries[index] else { return SoundStorage() }
    return SoundStorage(of: try asData(try reader(path)))
  }

  /// The first sounds, at most as many as wanted; at least 1.
  public func prefix(_ limit: Int) -> SoundSet {
    items(Array(0..<min(max(limit, 1), count)))
  }

  /// Some sounds in the order of their indices, at least 1.
  public func items(_ indices: [Int]) -> SoundSet {
    precondition(!indices.isEmpty, "a set of no sounds was asked for")
    return SoundSet(
      name: name,
      entries: indices.map { entries[$0] },
      unreadable: unreadable,
      reader: reader
    )
  }

  /// Finds the sounds in a folder and below it, in the order of their names, or takes one file.
  ///
  /// Which files of a folder are sounds is seen from their contents. Nothing is decoded before it is
  /// asked for.
  ///
  /// - Parameters:
  ///   - path: The folder or the file.
  ///   - limit: The number of sounds to take at most; all of them when it is left out.
  ///   - skipsUnreadable: Whether a damaged file of a folder is left out and listed in `unreadable`.
  ///     Each file is then decoded once to see.
  /// - Throws: What is wrong with the sounds.
  public static func load(
    contentsOf path: String,
    limit: Int? = nil,
    skipsUnreadable: Bool = false
  ) throws(DatasetError) -> SoundSet {
    let decoder = ForeignSounds.decoder
    return try load(contentsOf: path, limit: limit, skipsUnreadable: skipsUnreadable) {
      path throws(MediaError) in try ForeignSounds.bytes(of: path, by: decoder)
    }
  }

  /// The same by another reader, which a test counts the files with.
  package static func load(
    contentsOf path: String,
    limit: Int? = nil,
    skipsUnreadable: Bool = false,
    reader: @escaping Reader
  ) throws(DatasetError) -> SoundSet {
    if let limit, limit < 1 { throw .limitNotPositive(path: path, limit: limit) }
    switch try MediaRecognition(path: path) {
    case .soundFile:
      let name = lastPart(of: path)
      let entry = try entry(path, name: name, isChecked: false, reader)
      return SoundSet(name: name, entries: [entry], unreadable: [], reader: reader)
    case .soundFolder, .imageFolder:
      return try folder(
        path,
        limit: limit ?? .max,
        skipsUnreadable: skipsUnreadable,
        reader: reader
      )
    case .imageFile, .cifar10: throw .sound(.notSounds(path: path))
    case .nothing:
      if case .folder = try FolderListing.kind(of: path) {
        throw .sound(.noSounds(path: path, unreadable: 0))
      }
      throw .sound(.notSounds(path: path))
    }
  }

  private static func folder(
    _ path: String,
    limit: Int,
    skipsUnreadable: Bool,
    reader: @escaping Reader
  ) throws(DatasetError) -> SoundSet {
    let files = try FolderListing.files(below: path)
    var entries: [Entry] = []
    var unreadable: [DatasetError] = []
    for file in MediaFiles.sounds(files, below: path) where entries.count < limit {
      do throws(DatasetError) {
        let place = path + "/" + file.name
        entries.append(
          try entry(place, name: file.name, isChecked: skipsUnreadable, reader)
        )
      } catch {
        if !skipsUnreadable || error.isFaultOfTheMachine { throw error }
        unreadable.append(error)
      }
    }
    if entries.isEmpty { throw .sound(.noSounds(path: path, unreadable: unreadable.count)) }
    return SoundSet(
      name: lastPart(of: path),
      entries: entries,
      unreadable: unreadable,
      reader: reader
    )
  }

  private static func entry(
    _ path: String,
    name: String,
    isChecked: Bool,
    _ reader: Reader
  ) throws(DatasetError) -> Entry {
    let bytes = try asData(try reader(path))
    if bytes.isEmpty { throw .emptyFile(path: path) }
    if SoundFormat(of: bytes) == nil {
      throw .sound(.notASound(path: path, found: Array(bytes.prefix(4))))
    }
    if isChecked {
      _ = try asData(
        try SoundCodec.sound(bytes, path: path, byteLimit: Sound.standardByteLimit)
      )
    }
    return .file(path: path, name: name, hash: Fingerprint.hash(bytes.span.bytes))
  }
}
