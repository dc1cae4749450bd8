import Foundation
import Testing

/// The verbs on tables and series that are larger than `--in-memory`, beside the same ones held in
/// memory.
@Suite struct LargeSeriesVerbTests {
  private let quick = ["--epochs", "1", "--threads", "1"]
  private let series = ["--series", "hour", "--by", "pump", "--window", "24"]

  /// Two pumps, hour after hour, with missing cells, an hour that is left out, and odd times.
  private var pumps: String {
    var lines = ["hour,pump,note,load,heat"]
    for pump in ["north", "south"] {
      for hour in 0..<900 where hour != 500 {
        let wave = 10 + (hour % 24) * (24 - hour % 24)
        let load = hour % 41 == 0 ? "" : "\(wave + (hour / 40 == 11 ? 400 : 0)).\(hour % 10)"
        let day = 1 + hour / 24 % 28
        let month = 1 + hour / 672
        let time = String(format: "2024-%02d-%02d %02d:00", month, day, hour % 24)
        lines.append("\(time),\(pump),n\(hour),\(load),\(hour % 24 * 3)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func succeed(_ arguments: [String], in folder: Folder) throws -> Outcome {
    let outcome = try Program.run(arguments, in: folder)
    #expect(outcome.code == 0, "\(arguments): \(outcome.errors)")
    return outcome
  }

  @Test func seriesAreReadInStretches() throws {
    let folder = try Folder()
    try folder.write(pumps, to: "pumps.csv")
    let inspected = try [[], ["--in-memory", "1k"]].map { options in
      try succeed(["inspect", "pumps.csv"] + series + options, in: folder).output
        .split(separator: "\n").filter { !$0.hasPrefix("finger") }
    }
    #expect(inspected[0] == inspected[1])
    #expect(inspected[0].contains { $0.contains("times left out") })

    for verb in ["reduce", "features", "detect", "denoise", "impute"] {
      let model = ["--model", "\(verb).hourglass"]
      let learned = try succeed(
        [
          verb, "pumps.csv", "--save", "\(verb).hourglass", "-o", "\(verb).1.csv", "--in-memory",
          "1k",
        ]
          + series + quick,
        in: folder
      )
      #expect(
        learned.errors.contains(
          "pumps.csv is large: training on 1,798 of its 1,798 rows, in stretches drawn at random"
        ),
        "\(verb): \(learned.errors)"
      )
      _ = try succeed([verb, "pumps.csv", "-o", "\(verb).2.csv"] + model + series, in: folder)
      let (large, whole) = (folder.text("\(verb).1.csv"), folder.text("\(verb).2.csv"))
      #expect(large == whole && !large.isEmpty, "\(verb)")
    }
    let large = try succeed(
      ["detect", "pumps.csv", "--model", "detect.hourglass", "--json", "--in-memory", "1k"]
        + series,
      in: folder
    )
    let whole = try succeed(
      ["detect", "pumps.csv", "--model", "detect.hourglass", "--json"] + series,
      in: folder
    )
    for key in ["count", "anomalies", "threshold"] {
      let values = try [large, whole].map { try json($0.output)[key] as? Double }
      #expect(values[0] == values[1] && values[0] != nil, "\(key)")
    }
    let ranges = try [large, whole].map { outcome in
      try (json(outcome.output)["ranges"] as? [[String: Any]])?.map {
        "\($0["start"] ?? "") \($0["end"] ?? "") \($0["score"] ?? "")"
      }
    }
    #expect(ranges[0] == ranges[1] && ranges[0]?.isEmpty == false)

    // What is asked of all rows together goes through them chunk by chunk too.
    for asked in [["--labels", "heat"], ["--false-discoveries", "0.2"]] {
      let texts = try [[], ["--in-memory", "1k"]].map { options in
        let detect = ["detect", "pumps.csv", "--model", "detect.hourglass", "-o", "all.csv"]
        _ = try succeed(detect + series + asked + options, in: folder)
        return folder.text("all.csv")
      }
      #expect(texts[0] == texts[1] && !texts[0].isEmpty, "\(asked)")
    }
    for verb in ["reduce", "features"] {
      for name in ["a.npy", "b.npy"] {
        let options = name == "a.npy" ? ["--in-memory", "1k"] : []
        _ = try succeed(
          [verb, "pumps.csv", "--model", "\(verb).hourglass", "-o", name] + series + options,
          in: folder
        )
      }
      #expect(try folder.bytes("a.npy") == folder.bytes("b.npy"), "\(verb)")
    }
    _ = try succeed(
      ["reduce", "pumps.csv", "--model", "reduce.hourglass", "--plot", "map.html"] + series
        + ["--in-memory", "1k"],
      in: folder
    )
    #expect(folder.text("map.html").contains("<svg") || folder.text("map.html").contains("canvas"))
  }

  @Test func tablesAreFilledAndDenoisedInBlocks() throws {
    let folder = try Folder()
    let lines = pumps.split(separator: "\n")
    // More rows than a block has.
    let rows = (0..<3).flatMap { _ in lines.dropFirst() }
    try folder.write(([lines[0]] + rows).joined(separator: "\n"), to: "pumps.csv")
    for (verb, more) in [("denoise", []), ("impute", ["--draws", "2", "--intervals", "0.8"])] {
      let files = ["--save", "\(verb).hourglass", "-o", "\(verb).csv", "--in-memory", "1k"]
      let learned = try succeed([verb, "pumps.csv"] + files + more + quick, in: folder)
      #expect(learned.errors.contains("drawn at random"), "\(verb): \(learned.errors)")
      _ = try succeed(
        [verb, "pumps.csv", "--model", "\(verb).hourglass", "-o", "again.csv"] + more,
        in: folder
      )
      #expect(try folder.bytes("\(verb).csv") == folder.bytes("again.csv"), "\(verb)")
    }
    for part in ["1", "2", "intervals"] {
      let (large, whole) = (folder.text("impute-\(part).csv"), folder.text("again-\(part).csv"))
      #expect(large.split(separator: "\n").sorted() == whole.split(separator: "\n").sorted())
      #expect(large.count > 400)
    }
  }

  @Test func rowsOutOfOrderAreRefusedOnlyWhereTheyAreMany() throws {
    let folder = try Folder()
    let lines = (0..<2_000).map { "\($0 / 2),\($0 % 2),\($0 % 19)" }
    try folder.write("t,m,v\n" + lines.joined(separator: "\n"), to: "mixed.csv")
    let options = ["inspect", "mixed.csv", "--series", "t", "--by", "m"]
    _ = try succeed(options, in: folder)
    let outcome = try Program.run(options + ["--in-memory", "1k"], in: folder)
    #expect(outcome.code == 1)
    #expect(outcome.errors.contains("row 3") && outcome.errors.contains("--in-memory"))
  }
}
