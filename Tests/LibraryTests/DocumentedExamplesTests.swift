import Foundation
import Hourglass
import Testing

/// The Swift in the documents is what is compiled here, and it runs.
@Suite(.serialized) struct DocumentedExamplesTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private func text(_ path: String) throws -> String {
    try String(contentsOf: Self.root.appendingPathComponent(path), encoding: .utf8)
  }

  /// The blocks of Swift of a document.
  private func blocks(_ path: String) throws -> [String] {
    try text(path).components(separatedBy: "```swift\n").dropFirst().map {
      $0.components(separatedBy: "```")[0]
    }
  }

  private func lines(_ text: String) -> [String] {
    text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty && !$0.hasPrefix("import ") }
  }

  @Test func everyBlockIsCompiled() throws {
    let compiled = lines(try text("Tests/LibraryTests/DocumentedExamples.swift"))
    let folder = Self.root.appendingPathComponent("Documentation").path
    let documents = try FileManager.default.subpathsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".md") && !$0.hasPrefix("Decisions/") && !$0.hasPrefix("Adding") }
      .map { "Documentation/\($0)" }
    var count = 0
    for document in documents + ["README.md"] {
      for block in try blocks(document) {
        count += 1
        let wanted = lines(block)
        let place = compiled.indices.first { compiled[$0...].starts(with: wanted) }
        #expect(place != nil, "\(document) has Swift that no test compiles:\n\(block)")
      }
    }
    #expect(count >= 9)
  }

  /// A folder with the files that the examples read, in which they run.
  private func run(_ example: () async throws -> Void) async throws -> [String] {
    let manager = FileManager.default
    let folder = manager.temporaryDirectory.appendingPathComponent("hourglass-\(UUID().uuidString)")
    try manager.createDirectory(
      at: folder.appendingPathComponent("photos"),
      withIntermediateDirectories: true
    )
    defer { try? manager.removeItem(at: folder) }
    var people = "length,weight,kind\n"
    var gaps = people
    for row in 0..<120 {
      let size = Double(row * 37 % 120)
      let kind = size < 60 ? "small" : "large"
      people += "\(size + 0.5),\(2 * size + Double(row % 3)),\(kind)\n"
      gaps += "\(size + 0.5),\(row % 6 == 2 ? "" : "\(2 * size)"),\(row % 7 == 3 ? "" : kind)\n"
    }
    for name in ["people.csv", "sensors.csv"] {
      try people.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
    }
    try gaps.write(to: folder.appendingPathComponent("gaps.csv"), atomically: true, encoding: .utf8)
    for index in 0..<12 {
      try image(index).write(to: folder.appendingPathComponent("photos/\(index).png").path)
    }
    try manager.createDirectory(
      at: folder.appendingPathComponent("music"),
      withIntermediateDirectories: true
    )
    for index in 0..<3 {
      try sound(index).write(to: folder.appendingPathComponent("music/\(index).wav").path)
    }
    try sound(5).write(to: folder.appendingPathComponent("hiss.wav").path)
    try image(3).write(to: folder.appendingPathComponent("noisy.png").path)
    try image(5).write(to: folder.appendingPathComponent("scratches.png").path)
    let former = manager.currentDirectoryPath
    #expect(manager.changeCurrentDirectoryPath(folder.path))
    defer { _ = manager.changeCurrentDirectoryPath(former) }
    try await example()
    return try manager.contentsOfDirectory(atPath: folder.path).sorted()
  }

  private func sound(_ index: Int) -> Sound {
    let samples = (0..<16_000 * 3).map { place -> Float in
      let time = Double(place) / 16_000
      let pitch = 220 * Double(2 + (Int(4 * time) + index) % 5)
      return Float(0.3 * sin(2 * Double.pi * pitch * time)) + 0.01 * Float((place * 7919) % 13 - 6)
    }
    return Sound(name: "tune \(index)", sampleRate: 16_000, channels: [samples])
  }

  private func image(_ index: Int) -> Image {
    let samples = (0..<16 * 16 * 3).map { place -> UInt8 in
      let (pixel, channel) = place.quotientAndRemainder(dividingBy: 3)
      let (y, x) = pixel.quotientAndRemainder(dividingBy: 16)
      return UInt8((x * (7 + index) + y * 5 + channel * 60) % 256)
    }
    return Image(width: 16, height: 16, channels: 3, samples: .bytes(samples))
  }

  @Test func theExampleOfTheReadmeRuns() async throws {
    let names = try await run(DocumentedExamples.readme)
    #expect(names.contains("pump.hourglass"))
  }

  @Test func theExamplesOfTheGuideRun() async throws {
    let names = try await run(DocumentedExamples.library)
    for name in [
      "colored.png", "denoised.png", "latent.csv", "made.csv", "own.hourglass", "people.db",
      "people.hourglass",
      "quiet.flac",
      "whole.png",
    ] {
      #expect(names.contains(name), "\(name) is missing of \(names)")
    }
  }
}
