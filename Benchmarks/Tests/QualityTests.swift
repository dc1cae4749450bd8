import Foundation
import Hourglass
import Testing

@Suite struct QualityTests {
  private func figures(_ object: [String: Any], method: Int) throws -> [String: Double] {
    let methods = try #require(object["methods"] as? [[String: Any]])
    return try #require(methods[method]["figures"] as? [String: Double])
  }

  /// Writes an archive of numbers and labels as NumPy stores it.
  private func writeArchive(_ folder: Folder, _ name: String) throws {
    let script = """
      import numpy as np
      r = np.random.default_rng(3)
      n = 260
      z = r.normal(size=(n, 2))
      X = np.column_stack([z, z @ [1, 2] + r.normal(size=n) / 9, r.normal(size=n)])
      y = (np.arange(n) % 13 == 0).astype(int)
      X[y == 1, 2] += 6
      np.savez("\(folder.path(name))", X=X, y=y)
      """
    let made = try Program.run(["python3", "-c", script], program: "/usr/bin/env", in: folder)
    try #require(made.code == 0, "\(made.errors)")
  }

  private func optionsThatDiffer(_ object: [String: Any]) -> [String]? {
    object["optionsThatDiffer"] as? [String]
  }

  @Test(.enabled(if: Program.hasNumPy, "python3 has no NumPy, which writes the data"))
  func anomaliesAreMeasured() throws {
    let folder = try Folder()
    try writeArchive(folder, "1_made.npz")
    for setting in ["clean", "mixed"] {
      let outcome = try Program.run(
        [
          "quality", "adbench-\(setting)", "--data", ".", "--json", "--threads", "1", "--epochs",
          "60",
        ],
        in: folder
      )
      #expect(outcome.code == 0, "\(outcome.errors)")
      let result = try json(outcome.output)
      let own = try figures(result, method: 0)
      #expect(try #require(own["AUROC"]) > 0.9, "\(setting): \(own)")
      #expect((result["dataSets"] as? [[String: Any]])?.first?["name"] as? String == "1_made")
      let files = try #require(result["files"] as? [String: String])
      #expect(files["1_made.npz"]?.count == 64)
      #expect((result["dataDigest"] as? String)?.count == 64)
      #expect(result["threads"] as? Int == 1 && result["seed"] as? Int == 0)
      #expect(optionsThatDiffer(result) == ["options.labels: anomaly", "training.epochs: 60"])
    }
  }

