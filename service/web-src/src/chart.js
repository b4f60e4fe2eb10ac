// A bar chart of the first column of numbers, by the first column of words. For more, export the table.
const SVG = "http://www.w3.org/2000/svg";
const MOST = 40;
const name = (term) => (term?.type === "uri" ? term.value.split(/[/#]/).pop() : term?.value ?? "");
const NUMERIC = /#(decimal|integer|double|float|int|long|nonNegativeInteger)$/;

export class Chart {
  priority = 5;
  label = document.documentElement.lang.startsWith("zh") ? "图" : "Chart";

  constructor(yasr) {
    this.yasr = yasr;
  }

  canHandleResults() {
    return this.pick() !== null;
  }

  pick() {
    const rows = this.yasr.results?.getBindings?.();
    const names = this.yasr.results?.getVariables?.();
    if (!rows?.length || !names) return null;
    const numeric = names.find((name) => rows.some((row) => NUMERIC.test(row[name]?.datatype ?? "")));
    const words = names.find((name) => name !== numeric && rows.some((row) => row[name] && !NUMERIC.test(row[name].datatype ?? "")));
    return numeric ? { numeric, words: words ?? numeric, rows: rows.filter((row) => row[numeric]) } : null;
  }

  draw() {
    const { numeric, words, rows } = this.pick();
    const shown = rows.slice(0, MOST).map((row) => ({ label: name(row[words]), value: Number(row[numeric].value) }));
    const low = Math.min(0, ...shown.map((row) => row.value));
    const high = Math.max(0, ...shown.map((row) => row.value));
    const span = high - low || 1;
    const step = 24;
    const make = (name, attributes, text) => {
      const node = document.createElementNS(SVG, name);
      for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
      if (text !== undefined) node.textContent = text;
      return node;
    };
    const svg = make("svg", { viewBox: `0 0 900 ${shown.length * step + 30}`, role: "img", class: "bars" });
    svg.append(make("title", {}, `${numeric} / ${words}`));
    shown.forEach(({ label, value }, at) => {
      const y = at * step + 24;
      const left = 300 + ((Math.min(value, 0) - low) / span) * 460;
      svg.append(make("text", { x: 292, y: y + 14, "text-anchor": "end" }, label.length > 24 ? `${label.slice(0, 23)}…` : label));
      const bar = make("rect", { x: left, y, width: Math.max(1, (Math.abs(value) / span) * 460), height: step - 6 });
      bar.append(make("title", {}, `${label}: ${value.toLocaleString()}`));
      svg.append(bar, make("text", { x: 768, y: y + 14 }, value.toLocaleString()));
    });
    svg.append(make("text", { x: 300, y: 14 }, rows.length > MOST ? `${numeric} (${MOST} / ${rows.length})` : numeric));
    this.yasr.resultsEl.append(svg);
  }

  getIcon() {
    const icon = document.createElement("span");
    icon.textContent = "▤";
    return icon;
  }
}
