import Foundation
import Testing

@Suite struct SoundVerbTests {
  /// A WAV file of a tone.
  private func wave(
    _ number: Int,
    bits: Int = 16,
    channels: Int = 1,
    rate: Int = 8000,
    noise: Double = 0
  ) -> [UInt8] {
    var state = UInt64(number + 1)
    var data: [UInt8] = []
    func little(_ value: Int, _ size: Int) -> [UInt8] {
      (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    for frame in 0..<rate {
      for _ in 0..<channels {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let random = Double(state >> 40) / Double(1 << 24) - 0.5
        let tone = 0.3 * sin(Double(frame * (1 + number % 4)) * 0.2)
        let value = (tone + noise * random) * Double(1 << (bits - 1))
        data += little(Int(value.rounded()), bits / 8)
      }
    }
    let frameSize = channels * bits / 8
    return Array("RIFF".utf8) + little(36 + data.count, 4) + Array("WAVEfmt ".utf8) + little(16, 4)
      + little(1, 2) + little(channels, 2) + little(rate, 4) + little(rate * frameSize, 4)
      + little(frameSize, 2) + little(bits, 2) + Array("data".utf8) + little(data.count, 4) + data
  }

  private func fields(_ bytes: Data) -> [Int] {
    func number(_ place: Int, _ size: Int) -> Int {
      bytes[place..<place + size].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    return [number(22, 2), number(24, 4), number(34, 2)]
  }

  @Test func ffmpegDecodesWhatTheProgramDoesNotRead() throws {
    let folder = try Folder()
    let boxes = [0, 0, 0, 32] + Array("ftypM4A ".utf8) + [UInt8](repeating: 0, count: 40)
    try folder.write(boxes, to: "a.m4a")
    // What stands for ffmpeg gives the same sound for any file, but for those that are called bad.
    try folder.write(wave(1), to: "bin/sound.wav", making: "bin")
    let script = "#!/bin/sh\ncase \"$*\" in *bad*) exit 3;; esac\ncat \"${0%/*}/sound.wav\"\n"
    try folder.write(Array(script.utf8), to: "bin/ffmpeg")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755],
      ofItemAtPath: folder.path("bin/ffmpeg")
    )
    func inspect(_ name: String, path: String) throws -> Outcome {
      try Running(
        ["PATH=\(path)", Program.path, "inspect", name],
        in: folder,
        program: "/usr/bin/env"
      ).wait()
    }
    let read = try inspect("a.m4a", path: folder.path("bin") + ":/usr/bin:/bin")
    #expect(read.code == 0 && read.output.contains("8000 samples"), "\(read.output)\(read.errors)")
    try folder.write(boxes, to: "bad.m4a")
    let bad = try inspect("bad.m4a", path: folder.path("bin") + ":/usr/bin:/bin")
    #expect(bad.code != 0 && bad.errors.contains("ended with the code 3"), "\(bad.errors)")
    let none = try inspect("a.m4a", path: "/nowhere")
    #expect(none.code != 0 && none.errors.contains("found M4A"), "\(none.errors)")
  }

  @Test func denoiseLearnsTriesAndWrites() throws {
    let folder = try Folder()
    for number in 0..<12 {
      try folder.write(wave(number), to: "clean/\(number).wav", making: "clean")
    }
    let outcome = try Program.run(
      [
        "denoise", "clean", "--add-noise", "--noise", "snr:5", "--epochs", "6", "--threads", "1",
        "--learning-rate", "0.004", "--save", "m.hourglass", "-o", "out", "--figure", "rows.png",
        "--json",
      ],
      in: folder
    )
    #expect(outcome.code == 0, "\(outcome.errors)")
    let given = try methods(of: json(outcome.output)["evaluationOfData"])
    #expect(abs(try #require(given["noisy"]?["SI-SNR"]) - 5) < 0.3)
    #expect(try #require(given["network"]?["SI-SNR"]) > 8)
    #expect(try folder.names() == ["clean", "m.hourglass", "out", "rows.png"])
    #expect(folder.has("out/0.wav") && folder.has("out/11.wav"))

    try folder.write(
      wave(1, bits: 24, channels: 2, rate: 22_050, noise: 0.3),
      to: "more/deep/a.wav",
      making: "more/deep"
    )
    for threads in ["1", "2"] {
      let again = try Program.run(
        [
          "denoise", "more", "--model", "m.hourglass", "-o", "again\(threads)", "--threads",
          threads,
        ],
        in: folder
      )
      #expect(again.code == 0, "\(again.errors)")
    }
    let written = try folder.bytes("again1/deep/a.wav")
    #expect(fields(written) == [2, 22_050, 24])
    #expect(try written.count == folder.bytes("more/deep/a.wav").count)
    #expect(try written == folder.bytes("again2/deep/a.wav"))

    let single = try Program.run(
      [
        "denoise", "more/deep/a.wav", "--model", "m.hourglass", "-o", "one.flac", "--reference",
        "more/deep/a.wav",
      ],
      in: folder
    )
    #expect(single.code == 0, "\(single.errors)")
    #expect(
      single.output.contains("SI-SNR") && single.output.contains("compared with the clean ones")
    )
    #expect(try folder.bytes("one.flac").starts(with: Array("fLaC".utf8)))
  }

  @Test func mistakesAreSaid() throws {
    let folder = try Folder()
    for number in 0..<2 {
      try folder.write(wave(number), to: "clean/\(number).wav", making: "clean")
    }
    for (arguments, code, words) in [
      (["-o", "one.wav"], 2, "one file for 2 sounds"),
      (["-o", "one.png"], 2, "sounds are written to a .wav, .flac or .ogg file"),
      (["-o", "one.csv"], 2, "sounds are written to a .wav, .flac or .ogg file"),
      (["--noise", "poisson:3"], 2, "the noise of sounds must be white noise"),
    ] as [([String], Int32, String)] {
      let outcome = try Program.run(["denoise", "clean"] + arguments, in: folder)
      #expect(outcome.code == code, "\(arguments): \(outcome.errors)")
      #expect(outcome.errors.contains(words), "\(outcome.errors)")
    }
  }
}
