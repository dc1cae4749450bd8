internal import HourglassEncodings
package import HourglassEvaluation
internal import HourglassSystem
internal import HourglassTasksCommon

/// The result of a job: its evaluation, what it wrote, and how long its parts took.
package struct JobResult: Sendable {
  /// A file or folder that was written.
  package struct Output: Sendable {
    /// What it is, for programs.
    package var name: String
    /// What it is, for people.
    package var label: String
    /// Where it is.
    package var path: String
    /// How much is in it, where that is to be said.
    package var note: String?
    /// Whether it is one of several of the same name.
    package var isOneOfMany: Bool
  }

  /// A table with words above it and below it, which may be empty.
  struct Details: Sendable {
    var title: String
    var table: TextTable
    var remark = ""

    /// It as lines that line up.
    var lines: [String] {
      ["", title] + table.lines.map { "  " + $0 } + (remark.isEmpty ? [] : ["  (\(remark))"])
    }
  }

  /// A value for programs.
  package typealias Fact = any Encodable & Sendable

  /// What the task gives to programs, by its names: counts, reports, findings.
  package private(set) var facts: [String: Fact] = [:]
  /// What stands in place of all facts, where the result is one value.
  package var value: Fact?
  /// What people see first: how it was trained, and the like.
  package var paragraphs: [String] = []
  /// How well the model does, which people see after the paragraphs.
  package private(set) var evaluations: [Evaluation] = []
  /// The result of the job, in sentences of a line each.
  package var sentences: [String] = []
  /// The files that were written.
  package private(set) var outputs: [Output] = []
  /// What is drawn on a page of the result.
  var figures: [FigureLog.Entry] = []
  /// Tables that people see at the end.
  var tables: [Details] = []
  /// The first rows of the table that is the result, where it was not written.
  package var preview: TablePreview?
  /// By which options what is kept, to be said where nothing was written.
  package var hint: String?
  /// The seconds of each part of the job.
  package var seconds: [String: Double] = [:]
  /// The model file where the model was not trained in this run.
  package let usedModel: String?

  /// What people see at the end, in lines.
  package var details: [String] { tables.flatMap(\.lines) }

  /// Begins a result.
  init(usedModel: String? = nil) { self.usedModel = usedModel }

  /// Whether the result itself went to standard output, in which nothing else must be found then.
  package var takesStandardOutput = false

  /// Adds a value to the output of --json; nothing where it is nil.
  mutating func add(_ name: String, _ fact: Fact?) {
    if let fact { facts[name] = fact }
  }

  /// Adds what is known of the model: how it was trained, and its evaluation, which people see where it was
  /// trained in this run.
  ///
  /// - Parameters:
  ///   - fitted: The model.
  ///   - noun: What an item is called.
  ///   - what: What was trained, if that is to be said.
  ///   - evaluation: The evaluation as the request wants it.
  mutating func model(
    _ fitted: some FittedTask,
    noun: String,
    what: String? = nil,
    evaluation: Evaluation?
  ) {
    let trained = LearnedModel(fitted)
    add("learning", trained)
    add("usedModel", usedModel)
    add("evaluation", evaluation)
    guard usedModel == nil else { return }
    paragraphs.append(trained.text(noun: noun, what: what, seconds: seconds["learning"]))
    if let evaluation { evaluations.append(evaluation) }
  }

  /// Adds the evaluation of the data that the model was applied to.
  mutating func evaluated(_ evaluation: Evaluation?) {
    guard let evaluation else { return }
    add("evaluationOfData", evaluation)
    evaluations.append(evaluation)
  }

  /// Says which levels of categories the model was not trained on.
  mutating func add(_ unknown: UnknownLevels) {
    add("unknownCategories", unknown.cells)
    add("unknownLevels", unknown.levels)
    sentences += unknown.sentences
  }

  /// Names a file that was written; nothing where none was asked for.
  mutating func wrote(
    _ name: String,
    _ label: String? = nil,
    to path: String?,
    note: String? = nil,
    isOneOfMany: Bool = false
  ) {
    guard let path else { return }
    if path == JobPaths.standardOutput { takesStandardOutput = true }
    outputs.append(
      Output(name: name, label: label ?? name, path: path, note: note, isOneOfMany: isOneOfMany)
    )
  }
}

extension JobResult: Encodable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
  }

  /// The facts, the files that were written by their names, and the times, in one object.
  package func encode(to encoder: any Encoder) throws {
    if let value {
      try value.encode(to: encoder)
      guard let inputs = facts["inputs"] else { return }
      var container = encoder.container(keyedBy: Key.self)
      return try inputs.encode(to: container.superEncoder(forKey: Key("inputs")))
    }
    var container = encoder.container(keyedBy: Key.self)
    for (name, fact) in facts {
      try fact.encode(to: container.superEncoder(forKey: Key(name)))
    }
    if !seconds.isEmpty { try container.encode(seconds, forKey: Key("seconds")) }
    guard facts["learning"] != nil else { return }
    var files = container.nestedContainer(keyedBy: Key.self, forKey: Key("files"))
    let many = Dictionary(grouping: outputs.filter(\.isOneOfMany), by: \.name)
    for (name, outputs) in many { try files.encode(outputs.map(\.path), forKey: Key(name)) }
    for output in outputs where !output.isOneOfMany {
      try files.encode(output.path, forKey: Key(output.name))
    }
  }
}
