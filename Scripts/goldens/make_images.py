"""Makes the small images that the tests read, and what they hold: Tests/TestSupport/Goldens/Images/.

Made with Python 3.11.7, NumPy 2.4.6 and Pillow 13.0.0. The PNG files are put together here byte by byte
and compared with what Pillow reads. Run it from the root of the repository:

    python3 Scripts/goldens/make_images.py
"""

import json
import struct
import zlib
from pathlib import Path

import numpy
from PIL import Image, ImageCms, ImageOps

FOLDER = Path("Tests/TestSupport/Goldens/Images")
WIDTH, HEIGHT = 13, 9
# Adam7: the first column and row of each pass, and its steps.
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
EXPECTED = {}


def scene(width, height, channels, depth):
    """Slopes, waves and an edge, another one in each channel."""
    y, x = numpy.mgrid[0:height, 0:width].astype(float)
    planes = []
    for channel in range(channels):
        wave = numpy.sin(x * (0.5 + 0.2 * channel)) * numpy.cos(y * (0.4 + 0.1 * channel))
        plane = 0.5 + 0.25 * wave + 0.2 * (x - y) / (width + height)
        plane[(x + channel > width * 0.6) & (y > height / 2)] *= 0.4
        planes.append(plane)
    return numpy.round(numpy.clip(numpy.stack(planes, 2), 0, 1) * (2**depth - 1)).astype(int)


def expect(name, samples, depth=8):
    height, width, channels = samples.shape
    EXPECTED[name] = {
        "width": width,
        "height": height,
        "channels": channels,
        "depth": depth,
        "samples": samples.reshape(-1).tolist(),
    }


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed(samples, bits):
    """Rows of samples as PNG packs them, each after the number of its filter (none)."""
    rows = b""
    for row in samples.reshape(samples.shape[0], -1):
        if bits == 16:
            rows += b"\0" + row.astype(">u2").tobytes()
        else:
            text = "".join(f"{value:0{bits}b}" for value in row)
            text += "0" * (-len(text) % 8)
            rows += b"\0" + bytes(int(text[i : i + 8], 2) for i in range(0, len(text), 8))
    return rows


def png(samples, bits, kind, interlaced=False, extra=b""):
    height, width = samples.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, int(interlaced))
    if interlaced:
        rows = b""
        for x, y, step_x, step_y in PASSES:
            part = samples[y::step_y, x::step_x]
            if part.size:
                rows += packed(part, bits)
    else:
        rows = packed(samples, bits)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra
        + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
    )


def write(name, data):
    (FOLDER / name).write_bytes(data)


