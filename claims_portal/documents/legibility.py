"""Cheap signs that a reader will struggle with a picture. They advise, they never refuse (row D100).

Everything is measured on a grey copy of at most 1,000 pixels a side, so that the cost and the
thresholds do not depend on the camera. The thresholds were set on pages of text, sharp and
blurred, clean and noisy: they stay silent when in doubt.
"""

from __future__ import annotations

from PIL import Image, ImageFilter, ImageStat

SIDE = 1000
# A page or a card shorter than this on its long side cannot be enlarged to read small print.
SMALL_SIDE = 800
DARK_MEAN = 50
# Black on white spans about 200 levels, the noise of a blank sheet about 30.
BLANK_SPAN = 48
# Below this spread there is too little on the page (a signature) to judge its sharpness.
SPARSE_DEVIATION = 5.0
BLURRED_VARIANCE = 30.0

_LAPLACIAN = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)


def advice_for(image: Image.Image) -> tuple[str, ...]:
    """What to tell the person about an upright picture: codes, worded in `messages.py`."""
    found = ["low_resolution"] if max(image.size) < SMALL_SIDE else []
    grey = _small_grey(image)
    whole = ImageStat.Stat(grey)
    if whole.mean[0] < DARK_MEAN:
        found.append("dark")
    elif _span(_without_margins(grey)) < BLANK_SPAN:
        found.append("blank")
    elif whole.stddev[0] >= SPARSE_DEVIATION and _sharpness(grey) < BLURRED_VARIANCE:
        found.append("blurred")
    return tuple(found)


def _small_grey(image: Image.Image) -> Image.Image:
    factor = -(-max(image.size) // SIDE)
    if image.mode in ("1", "P", "PA"):
        image = image.convert("L")
    return (image.reduce(factor) if factor > 1 else image).convert("L")


def _without_margins(grey: Image.Image) -> Image.Image:
    """Scanners leave shadows along the edges of an empty sheet."""
    width, height = grey.size
    return grey.crop((width // 20, height // 20, width - width // 20, height - height // 20))


def _span(grey: Image.Image) -> float:
    low, high = ImageStat.Stat(grey).extrema[0]
    return high - low


def _sharpness(grey: Image.Image) -> float:
    """The variance of the Laplacian: how much neighbouring pixels differ."""
    width, height = grey.size
    if width < 3 or height < 3:
        return BLURRED_VARIANCE
    # The filter copies the outermost pixels as they are: they would count as edges.
    edges = grey.filter(_LAPLACIAN).crop((1, 1, width - 1, height - 1))
    return float(ImageStat.Stat(edges).var[0])
