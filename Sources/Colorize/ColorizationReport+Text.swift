internal import HourglassEncodings
internal import HourglassStatistics
internal import HourglassSystem
internal import HourglassTensors

extension ColorizationReport: CustomStringConvertible {
  /// The report as a small table and a sentence, for people.
  public var description: String {
    var lines = [heading]
    var table = [["", "PSNR", "ab error", "colorfulness"]]
    for score in [gray, mean, colored, vivid].compactMap({ $0 }) {
      table.append([
        score.method,
        "\(NumberText.fixed(score.peakSignalToNoiseRatio, places: 2)) dB",
        NumberText.fixed(score.abChannelError, places: 2),
        NumberText.fixed(score.colorfulness, places: 2),
      ])
    }
    let widths = table[0].indices.map { column in table.map { $0[column].count }.max() ?? 0 }
    for row in table {
      var line = "  " + row[0] + String(repeating: " ", count: widths[0] - row[0].count)
      for column in row.indices.dropFirst() {
        line +=
          "  " + String(repeating: " ", count: widths[column] - row[column].count)
          + row[column]
      }
      lines.append(line)
    }
    lines.append("Colorfulness is a share of that of the true images.")
    lines += warnings ?? []
    if let verdict { lines.append(verdict) }
    return lines.joined(separator: "\n")
  }

  /// One sentence: whether the network beats the baselines; `nil` in a report without baselines.
  ///
  /// It goes by the error of a and b: a few images without any color give gray a mean PSNR that no
  /// colors can reach.
  public var verdict: String? {
    guard let gray, let mean else { return nil }
    let best = gray.abChannelError <= mean.abChannelError ? gray : mean
    let part = best.abChannelError > 0 ? 1 - colored.abChannelError / best.abChannelError : 0
    return part > 0
      ? "The network beats the baselines: the error of a and b is "
        + "\(NumberText.fixed(100 * part, places: 1)) % below that of \(best.method)."
      : "The colors are further from the true ones than \(best.method) is: learn longer, or from "
        + "more images."
  }

  private var heading: String {
    let count = NumberText.counted(itemCount, "image")
    return switch items {
    case .heldOut: "\(count) held out of \(dataName)"
    case .heldOutAndUsedForStopping: "\(count) held out of \(dataName) (also used for stopping)"
    case .trainedOn: "\(count) of \(dataName), the same that were trained on"
    case .given: "\(count) of \(dataName), beside their true colors"
    }
  }
}
