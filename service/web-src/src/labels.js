// Labels in place of IRIs in the table of results, and links to the pages of this site.
const RDFS = "http://www.w3.org/2000/01/rdf-schema#";
const BATCH = 80;

export function addLabels(yasr, { endpoint, base }, words) {
  const labels = new Map();
  const language = words("zh", "en");

  async function fetchLabels(iris) {
    for (let at = 0; at < iris.length; at += BATCH) {
      const part = iris.slice(at, at + BATCH);
      const query = `SELECT ?thing ?label WHERE { VALUES ?thing { ${part.map((iri) => `<${iri}>`).join(" ")} } ?thing <${RDFS}label> ?label }`;
      const answer = await fetch(endpoint, {
        method: "POST",
        headers: { "Content-Type": "application/sparql-query", Accept: "application/sparql-results+json" },
        body: query,
      });
      // Without labels the IRIs stay, which are right as well.
      if (!answer.ok) return;
      for (const iri of part) labels.set(iri, "");
      for (const { thing, label } of (await answer.json()).results.bindings) {
        const tag = label["xml:lang"] ?? "";
        if (!labels.get(thing.value) || tag === language) labels.set(thing.value, label.value);
      }
    }
  }

  function list() {
    return [...yasr.resultsEl.querySelectorAll("a.iri:not([data-iri])")];
  }

  let waiting = false;
  async function show() {
    if (waiting) return;
    waiting = true;
    try {
      const links = list();
      for (const link of links) link.dataset.iri = link.getAttribute("href");
      // What no IRI may hold is not put into a query.
      const unknown = [...new Set(links.map((link) => link.dataset.iri))].filter((iri) => !labels.has(iri) && !/[<>"{}|^`\\\s]/.test(iri));
      await fetchLabels(unknown);
      for (const link of links) {
        const iri = link.dataset.iri;
        if (iri.startsWith(base)) link.href = `/${iri.slice(base.length)}`;
        const label = labels.get(iri);
        if (label) {
          link.title = `${link.textContent} ${iri}`;
          link.textContent = label.length > 80 ? `${label.slice(0, 80)}…` : label;
        }
      }
    } finally {
      waiting = false;
    }
    if (list().length) show();
  }

  // The table draws its rows page by page.
  new MutationObserver(() => { if (list().length) show(); }).observe(yasr.resultsEl, { childList: true, subtree: true });
}
