import HourglassReports
import HourglassTensors

extension ScatterMap {
  /// A map of the first two numbers of each code `[rows, dimensions]`, coloured by labels.
  init(codes: Tensor, labels: PlotLabels?, title: String, noun: String) {
    let width = codes.shape[1]
    let rows = 0..<codes.shape[0]
    let numbers =
      width == 2 ? "two numbers each" : "the first two of \(width) numbers each"
    self.init(
      title: title,
      subtitle: "\(NumberText.counted(rows.count, noun)), \(numbers)",
      x: rows.map { Double(codes.scalars[$0 * width]) },
      y: rows.map { Double(codes.scalars[$0 * width + 1]) },
      coloring: labels.map { .classes(names: $0.names, of: $0.classes) } ?? .none,
      axes: ("z1", "z2")
    )
  }

  /// The map as a page of its own.
  var page: ReportPage {
    let drawing = drawing
    let section = ReportPage.Section("", [.figure(self, caption: drawing.subtitle)])
    return ReportPage(title: title, sections: [section])
  }
}
