internal import HourglassMedia

/// Where things come from and go, beside the data themselves.
package struct FileOptions: Codable, Hashable, Sendable {
  /// Where the result is written; `-` is standard output.
  package var output: String?
  /// The page on which the result is told; it needs no file beside itself.
  package var report: String?
  /// Where the model is kept.
  package var save: String?
  /// The model to use in place of training one.
  package var model: String?
  /// The model whose variables training starts from, and whose encoding it takes.
  package var from: String?
  /// What to train on instead of the data.
  package var learnFrom: String?
  /// How many items of each data file are taken at most.
  package var first: Int?

  package init() {}

  func validate() throws(Failure) {
    if let report {
      let isPage = ["html", "htm"].contains(pathExtension(report))
      try requireOption(isPage, "--report", "a file that ends in .html, found \(report)")
    }
    if let first { try requireOption(first >= 1, "--first", "at least 1, found \(first)") }
  }

  /// Checks that nothing is asked for that needs training where a model is given.
  ///
  /// - Parameter given: The options of training that were given, by their names.
  func checkModel(given: [String]) throws(Failure) {
    guard let model else { return }
    if learnFrom != nil {
      throw .usage("--model and --learn-from exclude each other: the model is trained already")
    }
    if from != nil {
      throw .usage("--from has no use with --model: nothing is trained on \(model)")
    }
    if save != nil { throw .usage("--save has no use with --model: nothing is trained") }
    if let option = given.first {
      throw .usage("\(option) has no use with --model: nothing is trained on \(model)")
    }
  }

  /// Refuses a start from a model for a task that cannot use one.
  func refuseStart(_ task: String, _ reason: String) throws(Failure) {
    if from != nil { throw .usage("--from has no use in \(task): \(reason)") }
  }

  /// Checks that a run that is to go on has a file to go on from.
  func checkResume(_ training: TrainingOptions) throws(Failure) {
    let hasPlace = [save, output].contains { $0.flatMap(JobPaths.checkpoint(beside:)) != nil }
    if training.resume, training.checkpoint == nil, !hasPlace {
      throw .usage("--resume needs --checkpoint, or the --save or --output of that run")
    }
  }
}
