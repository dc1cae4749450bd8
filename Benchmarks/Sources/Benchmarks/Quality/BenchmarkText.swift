/// The result of a benchmark as it is printed.
struct BenchmarkText {
  private let result: BenchmarkResult

  /// Takes a result.
  init(_ result: BenchmarkResult) { self.result = result }

  /// The result as a table for people, or as one line of JSON.
  func text(json: Bool) throws -> String {
    json ? try BenchmarkJSON(result).jsonLine() + "\n" : lines.joined(separator: "\n") + "\n"
  }

  private var lines: [String] {
    var lines = result.summary.wrapped(to: 80)
    if !result.parts.isEmpty {
      var table = TextTable(["data set"] + result.partFigures.map(\.name))
      for part in result.parts {
        table.append([part.name] + Self.cells(part.values, result.partFigures))
      }
      lines += [""] + table.lines
    }
    var table = TextTable([result.benchmark] + result.figures.map(\.name))
    for method in result.methods {
      let mark = Self.sources(result).firstIndex { $0 == method.source }.map { " [\($0 + 1)]" }
      table.append([method.name + (mark ?? "")] + Self.cells(method.values, result.figures))
    }
    lines += [""] + table.lines + [""]
    for (place, source) in Self.sources(result).enumerated() {
      lines.append("[\(place + 1)] \(source)")
    }
    let settings = result.settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let facts =
      ["seed \(result.seed)"] + settings + [
        "\(result.threads) thread\(result.threads == 1 ? "" : "s")",
        "\(result.seconds.fixed(1)) s", "hourglass \(result.version)",
      ]
    lines.append(facts.joined(separator: ", "))
    let options = result.options.isEmpty ? "none" : result.options.joined(separator: ", ")
    lines.append("options that differ from the defaults: \(options)")
    let count = result.files.count
    lines.append(
      "data: \(count) file\(count == 1 ? "" : "s"), SHA-256 of their list \(result.dataDigest)"
    )
    return lines
  }

  private static func sources(_ result: BenchmarkResult) -> [String] {
    var sources: [String] = []
    for source in result.methods.compactMap(\.source) where !sources.contains(source) {
      sources.append(source)
    }
    return sources
  }

  private static func cells(_ values: [Double?], _ figures: [BenchmarkResult.Figure]) -> [String] {
    zip(values, figures).map { value, figure in
      value?.fixed(figure.places) ?? "-"
    }
  }
}

/// A result with its figures by their names.
private struct BenchmarkJSON: Encodable {
  struct Method: Encodable {
    var name: String
    var source: String?
    var figures: [String: Double]
  }

  struct Part: Encodable {
    var name: String
    var figures: [String: Double]
  }

  var benchmark: String
  var summary: String
  var methods: [Method]
  var dataSets: [Part]
  var dataDigest: String
  var files: [String: String]
  var seed: UInt64
  var settings: [String: String]
  var optionsThatDiffer: [String]
  var threads: Int
  var seconds: Double
  var version: String

  init(_ result: BenchmarkResult) {
    func named(_ values: [Double?], _ figures: [BenchmarkResult.Figure]) -> [String: Double] {
      var named: [String: Double] = [:]
      for (value, figure) in zip(values, figures) { named[figure.name] = value }
      return named
    }
    benchmark = result.benchmark
    summary = result.summary
    methods = result.methods.map {
      Method(name: $0.name, source: $0.source, figures: named($0.values, result.figures))
    }
    dataSets = result.parts.map {
      Part(name: $0.name, figures: named($0.values, result.partFigures))
    }
    dataDigest = result.dataDigest
    files = [:]
    for file in result.files { files[file.name] = file.digest }
    seed = result.seed
    settings = result.settings
    optionsThatDiffer = result.options
    threads = result.threads
    seconds = result.seconds
    version = result.version
  }
}
