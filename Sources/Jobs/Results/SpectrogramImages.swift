internal import HourglassMedia
internal import HourglassTensors

/// Spectrograms of sounds as gray images.
enum SpectrogramImages {
  /// The spectrogram that is drawn: 31 frames a second.
  private static let spectrogram = MelSpectrogram(hop: 512, bands: 96)
  /// The nepers from black to white, 60 dB.
  private static let range: Float = 13.8

  /// Images of sounds in one scale, in which the loudest place of all is white: time goes to the
  /// right, and pitch up; `nil` for what there is none of.
  static func images(of sounds: [Sound?]) -> [Image?] {
    let all = sounds.map { $0.map { spectrogram($0) } }
    let largest = all.compactMap { $0?.scalars.max() }.max() ?? 0
    return all.map { values in
      values.map { values in
        let (frames, bands) = (values.shape[0], values.shape[1])
        var plane = [Float](repeating: 0, count: frames * bands)
        for frame in 0..<frames {
          for band in 0..<bands {
            let place = (values.scalars[frame * bands + band] - largest) / range + 1
            plane[(bands - 1 - band) * frames + frame] = min(max(place, 0), 1)
          }
        }
        return Image(planes: [plane], width: frames, height: bands, depth: 8)
      }
    }
  }
}
