internal import HourglassSystem
internal import Synchronization

/// Sound files that begin in a way that the library does not take, and others do.
package enum SoundRepair {
  /// The bytes from which on a file is what its format says: behind tags and junk before the first frame
  /// of an MP3, and with the size of the samples of a WAV file that was streamed.
  static func readable(_ bytes: [UInt8]) -> [UInt8] {
    if let start = mpegStart(bytes), start > 0 { return Array(bytes[start...]) }
    return sized(bytes) ?? bytes
  }

  // MARK: MP3

  /// The most bytes of junk that frames are looked for behind.
  private static let mostJunk = 1 << 20

  /// Where the first frame of an MP3 is, where tags or junk before it hide it from the library; 0 for a file
  /// that is read as it is, and none where there are no frames.
  ///
  /// References: ISO/IEC 11172-3:1993, section 2.4.1.3 (the header of a frame); ID3v2.4, section 3.1.
  package static func mpegStart(_ bytes: [UInt8]) -> Int? {
    var (start, tags) = (0, 0)
    while let size = tagSize(bytes, at: start) {
      guard size <= bytes.count - start else { return nil }
      start += size
      tags += 1
    }
    if tags == 0, SoundFormat(beginning: Array(bytes.prefix(SoundFormat.beginningSize))) != nil {
      return nil
    }
    // Three frames in a row of one kind are no chance.
    for place in start..<min(start + mostJunk, max(bytes.count - 3, start)) {
      guard bytes[place] == 0xff, let first = frame(bytes, at: place),
        let second = frame(bytes, at: place + first.length), second.kind == first.kind,
        let third = frame(bytes, at: place + first.length + second.length), third.kind == first.kind
      else { continue }
      return place == start && tags == 1 ? 0 : place
    }
    return nil
  }

  /// The size of a tag with its header and footer.
  private static func tagSize(_ bytes: [UInt8], at start: Int) -> Int? {
    guard bytes.count - start >= 10, bytes[start...].starts(with: "ID3".utf8) else { return nil }
    let size = bytes[start + 6..<start + 10].reduce(0) { $0 << 7 | Int($1 & 0x7f) }
    return 10 + size + (bytes[start + 5] & 0x10 != 0 ? 10 : 0)
  }

  /// The kilobits of a second by the four bits of a header, of versions 1 and 2.
  private static let bitRates = [
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  ]

  /// The bytes of a frame of layer III, and what all frames of a file have in common.
  private static func frame(_ bytes: [UInt8], at place: Int) -> (length: Int, kind: UInt8)? {
    guard place >= 0, bytes.count - place >= 4, SoundFormat.isMPEGFrame(bytes[place..<place + 4])
    else {
      return nil
    }
    let version = bytes[place + 1] >> 3 & 3
    let rates = [44_100, 48_000, 32_000]
    let rate = rates[Int(bytes[place + 2] >> 2 & 3)] / (version == 3 ? 1 : version == 2 ? 2 : 4)
    let bits = bitRates[version == 3 ? 0 : 1][Int(bytes[place + 2] >> 4)] * 1000
    let length = (version == 3 ? 144 : 72) * bits / rate + Int(bytes[place + 2] >> 1 & 1)
    return length > 4 ? (length, bytes[place + 1] & 0xfe) : nil
  }

  // MARK: WAV

  /// A WAV file whose samples have the size that they have, where it says 0, all ones or the most that a number with
  /// a sign can be, as programs do that do not know the end when they begin; none for any other.
  static func sized(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.starts(with: "RIFF".utf8), bytes.count > 44 else { return nil }
    var start = 12
    while bytes.count - start >= 8 {
      let size = SoundChunks.littleSize(bytes, at: start + 4)
      let left = bytes.count - start - 8
      guard bytes[start...].starts(with: "data".utf8) else {
        start += 8 + size + size % 2
        continue
      }
      let isOpen = SoundChunks.isOfNoSize(size) && size > left
      guard left > 0, isOpen || (size == 0 && !isChunk(bytes, at: start + 8)) else { return nil }
      var sized = bytes
      for (place, value) in [(4, bytes.count - 8), (start + 4, left)] {
        for byte in 0..<4 { sized[place + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte)) }
      }
      return sized
    }
    return nil
  }

  /// Whether a chunk that ends within the file begins at a place: then there are no samples before it.
  private static func isChunk(_ bytes: [UInt8], at place: Int) -> Bool {
    guard bytes.count - place >= 8 else { return false }
    return bytes[place..<place + 4].allSatisfy { 0x20...0x7e ~= $0 }
      && SoundChunks.littleSize(bytes, at: place + 4) <= bytes.count - place - 8
  }
}

/// Sounds in files that the library does not read, such as M4A and videos.
package enum ForeignSounds {
  /// Makes a WAV file of the sound of a file.
  package typealias Decoder = @Sendable (_ path: String) throws(MediaError) -> [UInt8]

  private static let chosen = Mutex<Decoder?>(nil)

  /// What decodes such files: the command has one where `ffmpeg` is installed.
  ///
  /// The library starts no other program by itself.
  package static var decoder: Decoder? { chosen.withLock { $0 } }

  /// Chooses what decodes such files in this process.
  package static func use(_ decoder: Decoder?) { chosen.withLock { $0 = decoder } }

  /// The format of a file that begins with some bytes, at least 12, where its sound may be decoded by
  /// another program; none for any other.
  package static func format(beginning bytes: [UInt8]) -> String? {
    func has(_ text: [UInt8], at offset: Int = 0) -> Bool {
      bytes.dropFirst(offset).starts(with: text)
    }
    if has(Array("ftyp".utf8), at: 4) {
      // Pictures are in such boxes too.
      for brand in ["avif", "avis", "heic", "heix", "hevc", "mif1", "msf1", "crx "]
      where has(Array(brand.utf8), at: 8) { return nil }
      return has(Array("M4A".utf8), at: 8) ? "M4A" : "MP4"
    }
    if has([0x1a, 0x45, 0xdf, 0xa3]) { return "Matroska or WebM" }
    if has(Array("RIFF".utf8)), has(Array("AVI ".utf8), at: 8) { return "AVI" }
    if has([0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11]) { return "WMA or WMV" }
    if has([0, 0, 1, 0xba]) { return "MPEG" }
    if has(Array("caff".utf8)) { return "CAF" }
    if has(Array("#!AMR".utf8)) { return "AMR" }
    if has(Array("FLV\u{1}".utf8)) { return "FLV" }
    if has(Array("MAC ".utf8)) { return "Monkey's Audio" }
    if has(Array("wvpk".utf8)) { return "WavPack" }
    // ADTS: twelve bits set, layer 0.
    if bytes.count > 2, bytes[0] == 0xff, bytes[1] & 0xf6 == 0xf0 { return "AAC" }
    return nil
  }

  /// The bytes of a sound file; of one in a foreign format those of a WAV file of its sound.
  ///
  /// - Throws: `foreign` where nothing decodes it.
  package static func bytes(of path: String, by decoder: Decoder?) throws(MediaError) -> [UInt8] {
    let beginning: [UInt8]
    do throws(FileError) {
      beginning = try WholeFile.beginning(of: path, count: SoundFormat.beginningSize)
    } catch {
      throw .file(error)
    }
    guard let format = format(beginning: beginning) else { return try WholeFile.bytes(of: path) }
    guard let decoder else { throw .sound(.foreign(path: path, format: format)) }
    return try decoder(path)
  }
}
