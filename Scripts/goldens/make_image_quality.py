#!/usr/bin/env python3
"""Makes Tests/TestSupport/Goldens/image_quality.json with scikit-image and SciPy.

usage: make_image_quality.py [OUTPUT]        (needs numpy, scipy and scikit-image)

Nothing is random. Two images of three planes, 24 wide and 20 high, are given by formulas of the column x, the row y and
the plane c, in double precision and rounded to single:
    truth = 0.5 + 0.3 sin(0.5 x + c) cos(0.3 y) + 0.15 sin(0.9 x y / 20)
    other = truth + 0.1 sin(1.7 x + 2.3 y + c)
The median and the Gaussian filter are those of the first plane of the other image, mirrored at its ends without
repeating them. Colors are CIE L*a*b* under D65.
"""
import json
import pathlib
import sys

import numpy
import skimage
from scipy import ndimage
from skimage.color import rgb2lab
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

DEFAULT = pathlib.Path(__file__).resolve().parents[2] / "Tests/TestSupport/Goldens/image_quality.json"
COLORS = [[0, 0, 0], [1, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0.5, 0.5], [0.02, 0.01, 0.03], [0.8, 0.6, 0.2]]


def images():
    y, x = numpy.mgrid[0:20, 0:24].astype(float)
    planes = range(3)
    truth = numpy.stack(
        [0.5 + 0.3 * numpy.sin(0.5 * x + c) * numpy.cos(0.3 * y) + 0.15 * numpy.sin(0.9 * x * y / 20) for c in planes]
    )
    other = numpy.stack([truth[c] + 0.1 * numpy.sin(1.7 * x + 2.3 * y + c) for c in planes])
    return truth.astype(numpy.float32).astype(float), other.astype(numpy.float32).astype(float)


def colorfulness(rgb):
    r, g, b = (255 * plane for plane in rgb)
    first, second = r - g, 0.5 * (r + g) - b
    spread = numpy.hypot(first.std(), second.std())
    return float(spread + 0.3 * numpy.hypot(first.mean(), second.mean()))


def main():
    truth, other = images()
    similarity = numpy.mean(
        [
            structural_similarity(
                truth[c], other[c], gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=1
            )
            for c in range(3)
        ]
    )
    goldens = {
        "versions": {"numpy": numpy.__version__, "scikit-image": skimage.__version__},
        "ratio": float(peak_signal_noise_ratio(truth, other, data_range=1)),
        "similarity": float(similarity),
        "colorfulness": colorfulness(other),
        "median": ndimage.median_filter(other[0], 3, mode="mirror").ravel().tolist(),
        "gaussian": ndimage.gaussian_filter(other[0], 0.9, mode="mirror", radius=3).ravel().tolist(),
        "colors": COLORS,
        "lab": rgb2lab(numpy.array([COLORS])).reshape(-1, 3).tolist(),
    }
    output = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    output.write_text(json.dumps(goldens, indent=1) + "\n")


if __name__ == "__main__":
    main()
