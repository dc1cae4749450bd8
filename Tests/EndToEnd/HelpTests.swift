import Testing

@Suite struct HelpTests {
  @Test func mainHelpTeachesByExamples() throws {
    let outcome = try Program.run("--help", in: Folder())
    #expect(outcome.code == 0)
    #expect(outcome.errors == "")
    #expect(
      outcome.output == """
        OVERVIEW: Train autoencoders on your own data, and apply the models.

        An autoencoder compresses each row, image, sound or window to a few dimensions
        and reconstructs it from them. Trained on your data alone, it does eight tasks.

        EXAMPLES
          Reduce each image to two dimensions, and keep the model:
            hourglass reduce images.idx.gz --save images.hourglass -o latent.csv
          Train features, and see how well a simple model predicts from them:
            hourglass features customers.csv --probe churn -o features.csv
          Find out which song a query clip is from:
            hourglass match add songs/ --database songs.db
            hourglass match find clip.wav --database songs.db
          Remove noise from images:
            hourglass denoise noisy/ --learn-from clean/ -o denoised/
          Find the rows that are unlike normal ones:
            hourglass detect week23.csv --learn-from normal.csv -o scores.csv
          Generate new rows like your own:
            hourglass generate --learn-from people.csv --count 1000 -o new.csv
          Fill missing cells:
            hourglass impute survey.csv -o filled.csv
          Colorize gray photographs:
            hourglass colorize old/ --learn-from photos/ -o colored/
          Run all of it on real data, or show the contents of a file:
            hourglass demo
            hourglass inspect survey.csv
          Do all of it in the browser, or over HTTP:
            hourglass serve

        EXIT CODES
          0    success
          1    error in the data or the model
          2    error in the command line
          3    error of the machine (memory, disk)
          130  interrupted, with the checkpoint kept (143 after the signal TERM)

        USAGE: hourglass <subcommand>

        OPTIONS:
          --version               Show the version.
          -h, --help              Show help information.

        SUBCOMMANDS:
          reduce                  Reduce each row of a table, image, sound or window of
                                  a series to a few dimensions.
          features                Train features of rows, images, sounds or windows, as
                                  the input of other models.
          match                   Find images, sounds or rows again from damaged copies
                                  and query clips.
          denoise                 Remove noise from images of any size, sounds, a table
                                  of numbers, or a time series.
          detect                  Find rows, images, or times of a series that are
                                  unlike normal ones.
          generate                Generate new rows of a table, images or windows of a
                                  series like your own.
          impute                  Fill missing cells of a table, gaps of a time series,
                                  or holes in images.
          colorize                Colorize gray images of any size.
          inspect                 Show the contents of a model file, or of data as they
                                  are read.
          run                     Run a request in JSON, as --print-request of any verb
                                  prints it.
          demo                    Run every verb on real data, into one report page.
          serve                   Offer all tasks in the browser and over HTTP.

          See 'hourglass help <subcommand>' for detailed help.
        """ + "\n"
    )
    #expect(try Program.run(in: Folder()).output == outcome.output)
  }

  @Test(arguments: [
    "reduce", "features", "match", "match add", "match find", "match list", "match tune",
    "denoise", "detect", "generate", "impute", "colorize", "inspect", "run", "demo",
    "serve",
  ])
  func everyVerbHasHelp(_ verb: String) throws {
    let words = verb.split(separator: " ").map(String.init)
    let outcome = try Program.run(words + ["--help"], in: Folder())
    #expect(outcome.code == 0)
    #expect(outcome.output.contains("USAGE: hourglass \(verb)"))
    let isPlain = ["match list", "match tune"].contains(verb)
    #expect(isPlain || outcome.output.contains("EXAMPLES"))
    #expect(try Program.run(["help"] + words, in: Folder()).output == outcome.output)
    for line in outcome.output.split(separator: "\n") {
      #expect(line.count <= 80, "a terminal has 80 columns: \(line)")
    }
    // The parser adds the default of an option that has one; its text must not say it again.
    let text = outcome.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let isSaidTwice = text.contains(#/\(default: [^)]*\)\.? \(default: /#)
    #expect(!isSaidTwice, "a default of \(verb) is said twice")
  }

  @Test func versionIsShown() throws {
    let outcome = try Program.run("--version", in: Folder())
    #expect(outcome.code == 0)
    #expect(outcome.output.hasPrefix("hourglass 0."))
  }

  @Test(arguments: [
    (["redcue", "x"], "there is no verb 'redcue'; did you mean 'reduce'?"),
    (
      ["xyzzy"],
      "there is no verb 'xyzzy'; there are reduce, features, match, denoise, detect, generate, "
        + "impute, colorize, inspect, run, demo, serve."
    ),
    (["reduce"], "missing expected argument '<data>'"),
    (["reduce", "x", "--epoch", "3"], "unknown option '--epoch'. Did you mean '--epochs'?"),
    (["reduce", "x", "--dimensions", "0"], "--dimensions must be at least 1, found 0"),
    (
      ["reduce", "x", "--dimensions", "two"],
      "the value 'two' is invalid for '--dimensions <n|auto>'"
    ),
    (["reduce", "x", "--epochs", "0"], "--epochs must be at least 1, found 0"),
    (["reduce", "x", "--minutes", "-1"], "missing value for '--minutes <m>'"),
    (["reduce", "x", "--minutes", "nan"], "must be above 0 and below 1,000,000, found nan"),
    (["reduce", "x", "--learning-rate", "0"], "must be above 0 and below 1,000,000, found 0.0"),
    (["reduce", "x", "--threads", "0"], "--threads must be from 1 to 1024, found 0"),
    (["reduce", "x", "--first", "0"], "--first must be at least 1, found 0"),
    (["reduce", "x", "--labels", "l"], "--labels needs --plot"),
    (["reduce", "x", "--resume"], "--resume needs --checkpoint"),
    (["reduce", "x", "--model", "m", "--learn-from", "y"], "--model and --learn-from exclude"),
    (["reduce", "x", "--model", "m", "--save", "n"], "--save has no use with --model"),
    (["reduce", "x", "--model", "m", "--epochs", "3"], "--epochs has no use with --model"),
    (["colorize", "x", "--samples", "0"], "--samples must be from 1 to 1000, found 0"),
    (["colorize", "x", "--samples", "2"], "--samples needs --output or --figure"),
    (
      ["colorize", "x", "--hint", "3;4=#ff0000"],
      "the value '3;4=#ff0000' is invalid for '--hint <x,y=#rrggbb>'"
    ),
    (
      ["colorize", "x", "--colors", "loud"],
      "the value 'loud' is invalid for '--colors <mean|vivid>'"
    ),
  ])
  func mistakesOfTheCommandLineAreExplained(_ arguments: [String], _ message: String) throws {
    let outcome = try Program.run(arguments, in: Folder())
    #expect(outcome.code == 2)
    #expect(outcome.output == "")
    #expect(outcome.errors.hasPrefix("error: "))
    #expect(outcome.errors.contains(message))
    #expect(outcome.errors.contains("--help'."))
    #expect(outcome.errors.split(separator: "\n").count == 2)
  }
}
