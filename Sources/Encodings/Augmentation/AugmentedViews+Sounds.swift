package import HourglassGraphs
internal import HourglassMedia
internal import HourglassSystem
internal import HourglassTensors

extension AugmentedViews {
  /// A copy of each patch that was played in a room, recorded under noise, and went through a file.
  package func distortedPatch(
    _ x: NodeID,
    frames: Int,
    margin: Int,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let batch = builder.shape(of: x)[0]
    let each: Shape = [batch, 1, 1, 1]
    let played = movedPatch(x, each, frames: frames, margin: margin, in: &builder)
    let shape = builder.shape(of: played)
    let energy = builder.apply(.exponential, played)
    let mean = builder.mean(energy, axes: [1, 2, 3], keepsDimensions: true)
    let least = augmentation.signalToNoise
    var heard = builder.sum(
      energy,
      scaled(noise(shape, in: &builder), to: mean, each, from: least, to: least + 40, in: &builder)
    )
    if batch > 1 {
      let other = builder.concatenation(
        [
          builder.slice(energy, axis: 0, 1..<batch), builder.slice(energy, axis: 0, 0..<1),
        ],
        axis: 0
      )
      let background = scaled(other, to: mean, each, from: 5, to: 45, in: &builder)
      heard = builder.sum(heard, background)
    }
    let equalizer = smooth(batch, bands: shape[3], deviation: 0.8, in: &builder)
    heard = builder.product(heard, builder.apply(.exponential, equalizer))
    if augmentation.compressed > 0 {
      let isCompressed = chosen(each, part: augmentation.compressed, in: &builder)
      heard = either(
        heard,
        compressed(heard, each, in: &builder),
        where: isCompressed,
        in: &builder
      )
    }
    return builder.standardization(builder.apply(.logarithm, heard), axes: [1, 2, 3])
  }

  /// Patches that begin elsewhere, at another speed, in a room.
  private func movedPatch(
    _ x: NodeID,
    _ each: Shape,
    frames: Int,
    margin: Int,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let bands = builder.shape(of: x)[3]
    var patch = x
    if augmentation.reverberant > 0 {
      let isIndoors = chosen(each, part: augmentation.reverberant, in: &builder)
      let energy = builder.apply(.exponential, x)
      let reverberant = builder.apply(.logarithm, inRoom(energy, each, in: &builder))
      patch = either(x, reverberant, where: isIndoors, in: &builder)
    }
    // Half of the copies are at the speed of the original. The pitch goes with the speed.
    let isOff = chosen(each, part: 0.5, in: &builder)
    let most = log(1 + augmentation.speed)
    let draw = uniform(each, from: -most, to: most, in: &builder)
    let logarithm = builder.product(isOff, draw)
    let middle = Float(frames - 1) / 2
    let rows = builder.fixed(
      "frames",
      [1, 1, frames, 1],
      (0..<frames).map { Float($0) - middle }
    )
    let steps = MelSpectrogram.bandsPerNeper(bands: bands)
    let columns = builder.fixed("bands", [1, 1, 1, bands], (0..<bands).map(Float.init))
    let slopes = builder.fixed("slopes", [1, 1, 1, bands], steps)
    let shift = wholeNumber(each, most: margin, in: &builder)
    let places = builder.sum(
      builder.product(rows, builder.apply(.exponential, logarithm)),
      builder.affine(shift, offset: Float(margin) + middle)
    )
    let pitches = builder.difference(columns, builder.product(slopes, logarithm))
    let whole: Shape = [each[0], 1, frames, bands]
    return builder.sampled(
      patch,
      rows: builder.broadcast(places, to: whole),
      columns: builder.broadcast(pitches, to: whole)
    )
  }

  /// Noise with a smooth spectrum whose energy fluctuates from frame to frame and band to band; half of
  /// it has the pace of syllables.
  private func noise(_ shape: Shape, in builder: inout GraphBuilder) -> NodeID {
    let (batch, frames, bands) = (shape[0], shape[2], shape[3])
    let spectrum = smooth(batch, bands: bands, deviation: 1, in: &builder)
    let isPaced = chosen([batch, 1], part: 0.5, in: &builder)
    let weights = builder.affine(builder.random(.normal, [batch, 6]), scale: 0.4)
    let waves = builder.fixed("waves", [frames, 6], Self.waves(frames: frames))
    let pace = builder.dense(builder.product(weights, isPaced), waves)
    let level = builder.sum(spectrum, builder.reshape(pace, [batch, 1, frames, 1]))
    let flutter = builder.affine(builder.random(.normal, shape), scale: 0.4)
    return builder.apply(.exponential, builder.sum(level, flutter))
  }

