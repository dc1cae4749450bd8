extension CatalogEntry {
  /// The data sets that are known without a catalog of one's own.
  ///
  /// Sizes and digests are those of the files that the addresses have held for years; they agree with
  /// the checksums that TensorFlow Datasets records for the same addresses.
  package static let known: [CatalogEntry] = [mnist, fashion, cifar, adult, abalone, iris]

  private static let mnist = CatalogEntry(
    name: "mnist",
    summary: "60,000 + 10,000 handwritten digits, grey, 28 x 28",
    licence: "LeCun, Cortes, Burges; CC BY-SA 3.0",
    files: digits(
      from: "https://storage.googleapis.com/cvdf-datasets/mnist/",
      [
        (9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
        (28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
        (1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
        (4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
      ]
    )
  )

  private static let fashion = CatalogEntry(
    name: "fashion-mnist",
    summary: "60,000 + 10,000 pieces of clothing, grey, 28 x 28, 10 classes",
    licence: "Xiao, Rasul, Vollgraf; MIT",
    files: digits(
      from: "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
      [
        (26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
        (29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
        (4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
        (5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
      ]
    )
  )

  private static let cifar = CatalogEntry(
    name: "cifar10",
    summary: "50,000 + 10,000 colour pictures, 32 x 32, 10 classes",
    licence: "Krizhevsky; terms not stated",
    files: [
      File(
        name: "cifar-10-binary.tar.gz",
        address: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
        byteCount: 170_052_171,
        digest: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
        preparation: .archive(
          (["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5"]
            + ["test_batch"]).map { name in
              Member(path: "cifar-10-batches-bin/\(name).bin", name: "\(name).bin")
            }
        )
      )
    ]
  )

  private static let adult = CatalogEntry(
    name: "adult",
    summary: "32,561 + 16,281 people of the census of 1994, mixed columns, missing cells",
    licence: "Becker, Kohavi, UCI; CC BY 4.0",
    files: [
      File(
        name: "adult.data",
        address: uci + "adult/adult.data",
        byteCount: 3_974_305,
        digest: "5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d",
        preparation: .table(name: "adult-train.csv", header: adultHeader)
      ),
      File(
        name: "adult.test",
        address: uci + "adult/adult.test",
        byteCount: 2_003_153,
        digest: "a2a9044bc167a35b2361efbabec64e89d69ce82d9790d2980119aac5fd7e9c05",
        preparation: .table(name: "adult-test.csv", header: adultHeader)
      ),
    ]
  )

  private static let abalone = CatalogEntry(
    name: "abalone",
    summary: "4,177 shells measured, 8 numbers and the sex",
    licence: "Nash and others, UCI; CC BY 4.0",
    files: [
      File(
        name: "abalone.data",
        address: uci + "abalone/abalone.data",
        byteCount: 191_873,
        digest: "de37cdcdcaaa50c309d514f248f7c2302a5f1f88c168905eba23fe2fbc78449f",
        preparation: .table(
          name: "abalone.csv",
          header: [
            "sex", "length", "diameter", "height", "whole_weight", "shucked_weight",
            "viscera_weight", "shell_weight", "rings",
          ]
        )
      )
    ]
  )

  private static let iris = CatalogEntry(
    name: "iris",
    summary: "150 flowers of three kinds, 4 lengths",
    licence: "Fisher, UCI; CC BY 4.0",
    files: [
      File(
        name: "iris.data",
        address: uci + "iris/iris.data",
        byteCount: 4551,
        digest: "6f608b71a7317216319b4d27b4d9bc84e6abd734eda7872b71a458569e2656c0",
        preparation: .table(
          name: "iris.csv",
          header: ["sepal_length", "sepal_width", "petal_length", "petal_width", "kind"]
        )
      )
    ]
  )

  private static let uci = "https://archive.ics.uci.edu/ml/machine-learning-databases/"

  private static let adultHeader = [
    "age", "workclass", "fnlwgt", "education", "education_num", "marital_status", "occupation",
    "relationship", "race", "sex", "capital_gain", "capital_loss", "hours_per_week",
    "native_country", "income",
  ]

  /// The four files of MNIST and of the sets made like it.
  private static func digits(from folder: String, _ facts: [(Int, String)]) -> [File] {
    let names = [
      "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz",
      "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz",
    ]
    return zip(names, facts).map { name, fact in
      File(name: name, address: folder + name, byteCount: fact.0, digest: fact.1)
    }
  }
}
