internal import HourglassEncodings
internal import HourglassStatistics
internal import HourglassSystem
internal import HourglassTensors

extension DenoisingReport: CustomStringConvertible {
  /// The report as a small table and a sentence, for people.
  public var description: String {
    var lines = [heading]
    var table = [columns]
    for score in [noisy] + classical + [denoised] { table.append(row(score)) }
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
    if kind == .sounds {
      lines.append("SI-SNR is the higher the better, LSD, the log-spectral distance, the lower.")
    } else if kind != .images {
      lines.append("Errors are roots of mean squares, of values with a standard deviation of 1.")
    }
    lines.append(verdict)
    return (lines + notes).joined(separator: "\n")
  }

  /// One sentence: whether the network beats the baselines.
  public var verdict: String {
    // Sounds may be louder or softer than the clean ones without being worse.
    func badness(_ score: Score) -> Double { score.signalToNoiseRatio.map { -$0 } ?? score.error }
    let best = ([noisy] + classical).min { badness($0) < badness($1) } ?? noisy
    guard badness(denoised) < badness(best) else {
      return best == noisy
        ? "The noisy \(kind.nouns.many) are nearer to the clean ones than the denoised: do not use it."
        : "A simpler means does better: \(best.method). Learn longer, or use that."
    }
    if let own = denoised.peakSignalToNoiseRatio ?? denoised.signalToNoiseRatio,
      let other = best.peakSignalToNoiseRatio ?? best.signalToNoiseRatio
    {
      let gain = NumberText.fixed(own - other, places: 2)
      return "The network beats the baselines: it is \(gain) dB "
        + "above the next best, \(best.method)."
    }
    let part = best.error > 0 ? 1 - denoised.error / best.error : 0
    return
      "The network beats the baselines: its error is \(NumberText.fixed(100 * part, places: 0)) % "
      + "below the next best, \(best.method)."
  }

  private var columns: [String] {
    switch kind {
    case .images: ["", "PSNR", "SSIM"]
    case .sounds: ["", "SI-SNR", "LSD"]
    case .table, .series: ["", "error"]
    }
  }

  private func row(_ score: Score) -> [String] {
    func decibels(_ ratio: Double?) -> String { "\(NumberText.fixed(ratio ?? 0, places: 2)) dB" }
    return switch kind {
    case .images:
      [
        score.method, decibels(score.peakSignalToNoiseRatio),
        NumberText.fixed(score.structuralSimilarity ?? 0, places: 3),
      ]
    case .sounds:
      [score.method, decibels(score.signalToNoiseRatio), decibels(score.logSpectralDistance)]
    case .table, .series: [score.method, NumberText.significant(score.error)]
    }
  }

  private var heading: String {
    let nouns = kind.nouns
    let count = "\(NumberText.grouped(itemCount)) \(itemCount == 1 ? nouns.one : nouns.many)"
    let which =
      switch items {
      case .heldOut: "\(count) held out of \(dataName)"
      case .heldOutAndUsedForStopping: "\(count) held out of \(dataName) (also used for stopping)"
      case .trainedOn: "\(count) of \(dataName), the same that were trained on"
      case .given: "\(count) of \(dataName)"
      }
    return noise.map { "\(which), with noise \($0)" } ?? "\(which), against the clean ones"
  }
}
