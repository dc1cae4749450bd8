internal import HourglassAutoencoders
public import HourglassData
internal import HourglassEncodings
public import HourglassEngines
public import HourglassTasksCommon
internal import HourglassTensors

extension FittedSynthesizer {
  /// The names of the classes that new images can be made of; empty where it was trained without classes.
  public var classes: [String] {
    if case .network(let network) = model { network.classes?.names ?? [] } else { [] }
  }

  /// New images of classes, as many of each as of the others, those of one class together.
  ///
  /// - Parameters:
  ///   - count: The number of images of all classes, at least 1.
  ///   - names: The classes, in the order in which their images come.
  ///   - seed: Where all random numbers come from.
  ///   - engine: Where it is computed.
  /// - Throws: `application(.unknownValue)` for a class that was not in the training data, `.unsuitedKind`
  ///   where there are no classes.
  public func generated(
    _ count: Int,
    of names: [String],
    seed: UInt64 = 0,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Dataset {
    try await HourglassError.wrapping {
      try requireHeld(count)
      try requireSetting(!names.isEmpty, "the number of classes", "at least 1", names.count)
      var scalars: [Float] = []
      let model = try model.requireNetwork(to: "make items of a class from")
      for (name, wanted) in zip(names, evenShares(of: count, among: names.count)) {
        scalars += try await model.values(wanted, of: name, seed: seed, on: engine)
      }
      return try dataset(images: scalars, count: count)
    }
  }
}

extension SynthesisNetwork {
  /// The values of new items of a class, in the network's scale.
  func values(
    _ count: Int,
    of name: String,
    seed: UInt64,
    on engine: ComputeEngine
  ) async throws -> [Float] {
    guard let classes else {
      throw TaskError.unsuitedKind(
        name: "the model",
        job: "make items of a class from",
        expected: "one that trained on images with labels",
        found: fields.kind == .images
          ? "one of images without labels" : "one of \(fields.kind.phrase)"
      )
    }
    guard let place = classes.names.firstIndex(of: name) else {
      throw TaskError.unknownValue(
        column: "label",
        value: name,
        expected: classes.names.asChoices()
      )
    }
    var generator = SeededGenerator.named("codes of \(name)", seed: seed)
    var scalars: [Float] = []
    for (block, start) in stride(from: 0, to: count, by: blockSize).enumerated() {
      let codes = classes.draw(min(blockSize, count - start), of: place, &generator)
      // Blocks of classes have random numbers of their own.
      let own = block + (place + 1) << 20
      scalars += try await values(at: codes, block: own, seed: seed, on: engine).scalars
      try Task.checkCancellation()
    }
    return scalars
  }
}
