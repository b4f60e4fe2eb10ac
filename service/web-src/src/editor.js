// The SPARQL page: YASQE in place of the form's text area, YASR for the results. The form works without any of this.
import Yasqe from "@zazuko/yasqe";
import Yasr from "@zazuko/yasr";
import "@zazuko/yasqe/build/yasqe.min.css";
import "@zazuko/yasr/build/yasr.min.css";
import "./editor.css";
import { drawProblem } from "./problems.js";
import { addLabels } from "./labels.js";
import { translate } from "./words.js";
import { Chart } from "./chart.js";

const form = document.getElementById("sparql-form");
const place = document.getElementById("editor");
const words = (zh, en) => (document.documentElement.lang.startsWith("zh") ? zh : en);

async function begin() {
  const vocabulary = await fetch(place.dataset.completions).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
  const known = vocabulary ?? { prefixes: {}, classes: [], properties: [] };
  registerCompleters(known);
  const area = form.querySelector("textarea");
  const yasqe = new Yasqe(place, {
    value: area.value,
    autofocus: false,
    persistenceId: null,
    createShortLink: undefined,
    createShareableLink: (editor) => `${location.origin}${location.pathname}?query=${encodeURIComponent(editor.getValue())}`,
    consumeShareLink: null,
    prefixCcApi: null,
    autocompleters: ["variables", "gongkai-prefixes", "gongkai-classes", "gongkai-properties"],
    requestConfig: {
      ...Yasqe.defaults.requestConfig,
      endpoint: new URL(place.dataset.endpoint, location.href).href,
      method: "POST",
      acceptHeaderSelect: "application/sparql-results+json",
      acceptHeaderGraph: "text/turtle",
    },
  });
  const field = yasqe.getInputField();
  field.setAttribute("aria-label", area.labels[0].textContent);
  const results = document.getElementById("results");
  Yasr.registerPlugin("chart", Chart, true);
  const yasr = new Yasr(results, {
    persistenceId: null,
    prefixes: known.prefixes,
    pluginOrder: ["table", "chart", "response"],
    defaultPlugin: "table",
    plugins: { ...Yasr.defaults.plugins, table: { ...Yasr.defaults.plugins.table, dynamicConfig: { compact: true, isEllipsed: true } } },
    errorRenderers: [(error) => drawProblem(error, yasqe, words)],
  });
  // An answer from before scripts ran stands below the form until the next one.
  const before = document.getElementById("answer");
  yasqe.on("queryResponse", (_, response, duration) => {
    before?.remove();
    results.hidden = false;
    yasr.setResponse(response, duration);
  });
  translate(results, words);
  addLabels(yasr, place.dataset, words);
  form.hidden = true;
  document.querySelector("#example-form button").hidden = true;
  place.hidden = false;
  yasqe.refresh();
  document.body.dataset.editor = "ready";
}

// Prefixes, classes and properties that the data use, from the data's own VoID description.
function registerCompleters(known) {
  const shorten = (iri) => {
    const found = Object.entries(known.prefixes).find(([, base]) => iri.startsWith(base));
    return found ? `${found[0]}:${iri.slice(found[1].length)}` : `<${iri}>`;
  };
  Yasqe.forkAutocompleter("prefixes", {
    name: "gongkai-prefixes",
    persistenceId: null,
    get: () => Object.entries(known.prefixes).map(([prefix, iri]) => `${prefix}: <${iri}>`).sort(),
  }, false);
  for (const [from, name, terms] of [["class", "gongkai-classes", known.classes], ["property", "gongkai-properties", known.properties]]) {
    Yasqe.forkAutocompleter(from, {
      name,
      bulk: false,
      persistenceId: null,
      get: (_, token) => {
        const typed = (token?.autocompletionString || token?.string || "").toLowerCase();
        return terms
          .filter(({ iri, zh, en }) => iri.toLowerCase().startsWith(typed) || iri.toLowerCase().includes(typed) ||
            (typed && `${zh} ${en}`.toLowerCase().includes(typed)))
          .map(({ iri }) => iri);
      },
      postprocessHints: (_, hints) => hints.map((hint) => {
        const iri = hint.text.replace(/^<|>$/g, "");
        const term = terms.find((each) => each.iri === iri || shorten(each.iri) === hint.text);
        return term ? { ...hint, displayText: `${shorten(term.iri)} · ${words(term.zh, term.en) || ""} (${term.count})` } : hint;
      }),
    }, false);
  }
}

document.getElementById("example")?.addEventListener("change", (event) => event.target.form.submit());
if (form && place) begin();
