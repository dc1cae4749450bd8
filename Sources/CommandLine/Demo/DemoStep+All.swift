extension DemoStep {
  /// Every job in the order of the page.
  ///
  /// - Parameters:
  ///   - data: The folder of the example data.
  ///   - output: The folder that results are written to.
  static func all(data: String, output: String) -> [DemoStep] {
    [reduce(data, output)]
  }

  private static let classes =
    "T-shirt,trousers,pullover,dress,coat,sandal,shirt,sneaker,bag,ankle boot"

  private static func reduce(_ data: String, _ output: String) -> DemoStep {
    DemoStep(
      job: "reduce",
      heading: "Reduce: a map of clothes",
      summary: "Each image of 784 pixels is described by two numbers, and drawn at that place. The "
        + "colours are the kinds of clothes, which learning was not told.",
      commands: [
        [
          "reduce", "\(data)/GreyImages/clothes-new-images.gz", "--learn-from",
          "\(data)/GreyImages/clothes-images.gz", "--dimensions", "2", "--epochs", "60", "--seed",
          "1",
          "--save", "\(output)/clothes.hourglass", "-o", "\(output)/codes.csv", "--plot",
          "\(output)/map.svg", "--labels", "\(data)/GreyImages/clothes-new-labels.gz",
          "--label-names", classes,
        ]
      ],
      pictures: [
        Picture(path: "\(output)/map.svg", caption: "1,000 images that learning never saw.")
      ],
      source: "Fashion-MNIST, 5,000 images to learn from (Zalando SE, MIT)."
    )
  }
}
