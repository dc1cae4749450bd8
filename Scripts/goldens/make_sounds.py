"""Makes the small sounds that the tests read, and what they hold: Tests/TestSupport/Goldens/Sounds/.

Made with Python 3.11.7, NumPy 2.4.6, SciPy 1.17.1 and soundfile 0.14.0 (libsndfile 1.2.2). The mel
spectrogram is computed here in double precision, and compared with librosa where that is installed.
Run it from the root of the repository:

    python3 Scripts/goldens/make_sounds.py
"""

import json
from math import gcd
from pathlib import Path

import numpy
import scipy.fft
import scipy.signal
import soundfile

FOLDER = Path("Tests/TestSupport/Goldens/Sounds")
EXPECTED = {}


def melody(rate, seconds, channels=1):
    """Gliding tones with overtones, noise, and silence at the end."""
    time = numpy.arange(int(rate * seconds)) / rate
    generator = numpy.random.default_rng(5)
    result = []
    for channel in range(channels):
        phase = 2 * numpy.pi * (220 * (channel + 1) * time + 600 * time**2)
        tone = 0.4 * numpy.sin(phase) + 0.2 * numpy.sin(3 * phase) + 0.1 * numpy.sin(7 * phase)
        tone += 0.02 * generator.standard_normal(len(time))
        tone[int(0.9 * len(time)) :] = 0
        result.append(0.9 * tone)
    return numpy.stack(result, 1)


def files():
    for name, rate, channels, subtype in [
        ("mono16.wav", 8000, 1, "PCM_16"),
        ("stereo24.wav", 44100, 2, "PCM_24"),
        ("bytes.wav", 8000, 1, "PCM_U8"),
        ("float.wav", 8000, 1, "FLOAT"),
        ("stereo16.flac", 22050, 2, "PCM_16"),
        ("mono.ogg", 16000, 1, "VORBIS"),
        ("mono.mp3", 16000, 1, "MPEG_LAYER_III"),
        ("mono.aiff", 8000, 1, "PCM_16"),
    ]:
        samples = melody(rate, 0.1, channels)
        soundfile.write(FOLDER / name, samples, rate, subtype=subtype)
        read, found = soundfile.read(FOLDER / name, dtype="float32", always_2d=True)
        assert found == rate
        EXPECTED[name] = {
            "rate": rate,
            "count": len(read),
            "channels": [[round(float(v), 7) for v in channel] for channel in read.T[:, :400]],
        }


def response(u):
    """The formula of `Resampler`; u counts zeros of the sinc."""
    zeros, beta = 48, 9
    inside = numpy.clip(1 - (u / zeros) ** 2, 0, None)
    window = numpy.i0(beta * numpy.sqrt(inside)) / numpy.i0(beta)
    return numpy.where(abs(u) < zeros, numpy.sinc(u) * window, 0)


def resampled(samples, rate, target):
    divisor = gcd(rate, target)
    up, down = target // divisor, rate // divisor
    scale = 0.94 * min(1, up / down)
    result = []
    for index in range(-(-len(samples) * up // down)):
        center = index * down / up
        half = int(numpy.ceil(48 / scale)) + 1
        places = numpy.arange(int(center) - half, int(center) + half + 1)
        weights = response((places - center) * scale)
        weights /= weights.sum()
        inside = (places >= 0) & (places < len(samples))
        result.append(numpy.dot(weights[inside], samples[places[inside]]))
    result = numpy.array(result)
    # The same filter by SciPy, whose weights are not scaled to add up to 1 for each sample.
    half = int(numpy.ceil(48 / scale * up))
    taps = scale / up * response(numpy.arange(-half, half + 1) * scale / up)
    other = scipy.signal.resample_poly(samples, up, down, window=taps)
    assert abs(other - result).max() < 1e-4, abs(other - result).max()
    return result


def mel(hertz):
    hertz = numpy.asarray(hertz, float)
    above = 15 + 27 * numpy.log(numpy.maximum(hertz, 1) / 1000) / numpy.log(6.4)
    return numpy.where(hertz < 1000, hertz * 3 / 200, above)


def hertz(mel):
    above = 1000 * numpy.exp((mel - 15) * numpy.log(6.4) / 27)
    return numpy.where(mel < 15, mel * 200 / 3, above)


def log_mel(samples, rate=16000, window=1024, hop=320, bands=64, lowest=40, highest=8000):
    padded = numpy.pad(samples, window // 2)
    shape = scipy.signal.get_window("hann", window, fftbins=True)
    frames = [padded[t * hop : t * hop + window] * shape for t in range(1 + len(samples) // hop)]
    powers = abs(scipy.fft.rfft(numpy.array(frames), axis=1)) ** 2
    corners = hertz(numpy.linspace(mel(lowest), mel(highest), bands + 2))
    bins = numpy.arange(window // 2 + 1) * rate / window
    rising = (bins[:, None] - corners[:-2]) / (corners[1:-1] - corners[:-2])
    falling = (corners[2:] - bins[:, None]) / (corners[2:] - corners[1:-1])
    filters = numpy.clip(numpy.minimum(rising, falling), 0, None) * 2 / (corners[2:] - corners[:-2])
    energies = powers @ filters
    try:
        import librosa

        other = librosa.feature.melspectrogram(
            y=samples, sr=rate, n_fft=window, hop_length=hop, n_mels=bands, fmin=lowest, fmax=highest
        ).T
        difference = abs(other - energies).max() / energies.max()
        assert difference < 1e-5, difference
        print(f"librosa {librosa.__version__} agrees within {difference:.1e} of the largest energy")
    except ImportError:
        print("librosa is not installed; no comparison with it")
    return numpy.log(energies + 1e-6)


def signals():
    samples = melody(16000, 0.4)[:, 0]
    soundfile.write(FOLDER / "melody.wav", samples, 16000, subtype="PCM_16")
    samples, _ = soundfile.read(FOLDER / "melody.wav")
    for rate in (8000, 11025, 44100):
        values = resampled(samples, 16000, rate)
        EXPECTED[f"resampled {rate}"] = {
            "count": len(values),
            "values": [round(float(v), 7) for v in values[:500]],
        }
    frames = log_mel(samples)
    EXPECTED["mel"] = {
        "shape": frames.shape,
        "values": [round(float(v), 5) for v in frames.reshape(-1)],
    }


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    files()
    signals()
    text = json.dumps(EXPECTED, separators=(",", ":")).replace('},"', '},\n"')
    (FOLDER / "expected.json").write_text(text + "\n")
