internal import HourglassModelFiles
internal import HourglassSystem
internal import HourglassTasksCommon

/// The model and how it was trained, for people and for programs: the same for every verb.
struct LearnedModel: Encodable, Sendable {
  var data: String
  var items: Int
  var epochs: Int
  var bestEpoch: Int?
  var steps: Int
  var parameters: Int
  /// How many items of the data the model keeps; none where it keeps none.
  var keptItems: Int?
  var precision: String
  var threads: Int
  var seed: UInt64
  var programVersion: String

  /// Gathers it from a fitted application.
  init(_ fitted: some FittedTask) {
    let (provenance, training) = (fitted.header.provenance, fitted.header.training)
    data = provenance.dataName
    items = provenance.itemCount
    epochs = training.epochs
    bestEpoch = training.bestEpoch
    steps = training.steps
    parameters = fitted.parameterCount
    keptItems = provenance.keptItemCount > 0 ? provenance.keptItemCount : nil
    precision = provenance.precision
    threads = provenance.threads
    seed = provenance.seed
    programVersion = provenance.programVersion
  }

  /// It in two lines.
  ///
  /// - Parameters:
  ///   - noun: What an item is called.
  ///   - what: What was trained, if that is to be said.
  ///   - seconds: How long training took.
  func text(noun: String, what: String? = nil, seconds: Double?) -> String {
    var line =
      "trained \(what.map { "\($0) " } ?? "")on \(NumberText.counted(items, noun)) of \(data)"
    if let seconds { line += " in \(NumberText.seconds(seconds))" }
    line += "\n"
    // What is no network has no steps.
    if steps > 0 {
      line += "\(NumberText.grouped(steps)) steps, \(NumberText.counted(epochs, "epoch"))"
      if let bestEpoch, bestEpoch != epochs { line += ", number \(bestEpoch) was best" }
      line += ", "
    }
    line +=
      "\(NumberText.grouped(parameters)) parameters, seed \(seed), "
      + NumberText.counted(threads, "thread")
    return precision == "automatic" ? line : line + ", \(precision)"
  }
}
