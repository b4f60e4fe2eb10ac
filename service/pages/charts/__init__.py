"""Charts drawn on the server, as SVG that needs no script."""

from service.pages.charts.bars import OTHERS, Point, choose_bars, colour_series, draw_bars, group_points
from service.pages.charts.colours import choose_colours
from service.pages.charts.lines import MOST_SERIES, choose_lines, draw_lines
from service.pages.charts.network import MOST_NEIGHBOURS, Neighbour, draw_network
from service.pages.charts.sankey import MOST_FLOWS, Flow, choose_flows, draw_sankey
from service.pages.charts.scatter import Dot, draw_scatter
from service.pages.charts.slope import MOST_SLOPES, Slope, draw_slopes
from service.pages.charts.sparks import draw_spark
from service.pages.charts.strips import StripDot, draw_strip, is_logarithmic
from service.pages.charts.tile_grid import Place, draw_tiles
from service.pages.charts.treemap import MOST_TILES, Tile, draw_treemap, list_leaves

__all__ = [
    "MOST_FLOWS",
    "MOST_NEIGHBOURS",
    "MOST_SERIES",
    "MOST_SLOPES",
    "MOST_TILES",
    "OTHERS",
    "Dot",
    "Flow",
    "Neighbour",
    "Place",
    "Point",
    "Slope",
    "StripDot",
    "Tile",
    "choose_bars",
    "choose_colours",
    "choose_flows",
    "choose_lines",
    "colour_series",
    "draw_bars",
    "draw_lines",
    "draw_network",
    "draw_sankey",
    "draw_scatter",
    "draw_slopes",
    "draw_spark",
    "draw_strip",
    "draw_tiles",
    "draw_treemap",
    "group_points",
    "is_logarithmic",
    "list_leaves",
]  # fmt: skip
