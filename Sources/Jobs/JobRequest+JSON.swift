internal import HourglassModelFiles

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

extension JobRequest: Encodable {
  private enum Key: String, CodingKey {
    case task, data, options, files, reading, training, computing, baselines
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(type(of: options).task, forKey: .task)
    try container.encode(data, forKey: .data)
    try options.encode(to: container.superEncoder(forKey: .options))
    try container.encode(files, forKey: .files)
    try container.encode(reading, forKey: .reading)
    try container.encode(training, forKey: .training)
    try container.encode(computing, forKey: .computing)
    try container.encode(baselines, forKey: .baselines)
  }

  /// The request as JSON with a member on each line, in alphabetical order: the task, its data, and what
  /// differs from the defaults.
  package func json() throws -> String {
    let name = "the request"
    let defaults = try JSONValue(encoding: JobRequest(type(of: options).init()), file: name)
    var members = try JSONValue(encoding: self, file: name).without(defaults).members
    members[Key.task.stringValue] = .string(type(of: options).task)
    members[Key.data.stringValue] = .array(data.map { .string($0) })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(JSONValue.object(members)), as: UTF8.self)
  }

  /// Reads a request; members that are left out are as without the options of the command.
  ///
  /// - Parameters:
  ///   - json: An object as `json()` gives it.
  ///   - name: The name of the file, for errors.
  /// - Throws: A failure for what is no JSON, and for a member that is unknown or has a wrong value.
  package init(json: String, name: String) throws {
    do {
      let given = try JSONValue(text: json, file: name)
      guard let task = given["task"]?.stringValue, let type = Job.tasks[task] else {
        let known = Job.tasks.keys.sorted().joined(separator: ", ")
        throw Failure.usage("the request \(name) should name a task: one of \(known)")
      }
      let whole = try JSONValue(encoding: JobRequest(type.init()), file: name).overlaid(with: given)
      let parts = try whole.decoded(as: Parts.self, file: name)
      self.init(try type.decoded(from: whole, name), data: parts.data)
      (files, reading, training) = (parts.files, parts.reading, parts.training)
      (computing, baselines) = (parts.computing, parts.baselines)
      let known = try JSONValue(encoding: self, file: name)
      if let member = given.members(missingFrom: known).min() {
        throw Failure.usage("the request \(name) has an unknown member \(member)")
      }
    } catch ModelFileError.malformedJSON(_, _, let position, let problem) {
      throw Failure.usage(
        "the request \(name) is not valid JSON at byte \(position): \(problem). "
          + "Start from what --print-request prints"
      )
    } catch ModelFileError.unreadableMember(_, "", _) {
      throw Failure.usage(
        "the request \(name) cannot be read: \(Self.unreadableMember(of: json, name)) has a value of a "
          + "wrong type or out of range"
      )
    } catch ModelFileError.unreadableMember(_, let member, let problem) {
      throw Failure.usage("the request \(name) cannot be read: \(member) \(problem)")
    }
  }

  /// The first member, in alphabetical order, that cannot be read beside the defaults of all others.
  private static func unreadableMember(of json: String, _ name: String) -> String {
    guard let given = try? JSONValue(text: json, file: name), let task = given["task"]?.stringValue,
      let type = Job.tasks[task],
      let defaults = try? JSONValue(encoding: JobRequest(type.init()), file: name)
    else { return "a member" }
    for path in given.paths.prefix(500) {
      do {
        let whole = defaults.overlaid(with: given.part(at: path[...]))
        _ = try whole.decoded(as: Parts.self, file: name)
        _ = try type.decoded(from: whole, name)
      } catch {
        return path.joined(separator: ".")
      }
    }
    return "a member"
  }

  /// What is the same for all tasks.
  private struct Parts: Decodable {
    var data: [String]
    var files: FileOptions
    var reading: ReadingOptions
    var training: TrainingOptions
    var computing: ComputingOptions
    var baselines: Bool
  }
}

/// The part of a request that is of its task.
private struct OwnPart<Options: Decodable>: Decodable {
  var options: Options
}

extension JobOptions {
  /// The options of a request.
  fileprivate static func decoded(from request: JSONValue, _ name: String) throws -> Self {
    try request.decoded(as: OwnPart<Self>.self, file: name).options
  }
}

extension JSONValue {
  /// The value with the members of another one in place of its own; `null` leaves a member as it is.
  fileprivate func overlaid(with other: JSONValue) -> JSONValue {
    guard case .object(var members) = self, case .object(let others) = other else { return other }
    for (key, value) in others where value != .null {
      members[key] = members[key].map { $0.overlaid(with: value) } ?? value
    }
    return .object(members)
  }

  /// The members of an object; none of another value.
  fileprivate var members: [String: JSONValue] {
    if case .object(let members) = self { members } else { [:] }
  }

  /// The paths of all members that are no objects, in alphabetical order.
  fileprivate var paths: [[String]] {
    members.sorted { $0.key < $1.key }.flatMap { key, value -> [[String]] in
      if case .object = value { value.paths.map { [key] + $0 } } else { [[key]] }
    }
  }

  /// The objects along a path, with the member at its end alone.
  fileprivate func part(at path: ArraySlice<String>) -> JSONValue {
    guard let key = path.first, let value = self[key] else { return self }
    return .object([key: value.part(at: path.dropFirst())])
  }

  /// The object without the members that another one has too; objects within it are compared member by
  /// member.
  fileprivate func without(_ other: JSONValue) -> JSONValue {
    var left: [String: JSONValue] = [:]
    for (key, value) in members where value != other[key] {
      guard case .object = value, let other = other[key] else {
        left[key] = value
        continue
      }
      left[key] = value.without(other)
    }
    return .object(left)
  }

  /// The paths of members that another value does not have, as in `training.epoch`.
  fileprivate func members(missingFrom other: JSONValue) -> [String] {
    guard case .object(let members) = self else { return [] }
    return members.flatMap { key, value -> [String] in
      if value == .null { return [] }
      guard let known = other[key] else { return [key] }
      return value.members(missingFrom: known).map { "\(key).\($0)" }
    }
  }
}
