import HourglassMedia
import HourglassReports
import HourglassTensors

/// A page with every kind of figure, from made values.
///
/// A test writes it to a folder; open it in a browser to see what the figures look like.
enum SamplePage {
  /// A random number of the normal distribution, roughly: the sum of twelve uniform ones.
  static func normal(_ generator: inout SeededGenerator) -> Double {
    (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &generator) }
  }

  static let classNames = [
    "T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag",
    "ankle boot",
  ]

  static func map(count: Int, byValue: Bool = false) -> ScatterMap {
    var generator = SeededGenerator(seed: 1)
    let classes = (0..<count).map { $0 % 10 }
    let x = classes.map { Double($0 % 4) * 3 + normal(&generator) * 0.8 }
    let y = classes.map { Double($0 / 4) * 3.5 + normal(&generator) * 0.9 }
    let coloring: ScatterMap.Coloring =
      byValue
      ? .values(name: "error of the row", of: zip(x, y).map { $0 * $0 / 20 + $1 })
      : .classes(names: classNames, of: classes)
    return ScatterMap(title: "Map of clothes", x: x, y: y, coloring: coloring, axes: ("z1", "z2"))
  }

  static func lines(count: Int) -> LineChart {
    var generator = SeededGenerator(seed: 2)
    var values = (0..<count).map { hour in
      let day = Double(hour % 24) / 24
      let busy = day < 0.25 ? -20 : (0.6 - day) * 40
      return 28 + busy + normal(&generator) * 2
    }
    let storm = count * 5 / 12..<count * 6 / 12
    let original = values
    for place in storm { values[place] *= 0.1 }
    for place in count / 5..<count / 5 + 6 { values[place] = .nan }
    return LineChart(
      title: "Departures",
      lines: [.init("recorded", values), .init("repaired", original, isFaint: true)],
      places: (0..<count).map { "Feb \($0 / 24 + 1)" },
      bands: [.init(storm, label: "p-value 0.0004")],
      level: (60, "level of alarm"),
      axes: ("", "flights in an hour")
    )
  }

  static let bars = BarChart(
    title: "Probes",
    series: ["code of 32 numbers", "all 784 pixels", "PCA of 32 numbers"],
    groups: [
      .init(
        "logistic regression",
        [.init(0.842, error: 0.006), .init(0.83, error: 0.004), .init(0.801, error: 0.009)]
      ),
      .init(
        "nearest neighbors",
        [.init(0.861, error: 0.004), .init(0.849, error: 0.005), .init(0.852, error: 0.003)]
      ),
      .init(
        "random forest",
        [.init(0.855, error: 0.005), .init(.nan, text: "not run"), .init(0.846, error: 0.006)]
      ),
    ],
    level: (0.1, "chance"),
    axis: "accuracy on held-out rows, with its standard error over five folds"
  )

  static func digit(_ seed: Int, side: Int = 28, noise: Double = 0) -> Image {
    var generator = SeededGenerator(seed: UInt64(seed))
    let radius = Double(side) * (0.2 + 0.02 * Double(seed % 8))
    let planes = (0..<side * side).map { pixel in
      let x = Double(pixel % side) - Double(side) / 2 + 0.5
      let y = Double(pixel / side) - Double(side) / 2 + 0.5
      let ring = abs((x * x + y * y).squareRoot() - radius)
      return Float(max(0, 1 - ring / 2.2) + noise * normal(&generator))
    }
    return Image(planes: [planes], width: side, height: side)
  }

  static func photo(_ seed: Int, gray: Bool = false) -> Image {
    let (width, height) = (96, 72)
    let planes = (0..<3 * width * height).map { index in
      let (channel, pixel) = (index / (width * height), index % (width * height))
      let (x, y) = (Double(pixel % width) / 96, Double(pixel / width) / 72)
      let hill = 0.55 + 0.12 * Double(seed) * (x - 0.5) * (1 - x)
      let sky = [0.35 + 0.5 * y, 0.6 + 0.3 * y, 0.95]
      let grass = [0.25 * y, 0.35 + 0.3 * (1 - y), 0.15]
      let color = y < hill ? sky : grass
      return Float(gray ? 0.3 * color[0] + 0.59 * color[1] + 0.11 * color[2] : color[channel])
    }
    let area = width * height
    return Image(
      planes: (0..<3).map { Array(planes[$0 * area..<($0 + 1) * area]) },
      width: width,
      height: height
    )
  }

  static let denoised = ImageGrid(
    title: "Denoised",
    rows: [
      .init("clean", images: (1...7).map { digit($0) }),
      .init("noisy", (1...7).map { .init(digit($0, noise: 0.25), caption: "12.\($0) dB") }),
      .init(
        "denoised",
        (1...7).map { .init(digit($0, noise: 0.04), caption: "2\($0).0 dB", isBest: $0 == 7) }
      ),
    ]
  )

  static let photos = ImageGrid(
    title: "Colored",
    columns: ["gray", "colored", "true colors"],
    rows: (1...2).map { row in
      .init(
        "image \(row)",
        [.init(photo(row, gray: true)), .init(photo(row), caption: "24.9 dB"), .init(photo(row))]
      )
    }
  )

  static let table = NumberTable(
    columns: [
      .init("what reconstructs the rows"), .init("error for each value", .numbers(decimals: 4)),
      .init("R²", .numbers(decimals: 3)), .init("rows", .numbers(decimals: 0)),
    ],
    rows: [
      ["autoencoder, 2 numbers", 0.0263, 0.614, 10_000],
      ["PCA of the same size", 0.0394, 0.461, 10_000],
      ["column means", 0.0731, 0.0, 10_000],
      [.text("nearest <neighbor> & co"), .number(.nan), 0.333],
    ]
  )

  static var page: ReportPage {
    ReportPage(
      title: "Hourglass: every kind of figure",
      introduction: [
        "One page with a section for each job: the command, the training data, the evaluation and images. "
          + "All values here are made up."
      ],
      sections: [
        .init(
          "Reduce",
          summary: "Each image of 784 pixels becomes two numbers; images alike lie close together.",
          [
            .command(
              "hourglass reduce clothes.gz --dimensions 2 --save clothes.hourglass -o codes.csv --plot map.svg --labels labels.gz --seed 1\nhourglass inspect clothes.hourglass"
            ),
            .table(
              table,
              caption:
                "How well the numbers reconstruct rows that were held out."
            ),
            .figure(
              map(count: 3_000),
              caption:
                "3,000 images that were not trained on. The colors are the kinds of clothes."
            ),
            .figure(
              map(count: 400, byValue: true),
              caption: "The same, colored by how badly a row is reconstructed."
            ),
          ]
        ),
        .init(
          "Features",
          [
            .figure(
              bars,
              caption: "Three simple models that predict the kind of clothes from 32 numbers."
            )
          ]
        ),
        .init(
          "Detect",
          summary:
            "Rows that the autoencoder cannot reconstruct are unlike those that it trained on.",
          [
            .figure(
              lines(count: 28 * 24),
              caption: "Departures of New York's airports in each hour of a February."
            ),
            .note("Shares are those of each group, so that the few faults can be seen."),
          ]
        ),
        .init(
          "Denoise",
          [.figure(denoised, caption: "Under each image: its peak signal-to-noise ratio.")]
        ),
        .init(
          "Generate",
          [
            .figure(
              ImageGrid(
                rows: [
                  .init(
                    "",
                    images: [Image(mosaicOf: (1...96).map { digit($0) }, columns: 16, gap: 2)]
                  )
                ]
              ),
              caption: "96 new images."
            )
          ]
        ),
        .init(
          "Colorize",
          [
            .figure(photos, caption: "Lightness in, color out."),
            .output("trained in 0:42\n  PSNR  24.9 dB\n  gray  24.5 dB"),
          ]
        ),
      ],
      footer: "Made by hourglass 0.2.0 with seed 1."
    )
  }
}
