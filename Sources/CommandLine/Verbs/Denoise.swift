import ArgumentParser
import HourglassJobs

/// Takes noise off images, sounds, tables and time series.
struct Denoise: TaskVerb {
  static let configuration = CommandConfiguration(
    commandName: "denoise",
    abstract:
      "Remove noise from images of any size, sounds, a table of numbers, or a time series.",
    discussion: """
      A convolutional network is trained on clean data, to which noise is added, to predict the clean \
      values. Some items are held out of training; the report compares the denoised ones with the \
      clean ones, and with the noisy ones and classical filters of the best strength: a median \
      and a Gaussian filter for images, spectral subtraction and a Wiener filter for sounds.

      DATA is a folder of PNG and JPEG files or one such file, images in IDX or CIFAR-10 files, \
      WAV, FLAC, Ogg, MP3 or AIFF sounds, a table, or with --series a time series. Images keep their \
      size, depth, transparency and color profile, sounds their rate, length, channels and the bits \
      of their samples; those of a folder keep their names. Ogg and MP3 sounds are written as \
      NAME.flac, AIFF sounds as NAME.wav.

      The noise is normal, of an unknown level, unless --noise is given:
        gaussian:25/255, gaussian:0.1, gaussian:0..0.2, poisson:30 (white stands for 30 counts), \
      speckle:0.2, salt-and-pepper:0.05, jpeg:10..60 (JPEG files of these \
      qualities)
        snr:5, snr:-5..20 (white noise so many decibels below the sound), or gaussian:0.5 of samples \
      with a root mean square of 1, for sounds

      EXAMPLES
        hourglass denoise noisy/ --learn-from clean/ -o denoised/
        hourglass denoise scan.png --learn-from clean/ --noise gaussian:25/255 \\
          -o scan-clean.png
        hourglass denoise clean/ --add-noise --noise gaussian:0.1 --figure rows.png
          a test: noise is added and removed again
        hourglass denoise noisy/ --learn-from clean/ --save photos.hourglass \\
          --minutes 10
        hourglass denoise more/ --model photos.hourglass --reference more-clean/ \\
          -o done/
        hourglass denoise microscope/ --noisy-only -o denoised/
          trains on the noisy images themselves, where there are no clean ones
        hourglass denoise microscope/ --noisy-only --noise gaussian:0..0.2 \\
          -o denoised/
          the same, better where the noise is normal; its level is estimated from the images
        hourglass denoise tapes/ --learn-from clean-songs/ --minutes 5 -o denoised/
        hourglass denoise sensors.csv --learn-from calm.csv -o smooth.csv
      """
  )

  @Argument(help: ArgumentHelp("What the noise is taken off.", valueName: "data"))
  var data: String

  @Option(
    help: ArgumentHelp(
      "The clean images or sounds for DATA, in the same order: the report compares with them.",
      valueName: "clean"
    )
  )
  var reference: String?

  @Option(
    help: ArgumentHelp(
      "Draw the first images, or spectrograms of the first sounds, in rows, clean, noisy and denoised: "
        + ".png or .svg.",
      valueName: "rows.png"
    )
  )
  var figure: String?

  @Option(
    help: ArgumentHelp(
      "The noise to train with (default: gaussian:0..55/255, of sounds snr:-5..20).",
      valueName: "kind:level"
    )
  )
  var noise: NoiseChoice?

  @Flag(
    help: ArgumentHelp(
      "The images to train on are noisy, and there are no clean ones: train to predict pixels from those "
        + "beside them, which removes any noise that is independent between pixels; with --noise, train on "
        + "the images with more of that noise, which is better where their noise is of that kind."
    )
  )
  var noisyOnly = false

  @Flag(help: "DATA is clean: add the noise to it first, and compare with it.")
  var addNoise = false

  @OptionGroup
  var shared: TaskArguments<ReadingArguments>

  func request() throws -> JobRequest {
    var options = DenoiseOptions()
    options.reference = reference
    options.figure = figure
    options.noise = noise
    options.noisyOnly = noisyOnly
    options.addNoise = addNoise
    return shared.request(options, [data])
  }
}

extension NoiseChoice: ExpressibleByArgument {}
