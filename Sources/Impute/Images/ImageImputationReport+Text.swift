internal import HourglassEncodings
internal import HourglassStatistics
internal import HourglassSystem
internal import HourglassTensors

extension ImageImputationReport: CustomStringConvertible {
  /// The report as a small table and a sentence, for people.
  public var description: String {
    let count = NumberText.counted(itemCount, "image")
    let which =
      switch items {
      case .heldOut: "\(count) held out of \(dataName)"
      case .heldOutAndUsedForStopping: "\(count) held out of \(dataName) (also used for stopping)"
      case .trainedOn: "\(count) of \(dataName), the same that were trained on"
      case .given: "\(count) of \(dataName)"
      }
    var lines = [
      "\(which), of which \(NumberText.fixed(100 * share, places: 0)) % of the pixels were deleted"
    ]
    let scores = [mean, smooth, own].compactMap { $0 }
    let width = scores.map(\.method.count).max() ?? 0
    lines.append("  " + String(repeating: " ", count: width) + "      PSNR   error")
    for score in scores {
      let ratio = NumberText.fixed(score.peakSignalToNoiseRatio, places: 2) + " dB"
      lines.append(
        "  " + score.method + String(repeating: " ", count: width - score.method.count)
          + String(repeating: " ", count: max(10 - ratio.count, 0)) + ratio + "  "
          + NumberText.fixed(score.error, places: 4)
      )
    }
    lines.append("Errors are of deleted pixels alone, of values from 0 to 1.")
    if let verdict { lines.append(verdict) }
    return lines.joined(separator: "\n")
  }

  /// One sentence: whether the network beats the baselines; `nil` in a report without baselines.
  public var verdict: String? {
    guard let mean, let smooth else { return nil }
    let best = smooth.error <= mean.error ? smooth : mean
    let gain = own.peakSignalToNoiseRatio - best.peakSignalToNoiseRatio
    // Less does not show in two decimals.
    guard gain >= 0.005 else {
      return "\(best.method) does no worse: learn longer, or from more images."
    }
    return "The network beats the baselines: it is \(NumberText.fixed(gain, places: 2)) dB above "
      + "\(best.method)."
  }
}
