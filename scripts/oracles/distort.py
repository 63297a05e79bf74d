"""Distorted images by SciPy: writes test/fixtures/distort.json.

    python3 scripts/oracles/distort.py        (python3-scipy)

For each case: two random images, the key and the place in the batch of the first, the limits, and what
scipy.ndimage.affine_transform (without a warp) or map_coordinates makes of them, by linear interpolation with the nearest pixel
beyond the edge. The words drawn are lowbias32(place ⊕ lowbias32(row ⊕ key)), as src/kernels/distort.ts says.
"""
import json
import pathlib

import numpy as np
from scipy import ndimage

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "fixtures" / "distort.json"
# height, width, channels, whether they come first, shift, rotate, zoom, warp
CASES = [
    (28, 28, 1, False, 2, 0, 0, 0),
    (28, 28, 1, False, 0, 30, 0, 0),
    (28, 28, 1, False, 0, 0, 0.25, 0),
    (28, 28, 1, False, 0, 0, 0, 3),
    (9, 17, 1, False, 1.5, 180, 0.5, 2),
    (8, 5, 3, False, 1, 45, 0.2, 1),
    (6, 8, 2, True, 1, 45, 0.2, 1),
    (1, 6, 1, False, 1, 0, 0, 1),
]
NODE_PIXELS = 7


def mix(word):
    h = word & 0xFFFFFFFF
    h = ((h ^ (h >> 16)) * 0x7FEB352D) & 0xFFFFFFFF
    h = ((h ^ (h >> 15)) * 0x846CA68B) & 0xFFFFFFFF
    return h ^ (h >> 16)


def distort(image, key, row, shift, rotate, zoom, warp):
    """image: (height, width, channels)."""
    row_key = mix(row ^ key)
    draw = lambda place: mix(place ^ row_key) / 2**31 - 1
    height, width, channels = image.shape
    turn = np.deg2rad(rotate * draw(0))
    matrix = np.diag([1 + zoom * draw(1), 1 + zoom * draw(2)]) @ np.array(
        [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
    )
    middle = np.array([height - 1, width - 1]) / 2
    offset = middle + shift * np.array([draw(3), draw(4)]) - matrix @ middle
    if warp == 0:
        planes = [ndimage.affine_transform(image[..., c], matrix, offset, order=1, mode="nearest") for c in range(channels)]
        return np.stack(planes, axis=-1)
    cells = [max(1, int(np.ceil((pixels - 1) / NODE_PIXELS))) for pixels in (height, width)]
    nodes = [cells[0] + 1, cells[1] + 1]
    moves = np.array([warp * draw(5 + i) for i in range(2 * nodes[0] * nodes[1])]).reshape(*nodes, 2)
    pixels = np.mgrid[0:height, 0:width].astype(float)
    on_grid = np.stack([pixels[i] * cells[i] / max(1, (height, width)[i] - 1) for i in (0, 1)])
    places = np.tensordot(matrix, pixels, 1) + offset[:, None, None]
    for i in (0, 1):
        places[i] += ndimage.map_coordinates(moves[..., i], on_grid, order=1, mode="nearest")
    planes = [ndimage.map_coordinates(image[..., c], places, order=1, mode="nearest") for c in range(channels)]
    return np.stack(planes, axis=-1)


def case(random, height, width, channels, first, *limits):
    images = random.integers(0, 256, (2, height, width, channels)) / 256
    key, row = int(random.integers(0, 2**32)), int(random.integers(0, 10_000))
    made = np.stack([distort(image, key, row + i, *limits) for i, image in enumerate(images)])
    axes = (0, 3, 1, 2) if first else (0, 1, 2, 3)
    shape = [channels, height, width] if first else [height, width, channels] if channels > 1 else [height, width]
    flat = lambda x, digits: [round(float(value), digits) for value in x.transpose(axes).ravel()]
    names = ("imageShift", "imageRotate", "imageZoom", "imageWarp")
    return {
        "shape": shape, "limits": dict(zip(names, limits)), "key": key, "row": row,
        "images": flat(images, 8), "distorted": flat(made, 7),
    }


random = np.random.default_rng(7)
OUT.write_text(json.dumps([case(random, *one) for one in CASES]) + "\n")
