// What scripts add to the pages; every page works without them.

// Copy buttons on blocks of code: shown only where they can work.
for (const button of document.querySelectorAll("button[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  if (!source || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.textContent);
    const before = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = before; }, 1500);
  });
}

// Lists that are long get a field that narrows them while the reader types.
for (const field of document.querySelectorAll("input[data-narrows]")) {
  const items = [...document.querySelectorAll(field.dataset.narrows)];
  const count = document.getElementById(field.dataset.count ?? "");
  field.closest("[hidden]")?.removeAttribute("hidden");
  field.addEventListener("input", () => {
    const words = field.value.trim().toLowerCase().split(/\s+/);
    let shown = 0;
    for (const item of items) {
      const text = item.textContent.toLowerCase();
      item.hidden = !words.every((word) => text.includes(word));
      if (!item.hidden) shown += 1;
    }
    if (count) count.textContent = String(shown);
  });
}

// A figure in a document's text opens beside the text; without scripts the link leads to the figure's own page.
const panel = document.getElementById("meaning");
const text = document.querySelector(".reading .text");
if (panel && text) {
  text.addEventListener("click", async (event) => {
    const chosen = event.target.closest("a[data-part]");
    if (!chosen || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    try {
      const answer = await fetch(chosen.dataset.part, { headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      panel.replaceChildren(...page.getElementById("part").childNodes);
      text.querySelector(".chosen")?.classList.remove("chosen");
      chosen.classList.add("chosen");
      panel.focus();
    } catch {
      location.assign(chosen.href);
    }
  });
}

// On paper the sheet of an office stands open, also where the stylesheet cannot open it.
window.addEventListener("beforeprint", () => {
  for (const sheet of document.querySelectorAll("details.sheet")) sheet.open = true;
});

// On a phone forms are folded, so that a result is seen first.
if (matchMedia("(max-width: 44rem)").matches) {
  for (const fold of document.querySelectorAll("details.folds")) fold.open = false;
}

// What is copied from a table are plain numbers (70000000 for 70,000,000), cells apart by tabs, so that a spreadsheet
// takes them; words stay as they are.
const plain = (cell, text) => (cell.classList.contains("number") ? text.replace(/(?<=\d),(?=\d{3})/g, "") : text).trim();
document.addEventListener("copy", (event) => {
  const selection = document.getSelection();
  if (!selection?.rangeCount || selection.isCollapsed) return;
  const range = selection.getRangeAt(0);
  const inside = range.commonAncestorContainer;
  const element = inside.nodeType === Node.ELEMENT_NODE ? inside : inside.parentElement;
  const cell = element.closest("td.number");
  const table = element.closest("main table");
  let copied = "";
  if (cell) copied = plain(cell, selection.toString());
  else if (table) {
    copied = [...table.rows].filter((row) => range.intersectsNode(row))
      .map((row) => [...row.cells].filter((each) => range.intersectsNode(each))
        .map((each) => plain(each, each.textContent.replace(/\s+/g, " "))).join("\t")).join("\n");
  }
  if (!copied) return;
  event.clipboardData.setData("text/plain", copied);
  event.preventDefault();
});
