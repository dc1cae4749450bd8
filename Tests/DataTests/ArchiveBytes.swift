import CHourglassCodecs
import HourglassTensors

/// Files of arrays, as NumPy writes them and as it does not.
enum ArchiveBytes {
  /// How the bytes of an array lie in a file.
  enum Form: CaseIterable {
    case plain, gzip, stored, deflated, zip64
  }

  /// A file of one form that holds the bytes of an NPY file, in an archive under the name X.
  static func file(_ array: [UInt8], _ form: Form) -> [UInt8] {
    switch form {
    case .plain: array
    case .gzip: gzip(array)
    case .stored: zip([Member("X", array)])
    case .deflated: zip([Member("X", array, isDeflated: true)])
    case .zip64: zip([Member("X", array, isDeflated: true)], is64: true)
    }
  }

  /// The least significant bytes of a number, the least significant one first.
  static func little(_ number: Int, _ size: Int = 4) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  /// Deflated data without a wrapper: one block of the fixed code, where equal bytes that follow each
  /// other are runs (RFC 1951, sections 3.2.5 and 3.2.6).
  static func deflated(_ bytes: [UInt8]) -> [UInt8] {
    var (result, word, bits): ([UInt8], UInt64, Int) = ([], 0, 0)
    func write(_ value: Int, _ count: Int, isCode: Bool = true) {
      for place in 0..<count {
        let bit = value >> (isCode ? count - 1 - place : place) & 1
        word |= UInt64(bit) << bits
        bits += 1
        if bits == 8 {
          result.append(UInt8(word))
          (word, bits) = (0, 0)
        }
      }
    }
    func write(symbol: Int) {
      switch symbol {
      case ..<144: write(0x30 + symbol, 8)
      case ..<256: write(0x190 + symbol - 144, 9)
      case ..<280: write(symbol - 256, 7)
      default: write(0xc0 + symbol - 280, 8)
      }
    }
    write(0b011, 3, isCode: false)
    var place = 0
    while place < bytes.count {
      var run = 0
      if place > 0 {
        let last = bytes[place - 1]
        while run < 258, place + run < bytes.count, bytes[place + run] == last { run += 1 }
      }
      if run >= 3 {
        run = run == 258 ? 258 : min(run, 10)
        write(symbol: run == 258 ? 285 : 254 + run)
        write(0, 5)
        place += run
      } else {
        write(symbol: Int(bytes[place]))
        place += 1
      }
    }
    write(symbol: 256)
    if bits > 0 { result.append(UInt8(word)) }
    return result
  }

  static func checksum(_ bytes: [UInt8]) -> Int { Int(hg_crc32(0, bytes, bytes.count)) }

  static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255] + deflated(bytes) + little(checksum(bytes))
      + little(bytes.count)
  }

  /// A member of an archive and what it says of itself.
  struct Member {
    var name: String
    var packed: [UInt8]
    var method: Int
    var size: Int
    var sum: Int

    init(_ name: String, _ bytes: [UInt8], isDeflated: Bool = false) {
      self.name = name + ".npy"
      packed = isDeflated ? ArchiveBytes.deflated(bytes) : bytes
      method = isDeflated ? 8 : 0
      size = bytes.count
      sum = ArchiveBytes.checksum(bytes)
    }
  }

  /// An archive, in the form for those beyond 4 GiB where that is asked for.
  static func zip(_ members: [Member], is64: Bool = false) -> [UInt8] {
    var all: [UInt8] = []
    var directory: [UInt8] = []
    for member in members {
      let name = Array(member.name.utf8)
      let start = all.count
      var fields = little(member.method, 2)
      fields += little(0) + little(member.sum)
      let sizes = [member.packed.count, member.size]
      let shown = sizes.flatMap { little(is64 ? 0xffff_ffff : $0) } + little(name.count, 2)
      let extra = is64 ? little(1, 2) + little(24, 2) : []
      let wide = is64 ? [member.size, member.packed.count, start].flatMap { little($0, 8) } : []
      all += [0x50, 0x4b, 3, 4, 45, 0, 0, 0] + fields + sizes.flatMap { little($0) }
      all += little(name.count, 2) + little(0, 2) + name + member.packed
      directory += [0x50, 0x4b, 1, 2, 45, 0, 45, 0, 0, 0] + fields + shown
      directory += little(extra.count + wide.count, 2) + [UInt8](repeating: 0, count: 10)
      directory += little(is64 ? 0xffff_ffff : start) + name + extra + wide
    }
    let start = all.count
    all += directory
    if is64 {
      let end = all.count
      all += [0x50, 0x4b, 6, 6] + little(44, 8) + little(45, 2) + little(45, 2) + little(0, 8)
      all += little(members.count, 8) + little(members.count, 8)
      all += little(directory.count, 8) + little(start, 8)
      all += [0x50, 0x4b, 6, 7] + little(0) + little(end, 8) + little(1)
    }
    let count = little(is64 ? 0xffff : members.count, 2)
    all += [0x50, 0x4b, 5, 6] + little(0) + count + count + little(directory.count)
    return all + little(is64 ? 0xffff_ffff : start) + little(0, 2)
  }

  /// The types of elements that are read.
  static let types = [
    "<f2", ">f2", "<f4", ">f4", "<f8", ">f8", "|b1", "|i1", "|u1", "<i2", ">i2", "<u2", "<i4",
    ">u4", "<i8", ">u8",
  ]

  /// Random elements of a type, all of them finite.
  static func elements(_ type: String, count: Int, seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    let size = Int(type.suffix(1)) ?? 1
    return (0..<count).flatMap { _ -> [UInt8] in
      var bytes = little(Int(truncatingIfNeeded: generator.next()), size)
      // Without its highest bit an exponent is none of infinity.
      if type.contains("f") { bytes[size - 1] &= 0xbf }
      if type.contains("b") { bytes[0] &= 1 }
      return type.hasPrefix(">") ? bytes.reversed() : bytes
    }
  }

  /// An NPY file of double precision.
  static func npy(_ values: [Double], _ shape: String) -> [UInt8] {
    ArrayFileTests.npy(
      "<f8",
      shape,
      values.flatMap { little(Int(bitPattern: UInt(truncatingIfNeeded: $0.bitPattern)), 8) }
    )
  }
}
