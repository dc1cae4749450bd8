#!/usr/bin/env python3
"""Measures `hourglass match` on real images and songs.

    Scripts/measure_matching.py PROGRAM DATA [images-1000] [images-20000] [songs]

PROGRAM is the built executable. DATA holds fashion-mnist/train-images-idx3-ubyte.gz and songs/*.ogg. Without
names all three cards are measured:

  images-1000   1,000 images, each asked for by a copy with Gaussian noise of 0.1
  images-20000  20,000 images, 1,000 of them asked for by a copy with Gaussian noise of 0.25, shifted by (1, 1)
  songs         every song asked for by a query clip of 1, 2 and 5 seconds cut at random, clean and with
                white noise at 5 dB; offsets count as right within 0.25 s

Prints one line of JSON for each. Needs numpy; songs need soundfile too.
"""

import gzip
import json
import os
import struct
import subprocess
import sys
import tempfile
import time

try:
    import numpy as np
except ImportError:
    sys.exit("measure_matching.py: numpy is missing; install it (python3 -m pip install numpy)")


def run(*arguments):
    """The JSON that a command of the program prints."""
    done = subprocess.run(
        [str(word) for word in arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))} ended with {done.returncode}: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


def write_idx(path, images):
    with open(path, "wb") as file:
        file.write(struct.pack(">BBBBIII", 0, 0, 8, 3, *images.shape))
        file.write(np.rint(images * 255).astype(np.uint8).tobytes())


def images_card(program, data, folder, count, noise, shift, seed):
    path = os.path.join(data, "fashion-mnist", "train-images-idx3-ubyte.gz")
    if not os.path.exists(path):
        return {"skipped": f"{path} is missing"}
    with gzip.open(path) as file:
        head = struct.unpack(">IIII", file.read(16))
        pixels = np.frombuffer(file.read(count * head[2] * head[3]), np.uint8)
    images = pixels.reshape(count, head[2], head[3]).astype(np.float32) / 255
    stored = os.path.join(folder, "stored.idx")
    write_idx(stored, images)
    random = np.random.default_rng(seed)
    chosen = random.permutation(count)[:1000]
    asked = images[chosen]
    if shift:
        moved = np.zeros_like(asked)
        moved[:, shift:, shift:] = asked[:, :-shift, :-shift]
        asked = moved
    asked = np.clip(asked + random.normal(0, noise, asked.shape), 0, 1)
    query = os.path.join(folder, "asked.idx")
    write_idx(query, asked)
    database = os.path.join(folder, "images.db")
    start = time.monotonic()
    added = run(program, "match", "add", stored, "--database", database, "--threads", 2, "--json")
    middle = time.monotonic()
    found = run(program, "match", "find", query, "--database", database, "--count", 1, "--threads", 2, "--json")
    right = [
        answer["matches"][0]["name"] == f"stored.idx:{number + 1}"
        for answer, number in zip(found["answers"], chosen)
    ]
    return {
        "items": count,
        "queries": len(right),
        "dimensions": added["dimensions"],
        "recall@1": float(np.mean(right)),
        "pixels": nearest(images, asked, chosen),
        "evaluation": added["evaluation"],
        "add seconds": round(middle - start, 1),
        "find seconds": round(time.monotonic() - middle, 1),
    }


def nearest(images, asked, chosen):
    """Recall@1 of the raw pixels."""
    rows = images.reshape(len(images), -1)
    squares = (rows**2).sum(1)
    right = 0
    for query, number in zip(asked.reshape(len(asked), -1).astype(np.float32), chosen):
        right += int(np.argmin(squares - 2 * rows @ query) == number)
    return right / len(chosen)


def songs_card(program, data, folder, seed):
    songs = os.path.join(data, "songs")
    if not os.path.isdir(songs):
        return {"skipped": f"{songs} is missing"}
    try:
        import soundfile
    except ImportError:
        return {"skipped": "the Python package soundfile is missing; install it with pip"}
    database = os.path.join(folder, "songs.db")
    start = time.monotonic()
    added = run(program, "match", "add", songs, "--database", database, "--threads", 2, "--json")
    result = {
        "songs": added["items"],
        "dimensions": added["dimensions"],
        "evaluation": added["evaluation"],
        "add seconds": round(time.monotonic() - start, 1),
    }
    random = np.random.default_rng(seed)
    names = sorted(name for name in os.listdir(songs) if name.endswith(".ogg"))
    for noisy in [False, True]:
        for seconds in [1, 2, 5]:
            asked = os.path.join(folder, f"asked-{seconds}-{noisy}")
            os.mkdir(asked)
            begins = {}
            for name in names:
                samples, rate = soundfile.read(os.path.join(songs, name), always_2d=True)
                samples = samples.mean(1)
                first = int(random.integers(0, len(samples) - seconds * rate))
                part = samples[first : first + seconds * rate]
                if noisy:
                    level = np.sqrt((part**2).mean()) * 10 ** (-5 / 20)
                    part = part + random.normal(0, max(level, 1e-6), part.shape)
                part = part / max(1.0, np.abs(part).max())
                name = name[:-4] + ".wav"
                begins[name] = first / rate
                soundfile.write(os.path.join(asked, name), part, rate)
            found = run(
                program, "match", "find", asked, "--database", database, "--count", 1, "--threads", 2,
                "--false-accepts", 0.01, "--json",
            )
            right, placed, accepted = 0, 0, 0
            for answer in found["answers"]:
                match = answer["matches"][0]
                is_right = match["name"][:-4] == answer["query"][:-4]
                right += is_right
                placed += is_right and abs(match["offset"] - begins[answer["query"]]) <= 0.25
                accepted += bool(answer["isInDatabase"])
            total = len(found["answers"])
            key = f"{seconds} s, {'white noise at 5 dB' if noisy else 'clean'}"
            result[key] = {"top-1": right / total, "and offset": placed / total, "accepted": accepted / total}
    return result


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    program, data = os.path.abspath(sys.argv[1]), sys.argv[2]
    wanted = sys.argv[3:] or ["images-1000", "images-20000", "songs"]
    for card in wanted:
        with tempfile.TemporaryDirectory() as folder:
            if card == "images-1000":
                result = images_card(program, data, folder, 1000, 0.1, 0, 1)
            elif card == "images-20000":
                result = images_card(program, data, folder, 20000, 0.25, 1, 1)
            elif card == "songs":
                result = songs_card(program, data, folder, 1)
            else:
                sys.exit(f"there is no card {card}")
        print(json.dumps({"card": card, **result}), flush=True)


if __name__ == "__main__":
    main()