  @Test func missingCellsAreMeasured() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 300, columns: 5), to: "data.csv")
    for mechanism in ["mcar", "mar", "mnar"] {
      let outcome = try Program.run(
        [
          "quality", "impute", "--data", "data.csv", "--mechanism", mechanism, "--json",
          "--epochs", "40", "--threads", "1",
        ] + (mechanism == "mar" ? ["--out-of-sample"] : []),
        in: folder
      )
      #expect(outcome.code == 0, "\(outcome.errors)")
      let result = try json(outcome.output)
      let own = try #require(try figures(result, method: 0)["error"])
      let methods = try #require(result["methods"] as? [[String: Any]])
      #expect(
        methods.compactMap { $0["name"] as? String } == [
          "hourglass", "nearest rows", "chained regression", "column means",
        ]
      )
      let means = try #require(try figures(result, method: 3)["error"])
      #expect(own < means, "\(mechanism): \(own) against \(means)")
      #expect(optionsThatDiffer(result) == ["training.epochs: 40"])
    }
    let text = try Program.run(
      ["quality", "impute", "--data", "data.csv", "--epochs", "5", "--threads", "1"],
      in: folder
    )
    #expect(text.code == 0, "\(text.errors)")
    #expect(text.output.contains("column means") && text.output.contains("SHA-256"))
    #expect(text.output.contains("\noptions that differ from the defaults: training.epochs: 5\n"))
  }

  @Test func seriesAreMeasured() throws {
    let folder = try Folder()
    var text = "timestamp,value\n"
    for row in 0..<1_200 {
      let odd = (900..<940).contains(row) ? 4.0 : 0
      let (day, minute) = (row / 288 + 1, row % 288 * 5)
      let time =
        "2014-04-0\(day) \(minute / 600)\(minute / 60 % 10):"
        + "\(minute % 60 / 10)\(minute % 10):00"
      text += "\(time),\(sin(Double(row) / 9) + odd)\n"
    }
    try folder.write(text, to: "wave.csv")
    try folder.write("timestamp,value\n2014-04-01 00:00:00,1\n", to: "other.csv")
    try folder.write(
      #"{"made/none.csv": [], "wave.csv": [["2014-04-04 02:00:00.000000", "2014-04-04 07:00:00.000000"]]}"#,
      to: "combined_windows.json"
    )
    let outcome = try Program.run(
      [
        "quality", "series-anomaly", "--data", ".", "--json", "--epochs", "40", "--threads",
        "1", "--stride", "8",
      ],
      in: folder
    )
    #expect(outcome.code == 0, "\(outcome.errors)")
    let result = try json(outcome.output)
    let own = try figures(result, method: 0)
    #expect(try #require(own["AUROC"]) > 0.8 && (try #require(own["NAB score"])) > 60, "\(own)")
    #expect((result["dataSets"] as? [[String: Any]])?.count == 1)
    #expect(
      optionsThatDiffer(result) == [
        "reading.series: timestamp", "reading.stride: 8", "training.epochs: 40",
      ]
    )
    try folder.write("[1, 2]", to: "combined_windows.json")
    let wrong = try Program.run(["quality", "series-anomaly", "--data", "."], in: folder)
    #expect(wrong.code == 1 && wrong.errors.contains("a list of windows"), "\(wrong.errors)")
  }

  @Test func generatedRowsAreMeasured() throws {
    let folder = try Folder()
    var text = "size,kind,mark\n"
    for row in 0..<400 {
      let size = Double(row * 37 % 101) / 10
      text += "\(size),\(["a", "b", "c"][row * 7 % 3]),\(size > 6 ? "yes" : "no")\n"
    }
    try folder.write(text, to: "rows.csv")
    let outcome = try Program.run(
      [
        "quality", "synthesize", "--data", "rows.csv", "--epochs", "60", "--json", "--threads",
        "1",
      ],
      in: folder
    )
    #expect(outcome.code == 0, "\(outcome.errors)")
    let result = try json(outcome.output)
    let (own, trivial) = (try figures(result, method: 0), try figures(result, method: 1))
    #expect(try #require(own["column shapes"]) > 0.6, "\(own)")
    #expect(try (0...1).contains(#require(own["pair trends"])), "\(own)")
    #expect(try #require(trivial["column shapes"]) > 0.99, "\(trivial)")
  }

  /// Images of large squares of random gray are found again from copies, which are as bright as they are.
  @Test func copiesOfImagesAreFound() throws {
    let folder = try Folder()
    let (count, side, square) = (80, 16, 4)
    var state: UInt64 = 5
    var bytes = Array(Made.images(count: count, side: side).prefix(16))
    for _ in 0..<count {
      let grays = (0..<(side / square) * (side / square)).map { _ -> UInt8 in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 33)
      }
      for place in 0..<side * side {
        let (x, y) = (place % side / square, place / side / square)
        bytes.append(grays[y * (side / square) + x])
      }
    }
    try folder.write(bytes, to: "train-images-idx3-ubyte")
    let outcome = try Program.run(
      [
        "quality", "match-images", "--data", ".", "--json", "--threads", "1", "--epochs", "60",
        "--dimensions", "16",
      ],
      in: folder
    )
    #expect(outcome.code == 0, "\(outcome.errors)")
    let result = try json(outcome.output)
    let own = try figures(result, method: 0)
    #expect(try #require(own["recall at 1"]) > 0.5, "\(own)")
    #expect(
      optionsThatDiffer(result) == [
        "files.first: 20000", "options.dimensions: 16", "training.epochs: 60", "options.count: 1",
      ]
    )
  }

  @Test func probabilitiesOfImagesAreMeasured() throws {
    let folder = try Folder()
    // Spots before a dark ground: nearly all pixels are near black.
    for (name, count) in [("train", 120), ("t10k", 30)] {
      try folder.write(Made.images(count: count, side: 16), to: "\(name)-images-idx3-ubyte")
      let labels = Made.labels((0..<count).map { UInt8($0 % 10) })
      try folder.write(labels, to: "\(name)-labels-idx1-ubyte")
    }
    let arguments = [
      "quality", "vae-mnist", "--data", ".", "--epochs", "3", "--threads", "1",
      "--bound-samples", "20", "--images", "10",
    ]
    let outcome = try Program.run(arguments + ["--json"], in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let result = try json(outcome.output)
    let (own, trivial) = (try figures(result, method: 0), try figures(result, method: 1))
    let nats = try #require(own["-ln p(x), nats"])
    let single = try #require(own["-ELBO, nats"])
    #expect(nats <= single)
    #expect(try (0...50).contains(#require(own["active units"])), "\(own)")
    #expect(try (0...single).contains(#require(own["standard error"])), "\(own)")
    // Less than a coin for each of the 16 x 16 pixels: nearly all are near black.
    #expect(try (0...256 * 0.6931472).contains(#require(trivial["-ln p(x), nats"])), "\(trivial)")
    let settings = try #require(result["settings"] as? [String: String])
    #expect(settings == ["images": "10", "samples": "20"])
    let options = try #require(optionsThatDiffer(result))
    #expect(options.prefix(2) == ["options.latent: 50", "training.epochs: 3"])
    #expect(options.count == 3 && options[2].hasPrefix("evaluated by the library"), "\(options)")
    let text = try Program.run(arguments, in: folder)
    #expect(text.code == 0 && text.output.contains("86.76"), "\(text.errors)")
    try folder.write(Made.images(count: 120, side: 3), to: "train-images-idx3-ubyte")
    let gray = try Program.run(arguments, in: folder)
    #expect(gray.code == 1 && gray.errors.contains("gray drawings"), "\(gray.errors)")
  }

  /// Images of four classes, spots in four corners, by their places on a map and by features.
  @Test func mapsAndFeaturesOfImagesAreMeasured() throws {
    let folder = try Folder()
    for (name, count) in [("train", 200), ("t10k", 80)] {
      try folder.write(Made.images(count: count, side: 12), to: "\(name)-images-idx3-ubyte")
      let labels = Made.labels((0..<count).map { UInt8($0 * 7 % 12 / 6) })
      try folder.write(labels, to: "\(name)-labels-idx1-ubyte")
    }
    func result(_ arguments: [String]) throws -> [String: Any] {
      let outcome = try Program.run(
        ["quality"] + arguments + ["--data", ".", "--epochs", "20", "--threads", "1", "--json"],
        in: folder
      )
      #expect(outcome.code == 0, "\(outcome.errors)")
      return try json(outcome.output)
    }
    let map = try result(["reduce", "--preserve", "neighbors"])
    let own = try figures(map, method: 0)
    #expect(try #require(own["trustworthiness at 15"]) > 0.6, "\(own)")
    #expect(try #require(own["class by 10 neighbors"]) > 0.6, "\(own)")
    #expect(
      optionsThatDiffer(map) == [
        "files.first: 20000", "options.preserve: neighbors", "training.epochs: 20",
        "files.first: 5000",
      ]
    )
    let features = try result(["features"])
    #expect(try #require(figures(features, method: 0)["accuracy"]) > 0.8)
    #expect(
      optionsThatDiffer(features) == [
        "files.first: 20000", "training.epochs: 20", "files.first: 5000",
      ]
    )
  }

  /// Photographs of stripes: what is written is scored, by one network for all levels.
  @Test func noiseIsTakenOff() throws {
    let folder = try Folder()
    for (name, count) in [("bsd400", 6), ("bsd68", 2)] {
      try FileManager.default.createDirectory(
        atPath: folder.path(name),
        withIntermediateDirectories: false
      )
      for number in 0..<count {
        let values = (0..<64 * 64).map { place in
          Float((place % 64 / (6 + number) + place / 64 / 9) % 2) * 0.5 + 0.25
        }
        try Image(planes: [values], width: 64, height: 64)
          .write(to: folder.path("\(name)/\(number).png"))
      }
    }
    let arguments = ["--data", ".", "--epochs", "2", "--threads", "1", "--json"]
    let blind = try Program.run(
      ["quality", "denoise-bsd68", "--blind", "--levels", "50"] + arguments,
      in: folder
    )
    #expect(blind.code == 0, "\(blind.errors)")
    let result = try json(blind.output)
    #expect(try #require(figures(result, method: 0)["PSNR at 50, dB"]) > 12)
    #expect(
      optionsThatDiffer(result) == [
        "training.epochs: 2", "options.addNoise: true", "options.noise: gaussian:50/255",
      ]
    )
    let noisyOnly = try Program.run(["quality", "denoise-noisy-only"] + arguments, in: folder)
    #expect(noisyOnly.code == 0, "\(noisyOnly.errors)")
    let own = try figures(json(noisyOnly.output), method: 0)
    #expect(try #require(own["PSNR, dB"]) > 15 && own["SSIM"] != nil, "\(own)")
  }

  /// Small images of CIFAR-10's form: one color for each class.
  @Test func colorsAndFeaturesOfSmallPhotographsAreMeasured() throws {
    let folder = try Folder()
    for (name, count) in [("data_batch_1.bin", 60), ("test_batch.bin", 12)] {
      var bytes: [UInt8] = []
      for number in 0..<count {
        bytes.append(UInt8(number % 3))
        for channel in 0..<3 {
          for place in 0..<1_024 {
            let shade = (place % 32 + place / 32 + number) % 40
            bytes.append(UInt8(channel == number % 3 ? 120 + shade * 3 : 40 + shade))
          }
        }
      }
      try folder.write(bytes, to: name)
    }
    let arguments = ["--data", ".", "--epochs", "1", "--threads", "1", "--json"]
    let colors = try Program.run(["quality", "colorize-cifar10"] + arguments, in: folder)
    #expect(colors.code == 0, "\(colors.errors)")
    let result = try json(colors.output)
    let (own, gray) = (try figures(result, method: 0), try figures(result, method: 1))
    #expect(try #require(own["PSNR, dB"]) > 5 && own["error of a and b"] != nil, "\(own)")
    #expect(try #require(gray["colorfulness"]) < 0.05, "\(gray)")
    #expect(optionsThatDiffer(result) == ["training.epochs: 1"])
    let features = try Program.run(
      ["quality", "features-cifar10", "--dimensions", "8"] + arguments,
      in: folder
    )
    #expect(features.code == 0, "\(features.errors)")
    #expect(
      optionsThatDiffer(try json(features.output)) == [
        "files.first: 20000", "options.shape.dimensions: 8", "training.epochs: 1",
        "files.first: 2000",
      ]
    )
  }

  @Test func whatIsMissingIsSaid() throws {
    let folder = try Folder()
    try folder.write("a,b\n1,2\n", to: "data.csv")
    try folder.write("a\n1\n2\n", to: "one.csv")
    let cases: [([String], Int32, String)] = [
      (["adbench-clean", "--data", "."], 1, "expected .npz files with X and y"),
      (["reduce", "--data", "."], 1, "expected the file train-images-idx3-ubyte.gz"),
      (["vae-mnist", "--data", "."], 1, "expected the file train-images-idx3-ubyte.gz"),
      (["vae-mnist", "--data", ".", "--images", "0"], 64, "--images must be at least 1"),
      (["denoise-bsd68", "--data", "."], 1, "bsd400"),
      (["match-songs", "--data", "."], 1, "sound"),
      (["series-anomaly", "--data", "."], 1, "combined_windows.json"),
      (["colorize-cifar10", "--data", "."], 1, ".bin"),
      (["features-cifar10", "--data", "."], 1, ".bin"),
      (["features-cifar10", "--data", ".", "--dimensions", "0"], 64, "--dimensions must be 1 to"),
      (["impute", "--data", "data.csv"], 1, "at least two columns of numbers"),
      (
        ["impute", "--data", "data.csv", "--rate", "1.5"], 64, "--rate must be above 0 and below 1"
      ),
      (["synthesize", "--data", "one.csv"], 1, "at least two columns, found 1"),
      (["adbench-clean"], 64, "--data"),
      (["nothing"], 64, "nothing"),
    ]
    for (arguments, code, words) in cases {
      let outcome = try Program.run(["quality"] + arguments, in: folder)
      #expect(outcome.code == code, "\(arguments): \(outcome.errors)")
      #expect(outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
      #expect(outcome.output.isEmpty)
    }
  }
}
