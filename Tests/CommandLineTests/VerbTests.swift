import ArgumentParser
import Foundation
import HourglassJobs
import Testing

@testable import HourglassCommandLine

/// What the options of each verb make of a request.
@Suite struct VerbTests {
  /// The verb with what it needs, and each of its own options with a value.
  private static let verbs: [(words: [String], options: [String])] = [
    (
      ["reduce", "x"],
      shape + [
        "--preserve neighbors", "--neighbors 5", "--neighbor-weight 0.5", "--plot m.svg",
        "--labels l", "--color c", "--label-names a,b", "--keep 0.9", "--curve c.svg",
      ] + files + training + reading
    ),
    (
      ["features", "x"],
      shape + ["--mirror-images alike", "--probe c", "--labels l", "--plot b.svg"] + files
        + training
        + reading
    ),
    (
      ["denoise", "x"],
      ["--reference r", "--figure f.png", "--noise gaussian:0.1", "--noisy-only", "--add-noise"]
        + files + training + reading
    ),
    (
      ["detect", "x"],
      [
        "--false-alarms 0.1", "--false-discoveries 0.1", "--labels c", "--heat-maps maps",
        "--learned mixed", "--latent 3", "--references 100",
      ] + files + training + reading
    ),
    (
      ["generate"],
      [
        "--count 5", "--where a=b", "--constraint a<=b", "--balance c", "--lattice",
        "--interpolate 1,2", "--neighbors n.svg", "--evaluate-on t", "--bound-samples 3",
        "--reconstructions r.svg", "--labels l", "--latent 2", "--beta 0.5", "--codes mixture",
        "--hidden 5", "--architecture dense", "--model-type vae",
      ] + files + training + reading
    ),
    (
      ["impute", "x"],
      [
        "--draws 3", "--intervals 0.8", "--members 2", "--no-neighbors", "--no-regression",
        "--no-trees", "--fill-remarks", "--mask m", "--mask-rate 0.1", "--figure f.png",
      ] + files + training + reading
    ),
    (
      ["colorize", "x"],
      [
        "--figure f.png", "--colors vivid", "--saturation 2", "--samples 3", "--hint 1,2=#ff0000",
        "--skip-unreadable", "--no-cache",
      ] + files + training
    ),
    (["inspect", "x"], ["--first 3"] + reading),
    (
      ["match", "add", "x", "--database", "d"],
      ["--dimensions 8", "--storage float16", "--replace", "--keep"] + files + training + reading
    ),
    (
      ["match", "find", "x", "--database", "d"],
      [
        "--at 1,2", "--count 3", "--false-accepts 0.1", "--where a=b", "--exact", "--approximate",
        "--first 3", "--precision float32", "--threads 2",
      ] + reading
    ),
    (["match", "list", "--database", "d"], ["--coordinates 2"]),
    (["match", "remove", "x", "--database", "d"], []),
    (
      ["match", "tune", "x"],
      ["--recall 0.9", "--largest 8", "--first 3"] + reading
        + training.filter { $0 != "--no-baselines" }
    ),
    (
      ["match", "import", "x", "--database", "d"], ["--storage float16", "--replace", "--keep"]
    ),
    (["match", "export", "--database", "d", "--output", "o"], []),
  ]

  private static let shape = ["--dimensions auto", "--hidden 5,4", "--architecture dense"]
  private static let files = [
    "--output o", "--save s", "--model m", "--from f", "--learn-from l", "--first 3",
    "--report r.html",
  ]
  private static let training = [
    "--epochs 2", "--minutes 0.5", "--batch 8", "--learning-rate 0.01", "--seed 4", "--resume",
    "--checkpoint c", "--checkpoint-every 5", "--precision float32", "--threads 2",
    "--no-baselines",
  ]
  private static let reading = [
    "--column a=category", "--missing x", "--missing -999", "--missing-only -1,-2",
    "--decimal-comma", "--encoding latin1", "--header", "--array a",
    "--labels-array b", "--series t", "--by g", "--window 8", "--stride 4", "--size 8",
    "--in-memory 1m", "--skip-unreadable", "--no-cache",
  ]

