import Foundation
import Testing

@Suite struct ImageVerbTests {
  @Test func denoiseLearnsTriesAndWrites() throws {
    let folder = try Folder()
    try folder.write(Made.images(count: 40, side: 12), to: "clean.idx")
    let outcome = try Program.run(
      [
        "denoise", "clean.idx", "--add-noise", "--noise", "gaussian:0.2", "--epochs", "2",
        "--threads", "1", "--save", "m.hourglass", "-o", "out", "--figure", "rows.png", "--json",
      ],
      in: folder
    )
    #expect(outcome.code == 0, "\(outcome.errors)")
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    )
    let given = try methods(of: report["evaluationOfData"])
    #expect(try #require(given["network"]?["RMSE"]) < #require(given["noisy"]?["RMSE"]))
    #expect(try folder.names() == ["clean.idx", "m.hourglass", "out", "rows.png"])
    #expect(folder.has("out/1.png") && folder.has("out/40.png"))
    let again = try Program.run(
      ["denoise", "clean.idx", "--model", "m.hourglass", "-o", "again", "--first", "1"],
      in: folder
    )
    #expect(again.code == 0, "\(again.errors)")
    #expect(folder.has("again/1.png") && !folder.has("again/2.png"))
    let wrong = try Program.run(["denoise", "clean.idx", "--noise", "rain:1"], in: folder)
    #expect(wrong.code == 2)
    let single = try Program.run(
      ["denoise", "clean.idx", "--model", "m.hourglass", "-o", "one.png"],
      in: folder
    )
    #expect(single.code == 2 && single.errors.contains("one file for 40 images"))
  }

  @Test func denoiseLearnsFromNoisyImagesAlone() throws {
    let folder = try Folder()
    try folder.write(Made.images(count: 12, side: 40), to: "noisy.idx")
    let outcome = try Program.run(
      [
        "denoise", "noisy.idx", "--noisy-only", "--epochs", "1", "--threads", "1", "--save",
        "m.hourglass", "-o", "done", "--reference", "noisy.idx",
      ],
      in: folder
    )
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("Trained on noisy images alone"), "\(outcome.output)")
    #expect(outcome.output.contains("PSNR"))
    #expect(FileManager.default.fileExists(atPath: folder.path("done")))
    let known = try Program.run(
      ["denoise", "noisy.idx", "--noisy-only", "--noise", "gaussian:0..0.2", "--epochs", "1"]
        + ["--threads", "1", "-o", "known", "--json"],
      in: folder
    )
    #expect(known.code == 0, "\(known.errors)")
    #expect(known.output.contains("\"noiseLevels\":["), "\(known.output)")
    #expect(known.output.contains("\"noise\":\"gaussian:0..51/255"), "\(known.output)")
    for (options, words) in [
      (["--noisy-only", "--noise", "salt-and-pepper:0.1"], "not salt-and-pepper:0.1"),
      (["--noisy-only", "--add-noise"], "exclude each other"),
      (["--noisy-only", "--model", "m.hourglass"], "--noisy-only"),
    ] {
      let wrong = try Program.run(["denoise", "noisy.idx", "-o", "x"] + options, in: folder)
      #expect(wrong.code == 2 && wrong.errors.contains(words), "\(wrong.errors)")
    }
  }

  @Test func denoiseTakesNoiseOffATable() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 200, columns: 4), to: "data.csv")
    let outcome = try Program.run(
      ["denoise", "data.csv", "-o", "smooth.csv", "--epochs", "20", "--threads", "1"],
      in: folder
    )
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("linear shrinkage"))
    let lines = folder.text("smooth.csv").split(separator: "\n")
    #expect(lines.count == 201 && lines[0] == "c1,c2,c3,c4")
    let refused = try Program.run(["denoise", "data.csv", "--add-noise"], in: folder)
    #expect(refused.code == 2 && refused.errors.contains("--add-noise needs images"))
  }

  @Test func colorizeNeedsColors() throws {
    let folder = try Folder()
    try folder.write(Made.images(count: 20, side: 8), to: "gray.idx")
    let outcome = try Program.run(["colorize", "gray.idx", "-o", "out"], in: folder)
    #expect(outcome.code == 1)
    #expect(outcome.errors.contains("found only gray ones"))
  }

  @Test func colorizeLearnsFromAFileOfSmallImages() throws {
    let folder = try Folder()
    var bytes: [UInt8] = []
    for image in 0..<30 {
      bytes.append(UInt8(image % 10))
      for channel in 0..<3 {
        let step = channel + 1
        for place in 0..<1024 { bytes.append(UInt8((place / 8 * step + image * 5) % 256)) }
      }
    }
    try folder.write(bytes, to: "data_batch_1.bin")
    let outcome = try Program.run(
      [
        "colorize", "data_batch_1.bin", "--epochs", "1", "--threads", "1", "--first", "12",
        "--save", "m.hourglass", "-o", "out", "--figure", "rows.svg",
      ],
      in: folder
    )
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("colorfulness"))
    #expect(folder.has("out/12.png") && !folder.has("out/13.png"))
    #expect(folder.text("rows.svg").contains("colored"))
    let again = try Program.run(
      ["colorize", "out/1.png", "--model", "m.hourglass", "-o", "one.png", "--saturation", "0"],
      in: folder
    )
    #expect(again.code == 0, "\(again.errors)")
    #expect(again.output.contains("Evaluation: 1 image of 1.png"))
    #expect(again.output.contains("No verdict: fewer than 20 images."))
    try drawSamplesAndTakeHints(in: folder)
  }

  private func drawSamplesAndTakeHints(in folder: Folder) throws {
    let model = ["--model", "m.hourglass", "--threads", "1"]
    for (name, seed) in [("a.png", "4"), ("b.png", "4")] {
      let drawn = try Program.run(
        ["colorize", "out/1.png", "--samples", "2", "--seed", seed, "-o", name, "--json"] + model,
        in: folder
      )
      #expect(drawn.code == 0, "\(drawn.errors)")
      #expect(drawn.output.contains(#""samples":2"#) && drawn.output.contains(#""network, vivid""#))
    }
    #expect(folder.has("a-1.png") && folder.has("a-2.png") && !folder.has("a.png"))
    for number in 1...2 {
      #expect(try folder.bytes("a-\(number).png") == folder.bytes("b-\(number).png"))
    }
    let many = try Program.run(
      ["colorize", "out", "--samples", "2", "-o", "drawn", "--first", "2"] + model,
      in: folder
    )
    #expect(many.code == 0, "\(many.errors)")
    #expect(folder.has("drawn/1-1.png") && folder.has("drawn/10-2.png"))
    let hinted = try Program.run(
      [
        "colorize", "out/1.png", "--colors", "vivid", "--hint", "3,4=#b22222", "--hint",
        "30,31=#87CEEB", "-o", "hinted.png",
      ] + model,
      in: folder
    )
    #expect(hinted.code == 0, "\(hinted.errors)")
    #expect(folder.has("hinted.png"))
    for (options, words) in [
      (["out/1.png", "--hint", "32,0=#ff0000"], "from 0,0 to 31,31, found 32,0"),
      (["out/1.png", "--hint", "-1,0=#ff0000"], "--hint"),
      (["out/1.png", "--hint", "1,0=red"], "'1,0=red' is invalid"),
      (["out/1.png", "--hint", "1=#ff0000"], "'1=#ff0000' is invalid"),
      (["out", "--hint", "1,0=#ff0000"], "--hint sets colors of one image"),
      (["out/1.png", "--samples", "0"], "--samples must be from 1 to 1000"),
      (["out/1.png", "--samples", "2", "--colors", "vivid"], "exclude each other"),
      (["out/1.png", "--colors", "bright"], "'bright' is invalid"),
    ] {
      let wrong = try Program.run(["colorize"] + options + ["-o", "x.png"] + model, in: folder)
      #expect(wrong.code == 2 && wrong.errors.contains(words), "\(options): \(wrong.errors)")
    }
  }
}
