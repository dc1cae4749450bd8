extension BrokenFile {
  /// Images of which only the header is whole: `inspect` reads no more.
  private static let learning = [["reduce", "-o", "out.csv", "--epochs", "1"]]

  /// PNG and JPEG files.
  static let photographs: [BrokenFile] = [
    BrokenFile("signature.png", "found that it stops early after 8 bytes") {
      Array(Bytes.png(width: 4, height: 4).prefix(8))
    },
    BrokenFile("header.png", "found that it stops early after 33 bytes") {
      Bytes.png(width: 4, height: 4)
    },
    BrokenFile("data.png", "found that it stops early after 368 bytes", verbs: learning) {
      try Array(Bytes.golden("Images/rgb8.png").dropLast(60))
    },
    BrokenFile("end.png", "found that it stops early after 416 bytes", verbs: learning) {
      try Array(Bytes.golden("Images/rgb8.png").dropLast(12))
    },
    BrokenFile("sum.png", "found damaged data (IDAT: incorrect data check)", verbs: learning) {
      try Bytes.golden("Images/rgb8.png", at: 60, [0xff, 0, 0xff])
    },
    BrokenFile("huge.png", "found that it stops early after 33 bytes") {
      Bytes.png(width: 0x7fff_ffff, height: 0x7fff_ffff)
    },
    BrokenFile("2-to-31.png", "found damaged data (IEND: out of place)") {
      Bytes.png(width: 1 << 16, height: 1 << 15) + Bytes.chunk("IEND")
    },
    BrokenFile("nothing.png", "found damaged data (Invalid IHDR data)") {
      Bytes.png(width: 0, height: 4) + Bytes.chunk("IEND")
    },
    BrokenFile("depth.png", "found damaged data (Invalid IHDR data)") {
      Bytes.png(width: 4, height: 4, depth: 3) + Bytes.chunk("IEND")
    },
    BrokenFile("no-data.png", "found damaged data (IEND: out of place)") {
      Bytes.png(width: 4, height: 4) + Bytes.chunk("IEND")
    },
    BrokenFile("palette.png", "found damaged data (IDAT: Missing PLTE before IDAT)") {
      Bytes.png(width: 4, height: 4, kind: 3) + Bytes.chunk("IDAT", [1, 2, 3]) + Bytes.chunk("IEND")
    },
    BrokenFile("start.jpg", "found that it stops early after 4 bytes") {
      [0xff, 0xd8, 0xff, 0xe0]
    },
    BrokenFile("cut.jpg", "found that it stops early after 684 bytes", verbs: learning) {
      try Array(Bytes.golden("Images/rgb420.jpg").dropLast(300))
    },
    BrokenFile("huge.jpg", "found 65280 x 65280") {
      let bytes = try Bytes.golden("Images/rgb420.jpg")
      let frame = bytes.indices.first { bytes[$0] == 0xff && bytes[$0 + 1] == 0xc0 } ?? 0
      return try Bytes.golden("Images/rgb420.jpg", at: frame + 5, [0xff, 0, 0xff, 0])
    },
    BrokenFile("image.gif", "found a GIF image") {
      Array("GIF89a".utf8) + [1, 0, 1, 0, 0, 0, 0]
    },
    BrokenFile("image.webp", "found a WebP image") {
      Array("RIFF\u{24}\0\0\0WEBPVP8 ".utf8) + [0, 1, 2]
    },
    BrokenFile("image.bmp", "found the byte 0x00") {
      Array("BM".utf8) + [UInt8](repeating: 0, count: 52)
    },
    BrokenFile("folder-of-one-good", "found that it stops early after 8 bytes") { folder, name in
      try folder.write(Bytes.golden("Images/rgb8.png"), to: "\(name)/a.png", making: name)
      try folder.write([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], to: "\(name)/b.png")
    },
  ]

  /// Sounds.
  static let sounds: [BrokenFile] = [
    BrokenFile("riff.wav", "found a WAV sound or another RIFF file") { Array("RIFF".utf8) },
    BrokenFile("format.wav", "found damaged data (Error in WAV file") {
      Array(Bytes.wav().prefix(30))
    },
    BrokenFile("no-channels.wav", "found damaged data (Channel count is zero)") {
      Bytes.wav(channels: 0)
    },
    BrokenFile("channels.wav", "found damaged data (Too many channels specified)") {
      Bytes.wav(channels: 60_000)
    },
    BrokenFile("no-rate.wav", "found damaged data (Internal error : SF_INFO struct incomplete)") {
      Bytes.wav(rate: 0)
    },
    BrokenFile("rate.wav", "found 2147483647 Hz") { Bytes.wav(rate: 0x7fff_ffff) },
    BrokenFile("codec.wav", "found damaged data (Error in WAV/W64/RF64 file") {
      Bytes.wav(codec: 0x1234)
    },
    BrokenFile("promised.wav", "found that it stops early after 1644 bytes") {
      Bytes.wav(promised: 0x6fff_fff0)
    },
    BrokenFile("silent.wav", "found an empty one") { Bytes.wav(data: 0) },
    BrokenFile("cut.flac", "found damaged data (Error : flac decoder lost sync)") {
      try Array(Bytes.golden("Sounds/stereo16.flac").dropLast(900))
    },
    BrokenFile("header.flac", "found damaged data (File contains data in an unimplemented format)")
    { try Array(Bytes.golden("Sounds/stereo16.flac").prefix(30)) },
    BrokenFile("cut.ogg", "found that it stops early after") {
      try Array(Bytes.golden("Sounds/mono.ogg").dropLast(900))
    },
    BrokenFile("header.ogg", "found that it stops early after 40 bytes") {
      try Array(Bytes.golden("Sounds/mono.ogg").prefix(40))
    },
    BrokenFile("sound.mp3", "found one of another kind (Format not recognised)") {
      Array("ID3".utf8) + [3, 0, 0, 0, 0, 0x7f, 0x7f] + [0xff, 0xfb, 0x90, 0]
    },
    BrokenFile("text.wav", "found none", text: "This is no sound.\n"),
  ]
}
