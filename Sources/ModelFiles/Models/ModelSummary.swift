internal import HourglassTensors

/// What `hourglass inspect` shows of a model file, without reading its weights.
package struct ModelSummary: Codable, Hashable, Sendable {
  /// A tensor of the file.
  package struct TensorLine: Codable, Hashable, Sendable {
    /// The name of the tensor.
    package let name: String
    /// The type of its numbers in the file, such as `F32`.
    package let type: ElementType
    /// The extents, outermost first.
    package let shape: [Int]
    /// The number of its elements.
    package let count: Int
    /// Whether the tensor is trained; running averages and the like are not.
    package let isParameter: Bool
  }

  /// The file, as the user named it.
  package let file: String
  /// The size of the file in bytes.
  package let byteCount: Int
  /// The version of the layout of the file.
  package let format: Int
  /// The application that the model is for.
  package let application: String
  /// The configuration of the application.
  package let configuration: JSONValue
  /// The architecture, a line for each part.
  package let architecture: [String]
  /// The tensors in the order of their names.
  package let tensors: [TensorLine]
  /// The number of elements of all tensors that are parameters.
  package let parameterCount: Int
  /// Whether training can go on from the file.
  package let isCheckpoint: Bool
  /// What the model was made from.
  package let provenance: ModelProvenance
  /// How the training went.
  package let training: TrainingSummary

  /// Summarizes a file that has the header `ModelHeader`.
  package init(contentsOf path: String) throws(ModelFileError) {
    try self.init(ModelFile(contentsOf: path))
  }

  /// Summarizes an open file that has the header `ModelHeader`.
  package init(_ model: ModelFile) throws(ModelFileError) {
    let header = try model.header(as: ModelHeader.self)
    let state = Set(header.stateTensors)
    file = model.path
    byteCount = model.contents.byteCount
    format = model.format
    application = model.application
    configuration = header.configuration.withoutPayloadKeys
    architecture = outline(header.architecture.withoutPayloadKeys)
    tensors = model.contents.entries.map { entry in
      TensorLine(
        name: entry.name,
        type: entry.type,
        shape: entry.shape.dimensions,
        count: entry.shape.elementCount,
        isParameter: !state.contains(entry.name)
      )
    }
    parameterCount = tensors.reduce(0) { $0 + ($1.isParameter ? $1.count : 0) }
    isCheckpoint = header.checkpoint != nil
    provenance = header.provenance
    training = header.training
  }
}

extension ModelSummary: CustomStringConvertible {
  /// The summary as lines of text, for people.
  package var description: String {
    var lines = ["\(printable(file)): \(isCheckpoint ? "checkpoint" : "model") of "]
    lines[0] += "\(printable(application)), format \(format), \(byteCount) bytes"
    lines += section("configuration", outline(configuration))
    lines += section("architecture", architecture)
    lines += section("tensors", tensorLines)
    lines += section("parameters", ["\(parameterCount)"])
    lines += section("provenance", provenanceLines)
    lines += section("training", trainingLines)
    return lines.joined(separator: "\n")
  }

  private var tensorLines: [String] {
    let rows = tensors.map { tensor in
      [
        printable(tensor.name), tensor.type.rawValue,
        "[" + tensor.shape.map(String.init).joined(separator: ", ") + "]",
        "\(tensor.count)" + (tensor.isParameter ? "" : "  (state)"),
      ]
    }
    let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      (0..<3).map { padded(row[$0], to: widths[$0]) + "  " }.joined() + row[3]
    }
  }

  private var provenanceLines: [String] {
    [
      "data: \(printable(provenance.dataName)), \(provenance.itemCount) items, "
        + "fingerprint \(printable(provenance.dataFingerprint))",
      "training data kept in the file: "
        + (provenance.keptItemCount == 0 ? "none" : "\(provenance.keptItemCount) items"),
      "seed: \(provenance.seed)",
      "program: \(printable(provenance.programVersion)), \(printable(provenance.precision)), "
        + "\(provenance.threads) \(provenance.threads == 1 ? "thread" : "threads")",
    ]
  }

  private var trainingLines: [String] {
    var lines = ["\(training.epochs) epochs, \(training.steps) steps"]
    if let best = training.bestEpoch { lines[0] += ", best epoch \(best)" }
    for (name, losses) in [
      ("training loss", training.trainingLosses), ("validation loss", training.validationLosses),
    ] {
      guard let first = losses.first, let last = losses.last, let least = losses.min() else {
        continue
      }
      lines.append("\(name): first \(first), least \(least), last \(last)")
    }
    for (name, value) in sortedByBytes(training.metrics) {
      lines.append("\(printable(name)): \(value)")
    }
    return lines
  }
}

private func section(_ title: String, _ lines: [String]) -> [String] {
  [title] + (lines.isEmpty ? ["  none"] : lines.map { "  " + $0 })
}

private func padded(_ text: String, to width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}

/// The lines of a JSON value: a line for each member or element, those with much in them spread
/// over further lines.
private func outline(_ value: JSONValue) -> [String] {
  switch value {
  case .object(let members):
    return sortedByBytes(members).flatMap { key, value in
      entry("\(printable(key)):", value)
    }
  case .array(let elements):
    return elements.flatMap { entry("-", $0) }
  default:
    return [onOneLine(value)]
  }
}

private func entry(_ label: String, _ value: JSONValue) -> [String] {
  let line = onOneLine(value)
  if line.count <= 72 { return ["\(label) \(line)"] }
  switch value {
  case .object, .array: return [label] + outline(value).map { "  " + $0 }
  default: return ["\(label) \(line)"]
  }
}

extension JSONValue {
  /// The value with the cases of enumerations as people would write them: `{"dense":{}}` becomes
  /// `dense`, and `{"gaussian":{"_0":1}}` becomes `{"gaussian":1}`.
  var withoutPayloadKeys: JSONValue {
    switch self {
    case .null, .boolean, .number, .string: return self
    case .array(let elements): return .array(elements.map(\.withoutPayloadKeys))
    case .object(let members):
      if members.count == 1, let member = members.first,
        case .object(let payload) = member.value
      {
        if payload.isEmpty { return .string(member.key) }
        if payload.count == 1, let content = payload["_0"] {
          return .object([member.key: content.withoutPayloadKeys])
        }
      }
      var result: [String: JSONValue] = [:]
      for (key, value) in members {
        let number = key.hasPrefix("_") ? Int(key.dropFirst()) : nil
        let place = number.flatMap { (0..<1_000).contains($0) ? $0 : nil }
        result[place.map { "part \($0 + 1)" } ?? key] = value.withoutPayloadKeys
      }
      return .object(result)
    }
  }
}

private func onOneLine(_ value: JSONValue) -> String {
  switch value {
  case .null: "none"
  case .boolean(let value): value ? "yes" : "no"
  case .number(let number): number.text
  case .string(let text): printable(text)
  case .array(let elements): "[" + elements.map(onOneLine).joined(separator: ", ") + "]"
  case .object(let members):
    sortedByBytes(members).map { "\(printable($0.key)) \(onOneLine($0.value))" }
      .joined(separator: ", ")
  }
}
