internal import HourglassData
internal import HourglassSystem
internal import HourglassTensors

/// How well simple supervised models predict something from features, from the raw columns and from
/// principal components.
public struct ProbeReport: Hashable, Sendable, Codable {
  /// What the models were given.
  public enum Input: String, Hashable, Sendable, Codable, CaseIterable {
    /// The features that were learned.
    case features
    /// All values as they are encoded, missing ones at their mean.
    case raw
    /// As many principal components as there are features.
    case principalComponents
  }

  /// A model.
  public enum Model: String, Hashable, Sendable, Codable, CaseIterable {
    /// Softmax regression for classes, ridge regression for numbers.
    case linear
    /// The ten nearest neighbors.
    case nearestNeighbors
  }

  /// How one model does on one input.
  public struct Score: Hashable, Sendable, Codable {
    /// What the model was given.
    public var input: Input
    /// The model.
    public var model: Model
    /// The accuracy of classes, or R² of numbers: the mean over the folds.
    public var mean: Double
    /// Half the width of the interval of 95% confidence around the mean.
    public var halfWidth: Double
  }

  /// What is predicted.
  public var target: String
  /// The classes in their order; empty for numbers.
  public var classes: [String]
  /// The number of items that were used: those whose target is known, at most 3,000.
  public var itemCount: Int
  /// The number of features.
  public var dimensions: Int
  /// The number of values of the raw input.
  public var valueCount: Int
  /// The score of what needs no input: the share of the most frequent class, or 0 for the mean.
  public var trivial: Double
  /// The number of folds of cross-validation.
  public var folds: Int
  /// All scores.
  public var scores: [Score]

  /// What the models were given.
  public var inputs: [Input] { Input.allCases.filter { score($0, .linear) != nil } }

  /// The score of a model on an input.
  public func score(_ input: Input, _ model: Model) -> Score? {
    scores.first { $0.input == input && $0.model == model }
  }

  /// The name of an input in words.
  public func name(of input: Input) -> String {
    switch input {
    case .features: "\(dimensions) features"
    case .raw: "\(valueCount) raw values"
    case .principalComponents: "PCA of the same size"
    }
  }

  /// The name of a model in words.
  public func name(of model: Model) -> String {
    switch model {
    case .linear: classes.isEmpty ? "ridge regression" : "softmax regression"
    case .nearestNeighbors: "10 nearest neighbors"
    }
  }

  /// The measure in words.
  public var measure: String { classes.isEmpty ? "R²" : "accuracy" }
}

extension ProbeReport: CustomStringConvertible {
  /// The report as a small table, for people.
  public var description: String {
    let what = classes.isEmpty ? "numbers" : "\(classes.count) classes"
    var lines = [
      "\(target) (\(what)) from \(itemCount) items, \(folds)-fold cross-validation, \(measure)"
    ]
    var table = [[""] + Model.allCases.map(name(of:))]
    for input in inputs {
      table.append(
        [name(of: input)]
          + Model.allCases.map { model in
            guard let score = score(input, model) else { return "-" }
            return NumberText.fixed(score.mean, places: 3) + " ± "
              + NumberText.fixed(score.halfWidth, places: 3)
          }
      )
    }
    let widths = (0..<3).map { column in table.map { $0[column].count }.max() ?? 0 }
    for row in table {
      let cells = (1..<3).map { column in
        "  " + String(repeating: " ", count: widths[column] - row[column].count) + row[column]
      }
      lines.append(
        "  " + row[0] + String(repeating: " ", count: widths[0] - row[0].count) + cells.joined()
      )
    }
    lines.append(
      classes.isEmpty
        ? "The mean of all numbers has R² 0."
        : "The most frequent class alone has \(NumberText.fixed(trivial, places: 3))."
    )
    lines.append(
      "± is half the interval of 95% confidence. "
        + (inputs.contains(.principalComponents) ? "Features and PCA" : "Features")
        + " were learned without \(target), from items of all folds."
    )
    return lines.joined(separator: "\n")
  }
}
