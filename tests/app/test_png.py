"""PNG files of drawings: every pixel comes back, whichever way rows are written."""

import io

import numpy as np
import pytest
from PIL import Image

from pwlin.app.reporting.png import png

FLAT = np.full((40, 50, 3), 255, dtype=np.uint8)
NOISE = np.random.default_rng(0).integers(0, 256, (23, 17, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    "pixels",
    [FLAT, NOISE, NOISE[:1], NOISE[:, :1], np.repeat(NOISE[:1], 30, axis=0), np.repeat(NOISE[:, :1], 30, axis=1)],
)
def test_every_pixel_comes_back(pixels):
    made = png(np.dstack([pixels, pixels[..., 0]])[..., :3], 160)  # as three of the four channels of a canvas
    with Image.open(io.BytesIO(made)) as image:
        assert image.mode == "RGB" and image.info["dpi"] == pytest.approx((160, 160), abs=0.02)
        assert np.array_equal(np.asarray(image), pixels)


def test_drawings_take_little_room():
    drawing = FLAT.copy()
    drawing[10:30, ::5] = NOISE[0, 0]
    assert len(png(drawing, 160)) < 300
