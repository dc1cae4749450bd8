import CHourglassCodecs
internal import HourglassSystem

/// Sounds decoded and encoded by libsndfile.
///
/// All calls of the library are here.
package enum SoundCodec {
  /// The sample rates that are believed; a file that gives another one is damaged.
  package static let sampleRates = 1000...1_000_000

  /// Decodes a sound.
  ///
  /// - Parameters:
  ///   - given: The file.
  ///   - path: What to call it in an error.
  ///   - byteLimit: The most memory that the samples may take.
  package static func sound(
    _ given: [UInt8],
    path: String,
    byteLimit: Int
  ) throws(MediaError) -> Sound {
    if given.isEmpty { throw .emptyFile(path: path) }
    guard let format = SoundFormat(of: given) else {
      throw .sound(.notASound(path: path, found: Array(given.prefix(4))))
    }
    let bytes = SoundRepair.readable(given)
    // Found here and not behind the library, which loses some memory for each such file (libsndfile
    // 1.2.0).
    if format == .ogg, OggPages.areTruncated(bytes) {
      throw .sound(.truncated(path: path, format: format.rawValue, size: bytes.count))
    }
    var decoded = hg_sound()
    defer { hg_sound_free(&decoded) }
    let status = bytes.withUnsafeBufferPointer { source in
      hg_sound_decode(source.baseAddress, source.count, max(byteLimit, 0), &decoded)
    }
    switch status {
    case HG_CODEC_OK: break
    case HG_CODEC_MEMORY: throw .noMemory(path: path)
    case HG_CODEC_TOO_LARGE:
      let (samples, overflow) = max(decoded.frames, Int(clamping: decoded.promised))
        .multipliedReportingOverflow(by: 4 * Int(decoded.channels))
      throw .tooLarge(path: path, bytes: overflow ? .max : samples, limit: byteLimit)
    case HG_CODEC_UNSUPPORTED:
      throw .sound(.unsupported(path: path, format: format.rawValue, reason: message(&decoded)))
    default: throw .sound(.damaged(path: path, format: format.rawValue, reason: message(&decoded)))
    }
    try check(decoded, bytes, path: path, format: format)
    let (count, channelCount) = (decoded.frames, Int(decoded.channels))
    let samples = UnsafeBufferPointer(start: decoded.samples, count: count * channelCount)
    if let index = samples.firstIndex(where: { !$0.isFinite }) {
      let second = Double(index / channelCount) / Double(decoded.sample_rate)
      throw .sound(.notFinite(path: path, second: second))
    }
    let channels = (0..<channelCount).map { channel in
      [Float](unsafeUninitializedCapacity: count) { place, filled in
        for frame in 0..<count { place[frame] = samples[frame * channelCount + channel] }
        filled = count
      }
    }
    return Sound(name: lastPart(of: path), sampleRate: Int(decoded.sample_rate), channels: channels)
  }

  private static func check(
    _ sound: hg_sound,
    _ bytes: [UInt8],
    path: String,
    format: SoundFormat
  ) throws(MediaError) {
    let rate = Int(sound.sample_rate)
    guard sampleRates.contains(rate) else {
      throw .sound(.sampleRate(path: path, rate: rate, expected: sampleRates))
    }
    let isTruncated =
      switch format {
      case .wav, .aiff: SoundChunks.areTruncated(bytes)
      case .flac: sound.promised < 1 << 40 && sound.frames < Int(sound.promised)
      case .mp3, .ogg: false
      }
    if isTruncated {
      throw .sound(.truncated(path: path, format: format.rawValue, size: bytes.count))
    }
    if sound.frames == 0 { throw .sound(.noSamples(path: path)) }
  }

  /// Encodes a sound as WAV, FLAC, Ogg Vorbis or MP3.
  package static func encoded(
    _ sound: Sound,
    as format: SoundFormat,
    bits: Int,
    quality: Double,
    path: String
  ) throws(MediaError) -> [UInt8] {
    let channelCount = sound.channels.count
    var samples = [Float](repeating: 0, count: sound.count * channelCount)
    for (channel, values) in sound.channels.enumerated() {
      for (frame, value) in values.enumerated() { samples[frame * channelCount + channel] = value }
    }
    var source = hg_sound()
    source.sample_rate = Int32(clamping: sound.sampleRate)
    source.channels = Int32(clamping: channelCount)
    source.frames = sound.count
    var result = hg_block()
    defer { hg_block_free(&result) }
    let kind =
      switch format {
      case .flac: HG_SOUND_FLAC
      case .ogg: HG_SOUND_OGG
      case .mp3: HG_SOUND_MP3
      default: HG_SOUND_WAV
      }
    let status = samples.withUnsafeMutableBufferPointer { place in
      source.samples = place.baseAddress
      return hg_sound_encode(&source, kind, Int32(bits), quality, &result)
    }
    switch status {
    case HG_CODEC_OK: break
    case HG_CODEC_MEMORY: throw .noMemory(path: path)
    default:
      throw .sound(.notEncoded(path: path, format: format.rawValue, reason: message(&source)))
    }
    var bytes = Array(UnsafeBufferPointer(start: result.bytes, count: result.size))
    if format == .ogg { OggPages.number(&bytes) }
    return bytes
  }

  /// The bits of a sample as a file keeps it: 8 to 32 of whole numbers, 33 of single or double
  /// precision, 0 in lossy formats.
  package static func sampleBits(_ bytes: [UInt8]) -> Int {
    bytes.withUnsafeBufferPointer { Int(hg_sound_bits($0.baseAddress, $0.count)) }
  }

  private static func message(_ sound: inout hg_sound) -> String {
    clipped(String(cString: hg_sound_message(&sound)), to: 120)
  }
}