def png_files():
    kinds = {1: 0, 2: 4, 3: 2, 4: 6}
    for name, channels in {"gray": 1, "gray-alpha": 2, "rgb": 3, "rgba": 4}.items():
        for depth in (8, 16):
            samples = scene(WIDTH, HEIGHT, channels, depth)
            write(f"{name}{depth}.png", png(samples, depth, kinds[channels]))
            expect(f"{name}{depth}.png", samples, depth)
    for bits in (1, 2, 4):
        samples = scene(WIDTH, HEIGHT, 1, bits)
        write(f"gray{bits}.png", png(samples, bits, 0))
        expect(f"gray{bits}.png", samples * 255 // (2**bits - 1))
        palette = numpy.array([[(40 * i + 60 * c) % 256 for c in range(3)] for i in range(2**bits)])
        extra = chunk(b"PLTE", palette.astype("u1").tobytes())
        write(f"palette{bits}.png", png(samples, bits, 3, extra=extra))
        expect(f"palette{bits}.png", palette[samples[:, :, 0]])
    palette = numpy.array([[i, 255 - i, 2 * i % 256] for i in range(256)])
    alpha = numpy.full(256, 255)
    alpha[:100] = numpy.arange(100)
    samples = scene(WIDTH, HEIGHT, 1, 8)
    extra = chunk(b"PLTE", palette.astype("u1").tobytes()) + chunk(b"tRNS", bytes(range(100)))
    write("palette-alpha.png", png(samples, 8, 3, extra=extra))
    expect("palette-alpha.png", numpy.concatenate([palette, alpha[:, None]], 1)[samples[:, :, 0]])
    for name, channels, depth in [("rgb8", 3, 8), ("rgba16", 4, 16)]:
        samples = scene(WIDTH, HEIGHT, channels, depth)
        write(f"{name}-interlaced.png", png(samples, depth, kinds[channels], interlaced=True))
        expect(f"{name}-interlaced.png", samples, depth)
    samples = scene(WIDTH, HEIGHT, 1, 1)
    write("gray1-interlaced.png", png(samples, 1, 0, interlaced=True))
    expect("gray1-interlaced.png", samples * 255)


def check_with_pillow():
    for name, expected in EXPECTED.items():
        if not name.endswith(".png") or expected["depth"] == 16:
            continue
        mode = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[expected["channels"]]
        read = numpy.array(Image.open(FOLDER / name).convert(mode)).reshape(-1).tolist()
        assert read == expected["samples"], name


def jpeg_files():
    colors = Image.fromarray(scene(40, 24, 3, 8).astype("u1"))
    gray = Image.fromarray(scene(40, 24, 1, 8)[:, :, 0].astype("u1"))
    inks = Image.fromarray(scene(40, 24, 4, 8).astype("u1"), "CMYK")
    for name, image, options in [
        ("gray.jpg", gray, {"quality": 90}),
        ("rgb420.jpg", colors, {"quality": 85, "subsampling": 2}),
        ("rgb444.jpg", colors, {"quality": 95, "subsampling": 0}),
        ("progressive.jpg", colors, {"quality": 85, "progressive": True}),
        ("cmyk.jpg", inks, {"quality": 95}),
    ]:
        image.save(FOLDER / name, **options)
        read = numpy.array(Image.open(FOLDER / name).convert("L" if image is gray else "RGB"))
        expect(name, read.reshape(24, 40, -1))
    # Without the marker of Adobe, a file holds the inks and not the light that they leave, for which
    # Pillow takes them in any case.
    data = (FOLDER / "cmyk.jpg").read_bytes()
    marker = data.index(b"\xff\xee\x00\x0eAdobe")
    write("cmyk-plain.jpg", data[:marker] + data[marker + 16 :])
    stored = 255 - numpy.array(Image.open(FOLDER / "cmyk-plain.jpg"))
    expect("cmyk-plain.jpg", numpy.array(Image.fromarray(stored, "CMYK").convert("RGB")))
    small = Image.fromarray(scene(12, 7, 3, 8).astype("u1"))
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[274] = orientation
        exif[271] = "a maker of cameras"
        name = f"turned{orientation}.jpg"
        small.save(FOLDER / name, quality=95, subsampling=0, exif=exif)
        read = ImageOps.exif_transpose(Image.open(FOLDER / name))
        expect(name, numpy.array(read))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # The time of making, in place of which stands the first day of 2000.
    profile = profile[:24] + struct.pack(">6H", 2000, 1, 1, 0, 0, 0) + profile[36:]
    write("srgb.icc", profile)
    for name in ("profile.png", "profile.jpg"):
        colors.save(FOLDER / name, icc_profile=profile, quality=90)
        expect(name, numpy.array(Image.open(FOLDER / name)))


def area(samples, size):
    """The average over the area of each new pixel, along the first axis."""
    result = []
    scale = len(samples) / size
    for index in range(size):
        low, high = index * scale, (index + 1) * scale
        covered = [max(0, min(high, j + 1) - max(low, j)) for j in range(len(samples))]
        result.append(numpy.tensordot(covered, samples, 1) / scale)
    return numpy.array(result)


def resizing():
    """Resized by Pillow in floating point, from samples from 0 to 1, cut off to that range."""
    expect("resizing source", scene(24, 18, 1, 8))
    source = scene(24, 18, 1, 8)[:, :, 0] / 255
    image = Image.fromarray(source.astype("f4"))
    cases = []
    for (width, height), filter in [
        ((8, 6), Image.Resampling.BOX),
        ((50, 41), Image.Resampling.BICUBIC),
        ((24, 31), Image.Resampling.BICUBIC),
    ]:
        values = numpy.array(image.resize((width, height), filter))
        cases.append((width, height, numpy.clip(values, 0, 1)))
    cases.append((7, 11, area(area(source, 11).T, 7).T))
    EXPECTED["resized"] = [
        {"width": w, "height": h, "values": [round(float(v), 6) for v in values.reshape(-1)]}
        for w, h, values in cases
    ]
    colors = scene(WIDTH, HEIGHT, 3, 8).astype("u1")
    EXPECTED["luma"] = numpy.array(Image.fromarray(colors).convert("L")).reshape(-1).tolist()


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    png_files()
    check_with_pillow()
    jpeg_files()
    resizing()
    text = json.dumps(EXPECTED, separators=(",", ":")).replace('},"', '},\n"')
    (FOLDER / "expected.json").write_text(text + "\n")