  @Test func everyOptionChangesTheRequest() throws {
    for (words, options) in Self.verbs {
      let bare = try Verbs.request(words).json()
      var seen = [bare]
      for option in options {
        let request = try Verbs.request(words + option.split(separator: " ").map(String.init))
          .json()
        #expect(!seen.contains(request), "\(option) of \(words) does nothing of its own")
        seen.append(request)
      }
    }
  }

  /// A request printed as a command is read as the same request.
  @Test func requestsAreCommandsAgain() throws {
    for (words, options) in Self.verbs {
      for option in [""] + options {
        let request = try Verbs.request(words + option.split(separator: " ").map(String.init))
        let command = try request.commandWords()
        #expect(command.first == "hourglass")
        let again = try Verbs.request(Array(command.dropFirst()))
        #expect(try again.json() == request.json(), "\(command)")
      }
    }
    var request = try Verbs.request(["reduce", "it's new.csv", "--no-header", "--missing", "-999"])
    request.files.output = "$x.csv"
    #expect(
      try request.commandLine()
        == "hourglass reduce 'it'\\''s new.csv' -o '$x.csv' --no-header --missing=-999"
    )
  }

  @Test func noOptionIsForgotten() throws {
    let shown = ["--json", "--quiet", "--print-request", "--help", "--version", "--no-header"]
    for (words, options) in Self.verbs {
      let help = try HourglassProgram.helpText(of: words)
      var names: Set<String> = []
      for line in help.split(separator: "\n") where line.hasPrefix("  -") {
        for word in line.split(whereSeparator: { " ,/".contains($0) }) where word.hasPrefix("--") {
          names.insert(String(word))
        }
      }
      let tested = options.compactMap { $0.split(separator: " ").first.map(String.init) }
      let missing = names.subtracting(tested + shown + words)
      #expect(missing.filter { help.contains("\n  \($0) ") } == [], "of \(words)")
    }
  }

  @Test func requestsNameTheTaskAndItsInputs() throws {
    for (words, _) in Self.verbs {
      let json = try Verbs.request(words).json()
      let name = words[0] == "match" ? "match \(words[1])" : words[0]
      #expect(json.contains("\"task\" : \"\(name)\""))
    }
    let request = try Verbs.request(["match", "add", "a", "b", "-d", "x.db"])
    #expect(request.data == ["a", "b"])
  }

  @Test func intervalsNeedNoNumber() throws {
    #expect(
      try Verbs.request(["impute", "x", "--intervals"]).json().contains("\"intervals\" : 0.9")
    )
  }

  @Test(arguments: [
    ["reduce", "x", "--learn-from", "a", "--learn-from", "b"], ["reduce"],
    ["reduce", "x", "--dimensions", "two"], ["detect", "x", "--column", "a=color"],
    ["denoise", "x", "--noise", "loud:1"], ["generate", "--interpolate", "3"],
  ])
  func mistakesAreRefused(_ words: [String]) {
    #expect(throws: (any Error).self) { try Verbs.request(words) }
  }

  @Test func wordsNearAKnownOneAreSuggested() {
    #expect(Suggestion.nearest(to: "redcue", among: ["reduce", "detect"]) == "reduce")
    #expect(Suggestion.nearest(to: "xyzzy", among: ["reduce", "detect"]) == nil)
    #expect(Suggestion.distance("ab", "ba") == 1)
    #expect(Suggestion.distance("", "abc") == 3)
  }
}

extension HourglassProgram {
  /// The help of a verb.
  fileprivate static func helpText(of words: [String]) throws -> String {
    var type: any ParsableCommand.Type = Self.self
    for word in words {
      guard
        let next = type.configuration.subcommands.first(where: {
          ($0.configuration.commandName ?? "") == word
        })
      else { break }
      type = next
    }
    return Self.helpMessage(for: type, columns: 80)
  }
}
