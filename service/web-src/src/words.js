// What YASR says in English, in the page's language.
const CHINESE = {
  "Table": "表格", "Response": "原始结果", "Boolean": "是否", "Error": "错误", "Simple view": "简洁", "Ellipse": "截短",
  "Page size: ": "每页：", "Filter query results": "筛选结果", "No data available in table": "没有结果",
};
const COUNT = /^(\d+) results?(?: in ([\d.]+) seconds?)?$/;
const SHOWING = /^Showing ([\d,]+) to ([\d,]+) of ([\d,]+) entries$/;

function sayInChinese(text) {
  const count = COUNT.exec(text);
  if (count) return `${count[1]} 行${count[2] ? `，${count[2]} 秒` : ""}`;
  const showing = SHOWING.exec(text);
  if (showing) return `第 ${showing[1]}–${showing[2]} 行，共 ${showing[3]} 行`;
  return CHINESE[text] ?? CHINESE[`${text.trim()} `] ?? text;
}

export function translate(root, words) {
  const say = words("zh", "en") === "zh" ? sayInChinese : (text) => text;
  const visit = () => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, {
      acceptNode: (node) => (node.parentElement.closest("td, pre, svg, .CodeMirror") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT),
    });
    while (walker.nextNode()) {
      const said = say(walker.currentNode.data);
      if (said !== walker.currentNode.data) walker.currentNode.data = said;
    }
    for (const field of root.querySelectorAll("input[placeholder]")) field.placeholder = say(field.placeholder);
    // What is read aloud is what is seen.
    for (const button of root.querySelectorAll("button.yasr_btn[aria-label]")) {
      const seen = button.textContent.trim();
      if (seen && button.getAttribute("aria-label") !== seen) button.setAttribute("aria-label", seen);
    }
    for (const field of root.querySelectorAll("select.tableSizer")) field.setAttribute("aria-label", words("每页行数", "Rows per page"));
  };
  new MutationObserver(visit).observe(root, { childList: true, subtree: true });
  visit();
}
