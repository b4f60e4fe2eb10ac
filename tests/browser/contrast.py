"""How well text can be read, computed from what the browser draws: axe leaves out what lies over something else."""

from __future__ import annotations

from playwright.sync_api import Page

#: WCAG 2.2, 1.4.3: the least contrast of text, and of large text (24 px, or bold 18.66 px).
LEAST, LEAST_LARGE = 4.5, 3.0

_MEASURE = """([root, least, leastLarge]) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const read = (colour) => {
    if (!known.has(colour)) known.set(colour, paint(colour));
    return known.get(colour);
  };
  const paint = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, ground) => [0, 1, 2].map((i) => top[i] * top[3] + ground[i] * (1 - top[3])).concat(1);
  const light = (colour) => {
    const linear = (v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = colour.slice(0, 3).map((v) => linear(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const grounds = new Map();
  const ground = (element) => {
    if (!element) return read("Canvas");
    if (!grounds.has(element)) {
      grounds.set(element, over(read(getComputedStyle(element).backgroundColor), ground(element.parentElement)));
    }
    return grounds.get(element);
  };
  const found = [];
  const walker = document.createTreeWalker(document.querySelector(root), NodeFilter.SHOW_TEXT);
  let number = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest("svg, script, style, template, option, .skip, .CodeMirror")) continue;
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    const style = getComputedStyle(element);
    const behind = ground(element);
    const [one, other] = [light(over(read(style.color), behind)), light(behind)].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    number += 1;
    if (ratio < (large ? leastLarge : least)) {
      const place = `<${element.tagName.toLowerCase()} class="${element.className}">`;
      found.push(`${ratio.toFixed(2)} ${place} ${node.data.trim().slice(0, 40)}`);
    }
  }
  return [number, found];
}"""


def find_faint(page: Page, root: str = "body", least: float = LEAST, least_large: float = LEAST_LARGE) -> list[str]:
    """Texts below ``root`` whose contrast with what is behind them is too small; the colours are those of this moment.

    Fails where there is no text at all. What is drawn as SVG is not looked at.
    """
    number, found = page.evaluate(_MEASURE, [root, least, least_large])
    assert number, f"nothing to read in {root}"
    return [str(line) for line in found]
