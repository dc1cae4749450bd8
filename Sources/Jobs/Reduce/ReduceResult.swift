internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEncodings
internal import HourglassEvaluation
internal import HourglassModelFiles
internal import HourglassNetworks
internal import HourglassReduce
internal import HourglassSystem
internal import HourglassTasksCommon
internal import HourglassTensors

/// The result of `reduce`.
struct ReduceResult {
  let fitted: FittedDimensionReducer
  let data: Dataset
  /// The evaluation of the data, where the model was trained on others.
  let given: Evaluation?
  /// What was kept by the number of dimensions, where that was looked for.
  let curve: DimensionCurve?

  /// All of it, and what was written.
  func result(_ run: JobRun, _ options: ReduceOptions) -> JobResult {
    var result = run.result
    let noun = data.kind.nouns.one
    result.add("data", run.data)
    result.add("rows", data.count)
    result.add("values", fitted.valueCount)
    result.add("dimensions", fitted.dimensions)
    result.add("curve", curve)
    result.add("peakMemory", PeakMemory.bytes)
    if let curve { result.paragraphs.append(curve.lines.joined(separator: "\n")) }
    result.model(
      fitted,
      noun: noun == "sound" ? "piece" : noun,
      what: Self.layers(of: fitted),
      evaluation: run.request.shown(fitted.evaluation)
    )
    result.evaluated(run.request.shown(given))
    let size = "\(NumberText.counted(data.count, noun)), "
    let numbers = "\(NumberText.counted(fitted.dimensions, "number")) each"
    result.wrote("codes", "latent vectors", to: run.paths.output, note: size + numbers)
    result.wrote("model", to: run.paths.model)
    result.wrote("plot", "map", to: options.plot)
    result.wrote("curve", to: options.curve)
    result.hint = "--output keeps the latent vectors, --save the model"
    return result
  }

  /// The widths of the network, such as `784 -> 512 -> 2`.
  private static func layers(of fitted: FittedDimensionReducer) -> String {
    let shape = fitted.itemShape
    var parts = ["\(fitted.valueCount)"]
    let network = try? fitted.header.architecture.decoded(as: Autoencoder.self, file: "the model")
    switch network?.encoder {
    case .dense(let hidden, _)?:
      parts += hidden.map(String.init)
    case .convolutional(let channels, let hidden, _)?:
      parts = [shape.dimensions.map(String.init).joined(separator: " x ")]
      parts += channels.map { "\($0) channels" } + hidden.map(String.init)
    case .patches(let coding, let hidden, _)?:
      parts = [shape.dimensions.map(String.init).joined(separator: " x ")]
      parts += ["\(coding.filters) kinds of patches"] + hidden.map(String.init)
    case .layers?, .uNet?, .normalizedUNet?, .plain?, nil: break
    }
    return (parts + ["\(fitted.dimensions)"]).joined(separator: " -> ")
  }
}
