"""Charts drawn on the server, as SVG that needs no script."""

from service.pages.charts.bars import MOST_BARS, Point, draw_bars, group_points
from service.pages.charts.lines import MOST_SERIES, draw_lines
from service.pages.charts.network import MOST_NEIGHBOURS, Neighbour, draw_network
from service.pages.charts.sankey import MOST_FLOWS, Flow, choose_flows, draw_sankey
from service.pages.charts.sparks import draw_spark
from service.pages.charts.strips import Dot, draw_strip, is_logarithmic
from service.pages.charts.treemap import MOST_TILES, Tile, draw_treemap, list_leaves

__all__ = [
    "MOST_BARS", "MOST_FLOWS", "MOST_NEIGHBOURS", "MOST_SERIES", "MOST_TILES", "Dot", "Flow", "Neighbour", "Point",
    "Tile", "choose_flows", "draw_bars", "draw_lines", "draw_network", "draw_sankey", "draw_spark", "draw_strip",
    "draw_treemap", "group_points", "is_logarithmic", "list_leaves",
]  # fmt: skip
