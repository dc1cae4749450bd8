"""Makes the spectra that the tests compare with: Tests/TestSupport/Goldens/Spectra/expected.json.

Made with Python 3.11.7, NumPy 2.4.6, SciPy 1.17.1, librosa 0.11.0 and soundfile 0.14.0. It reads the
melody that make_sounds.py makes. Run it from the root of the repository:

    python3 Scripts/goldens/make_spectra.py
"""

import json
from pathlib import Path

import librosa
import numpy
import scipy.signal
import soundfile

MELODY = Path("Tests/TestSupport/Goldens/Sounds/melody.wav")
TARGET = Path("Tests/TestSupport/Goldens/Spectra/expected.json")


def rounded(values):
    return [float(f"{v:.7g}") for v in numpy.asarray(values, float).reshape(-1)]


def transform(samples, window, hop):
    """Five frames by SciPy, compared with librosa."""
    shape = scipy.signal.get_window("hann", window, fftbins=True)
    scipys = scipy.signal.ShortTimeFFT(shape, hop, fs=1, fft_mode="onesided")
    # SciPy counts phases from the middle of a frame unless it is told where its first sample is.
    scipys.phase_shift = None
    frames = scipys.stft(samples, p0=0, p1=1 + len(samples) // hop).T
    other = librosa.stft(samples, n_fft=window, hop_length=hop, window="hann", pad_mode="constant").T
    assert abs(other - frames).max() < 1e-4, abs(other - frames).max()
    chosen = [0, 1, 7, 20, len(frames) - 2]
    return {
        "frames": chosen,
        "real": rounded(frames[chosen].real),
        "imaginary": rounded(frames[chosen].imag),
    }


def inconsistency(magnitudes, samples, window, hop):
    found = abs(librosa.stft(samples, n_fft=window, hop_length=hop, pad_mode="constant"))
    frames = min(found.shape[1], magnitudes.shape[1])
    rest = found[:, :frames] - magnitudes[:, :frames]
    return float(numpy.linalg.norm(rest) / numpy.linalg.norm(magnitudes[:, :frames]))


def griffin_lim(samples, window, hop, turns):
    """How far the magnitudes of what librosa finds are from the given ones, over eight seeds."""
    magnitudes = abs(librosa.stft(samples, n_fft=window, hop_length=hop, pad_mode="constant"))
    found = {}
    for name, momentum in [("plain", 0.0), ("fast", 0.99)]:
        distances = []
        for seed in range(8):
            result = librosa.griffinlim(
                magnitudes, n_iter=turns, hop_length=hop, n_fft=window, momentum=momentum,
                random_state=seed, pad_mode="constant", length=len(samples),
            )
            distances.append(inconsistency(magnitudes, result, window, hop))
        found[name] = sum(distances) / len(distances)
    return {"turns": turns, **found}


def mel_inverse(samples):
    """The powers of the pseudo-inverse and the energies of librosa's non-negative least squares."""
    filters = librosa.filters.mel(sr=16000, n_fft=1024, n_mels=64, fmin=40, fmax=8000, dtype=float)
    powers = abs(librosa.stft(samples, n_fft=1024, hop_length=320, pad_mode="constant")) ** 2
    energies = filters @ powers[:, [5]]
    pseudo = numpy.maximum(numpy.linalg.pinv(filters) @ energies, 0)
    best = librosa.util.nnls(filters, energies)
    error = numpy.linalg.norm(filters @ best - energies) / numpy.linalg.norm(energies)
    return {"energies": rounded(energies), "powers": rounded(pseudo), "error": float(error)}


if __name__ == "__main__":
    samples, rate = soundfile.read(MELODY)
    expected = {
        "transform": transform(samples, 512, 128),
        "griffin-lim": griffin_lim(samples, 512, 128, 32),
        "mel inverse": mel_inverse(samples),
    }
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(expected, separators=(",", ":")).replace('},"', '},\n"') + "\n")
