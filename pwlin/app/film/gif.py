"""GIF files from scenes, with Pillow: one palette for all frames, so that nothing flickers."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial

import numpy as np
from PIL import Image

from pwlin.app.film.scenes import Scene
from pwlin.base.copies import shared

_COLOURS = 128
_WHITE = 247
_LAST = 2000  # milliseconds that the last frame stays


def gif_bytes(scene: Scene, fps: float, advance: Callable[[int], object]) -> bytes:
    """The frames of a scene as the content of a GIF file that repeats for ever.

    Parameters
    ----------
    scene : Scene
    fps : float
        Frames per second; GIF counts hundredths of a second.
    advance : function
        Called with 1 for each frame.
    """
    count = len(scene.film.frames)
    palette = _palette([_image(scene, i) for i in sorted({0, count // 4, count // 2, count - 1})])
    frames = []
    with shared([partial(_quantized, scene, palette, i) for i in range(count)]) as contents:
        for content in contents:
            frames.append(Image.frombytes("P", scene.size, content))
            frames[-1].putpalette(palette.getpalette() or [])
            advance(1)
    step = max(round(100 / fps), 2) * 10
    stream = io.BytesIO()
    frames[0].save(
        stream,
        format="GIF",
        save_all=True,
        append_images=frames[1:],
        duration=[step] * (count - 1) + [_LAST],
        loop=0,
        optimize=False,
    )
    return stream.getvalue()


def _quantized(scene: Scene, palette: Image.Image, index: int) -> bytes:
    return _image(scene, index).quantize(palette=palette, dither=Image.Dither.NONE).tobytes()


def _image(scene: Scene, index: int) -> Image.Image:
    canvas = scene.show(index)
    return Image.frombuffer("RGBA", canvas.get_width_height(), bytes(canvas.buffer_rgba())).convert("RGB")


def _palette(images: list[Image.Image]) -> Image.Image:
    """A palette for pictures of which these are typical."""
    width, height = images[0].size
    together = Image.new("RGB", (width, height * len(images)))
    for k, image in enumerate(images):
        together.paste(image, (0, k * height))
    palette = together.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    colours = np.array(palette.getpalette(), dtype=np.uint8).reshape(-1, 3)
    colours[(colours >= _WHITE).all(axis=1)] = 255  # the mean of white and of what is nearly white is grey
    palette.putpalette(colours.tobytes(), "RGB")
    return palette