  /// Energies with the echoes of a room that take from 0.2 to 1 s to fall by 60 dB.
  ///
  /// Sixteen frames of the past are heard, each fainter than the next by the same factor.
  private func inRoom(
    _ energy: NodeID,
    _ each: Shape,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let frames = builder.shape(of: energy)[2]
    // A frame is 1 / 32 s, and 60 dB a factor of e^-13.8.
    let seconds = uniform(each, from: 0.2, to: 1, in: &builder)
    let reciprocal = builder.apply(.reciprocal, seconds)
    var factor = builder.apply(.exponential, builder.affine(reciprocal, scale: -13.8 / 32))
    let rest = builder.affine(factor, scale: -1, offset: 1)
    var echoes = energy
    for distance in [1, 2, 4, 8] where distance < frames {
      let past = builder.slice(echoes, axis: 2, 0..<frames - distance)
      let later = builder.padding(past, axis: 2, before: distance, after: 0)
      echoes = builder.sum(echoes, builder.product(factor, later))
      factor = builder.apply(.square, factor)
    }
    let share = uniform(each, from: 0.2, to: 0.9, in: &builder)
    return either(energy, builder.product(echoes, rest), where: share, in: &builder)
  }

  /// What is left of energies in MP3 files: without what is far below the loudest band of its frame and,
  /// often, without the highest bands, and the rest as coarsely as hearing resolves it.
  ///
  /// Reference: Painter, Spanias, 2000, "Perceptual coding of digital audio", doi:10.1109/5.842996, section
  /// II (masking) and section VIII (MPEG audio).
  private func compressed(
    _ energy: NodeID,
    _ each: Shape,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let shape = builder.shape(of: energy)
    let loudest = builder.reduce(.maximum, energy, axes: [3], keepsDimensions: true)
    let decibels = uniform(each, from: -55, to: -25, in: &builder)
    let ratio = builder.apply(.exponential, builder.affine(decibels, scale: log(10) / 10))
    let isHeard = builder.apply(.greater, energy, builder.product(ratio, loudest))
    let columns = builder.fixed(
      "columns",
      [1, 1, 1, shape[3]],
      (0..<shape[3]).map { Float($0) / Float(shape[3]) }
    )
    let highest = uniform(each, from: 0.6, to: 1.4, in: &builder)
    let isLow = builder.apply(.greater, highest, columns)
    let kept = builder.product(builder.product(isHeard, isLow), energy)
    let roughness = builder.affine(builder.random(.normal, shape), scale: 0.2)
    let rough = builder.product(kept, builder.apply(.exponential, roughness))
    return builder.affine(rough, offset: MelSpectrogram.floor)
  }

  /// A random smooth curve over the bands for each item, `[batch, 1, 1, bands]`, in nepers.
  private func smooth(
    _ batch: Int,
    bands: Int,
    deviation: Float,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let curves = builder.scoped("spectrum\(deviation)") {
      $0.fixed("curves", [bands, 3], Self.curves(bands: bands))
    }
    let weights = builder.affine(builder.random(.normal, [batch, 3]), scale: deviation)
    return builder.reshape(builder.dense(weights, curves), [batch, 1, 1, bands])
  }

  /// Energies brought to a random level below a mean, between two ratios in dB.
  private func scaled(
    _ energy: NodeID,
    to mean: NodeID,
    _ each: Shape,
    from least: Float,
    to most: Float,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let own = builder.mean(energy, axes: [1, 2, 3], keepsDimensions: true)
    let decibels = uniform(each, from: -most, to: -least, in: &builder)
    // 10 dB are a factor of 10 in energy.
    let ratio = builder.apply(.exponential, builder.affine(decibels, scale: log(10) / 10))
    let level = builder.quotient(builder.product(ratio, mean), builder.affine(own, offset: 1e-12))
    return builder.product(energy, level)
  }

  /// The first cosines over the bands, `[bands, 3]`.
  private static func curves(bands: Int) -> [Float] {
    (0..<bands).flatMap { band in
      (1...3).map { cosf(.pi * Float($0) * (Float(band) + 0.5) / Float(bands)) }
    }
  }

  /// Waves of two, four and six periods in a patch, `[frames, 6]`.
  private static func waves(frames: Int) -> [Float] {
    (0..<frames).flatMap { frame in
      [2, 4, 6].flatMap { (count: Float) in
        let phase = 2 * .pi * count * Float(frame) / Float(frames)
        return [cosf(phase), sinf(phase)]
      }
    }
  }
}
