"""Pictures in files: nothing that is drawn is cut off."""

import pytest

from pwlin import PiecewiseLinear1D, plot
from pwlin.app.reporting.saving import saved


@pytest.mark.parametrize("end", [0, 2])
def test_a_star_at_the_end_of_the_axes_is_in_the_picture(end):
    ax = plot.error(PiecewiseLinear1D.from_points([0, 2], [0, 0]), f"(x - {2 - end})**2 / 10")
    saved(ax.figure, "png")
    [star] = [artist for artist in ax.findobj() if artist.get_gid() == "sup"]
    box, page = star.get_window_extent(), ax.figure.bbox
    assert star.get_xdata().tolist() == [end]
    assert page.x0 < box.x0 and box.x1 < page.x1 and page.y0 < box.y0 and box.y1 < page.y1
