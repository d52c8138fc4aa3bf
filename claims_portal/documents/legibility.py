"""Cheap signs that a reader will struggle with a picture. They advise, they never refuse (row D100).

Everything is measured on a grey copy of at most 1,000 pixels a side, so that the cost and the
thresholds do not depend on the camera. The thresholds were set on pages of text, sharp and
blurred, clean and noisy: they stay silent when in doubt.
"""

from __future__ import annotations

from PIL import Image, ImageChops, ImageFilter, ImageStat

SIDE = 1000
# A page or a card shorter than this on its long side cannot be enlarged to read small print.
SMALL_SIDE = 800
DARK_MEAN = 50
# Black on white spans about 200 levels, the noise of a blank sheet about 30.
BLANK_SPAN = 48
# Below this spread there is too little on the page (a signature) to judge its sharpness.
SPARSE_DEVIATION = 5.0
BLURRED_VARIANCE = 30.0
# Lines of print make neighbouring rows differ far more than neighbouring columns; in a page that lies down, the
# columns. Seen in narrow strips, so that a page photographed a little askew is still seen.
STRIPS = 12
GLYPH = 5  # pixels that letters and the gaps between them take: averaged away, only lines are left
SIDEWAYS_RATIO = 2.0
SIDEWAYS_STEPS = 40.0

_LAPLACIAN = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)


def advice_for(image: Image.Image) -> tuple[str, ...]:
    """Return what to tell the person about an upright picture: codes, worded in `messages.py`."""
    found = ["low_resolution"] if max(image.size) < SMALL_SIDE else []
    grey = _small_grey(image)
    whole = ImageStat.Stat(grey)
    if whole.mean[0] < DARK_MEAN:
        found.append("dark")
    elif _span(_without_margins(grey)) < BLANK_SPAN:
        found.append("blank")
    elif whole.stddev[0] >= SPARSE_DEVIATION and _sharpness(grey) < BLURRED_VARIANCE:
        found.append("blurred")
    elif _lies_down(_without_margins(grey)):
        found.append("sideways")
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


def _lies_down(grey: Image.Image) -> bool:
    """Tell whether the lines of print run from top to bottom of a picture wider than high; not if it is upside down."""
    width, height = grey.size
    if width <= height or height < STRIPS:
        return False
    rows = _steps(grey.resize((STRIPS, height // GLYPH), Image.Resampling.BOX).transpose(Image.Transpose.ROTATE_90))
    columns = _steps(grey.resize((width // GLYPH, STRIPS), Image.Resampling.BOX))
    return columns > SIDEWAYS_STEPS and columns > SIDEWAYS_RATIO * rows


def _steps(strips: Image.Image) -> float:
    """How much neighbours differ along the strips, which lie from left to right: the mean of the squared steps."""
    width, height = strips.size
    steps = ImageChops.difference(strips.crop((1, 0, width, height)), strips.crop((0, 0, width - 1, height)))
    return float(ImageStat.Stat(steps).sum2[0]) / (steps.width * steps.height)


def _sharpness(grey: Image.Image) -> float:
    """Return the variance of the Laplacian: how much neighbouring pixels differ."""
    width, height = grey.size
    if width < 3 or height < 3:
        return BLURRED_VARIANCE
    # The filter copies the outermost pixels as they are: they would count as edges.
    edges = grey.filter(_LAPLACIAN).crop((1, 1, width - 1, height - 1))
    return float(ImageStat.Stat(edges).var[0])
