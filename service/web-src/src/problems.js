// An error of the endpoint, shown above the results and at its line in the editor.
export async function drawProblem(error, yasqe, words) {
  let problem;
  try {
    problem = JSON.parse(error.text);
  } catch {
    return undefined;
  }
  if (!problem.problem) return undefined;
  const box = document.createElement("div");
  box.className = "problem warning";
  box.setAttribute("role", "alert");
  const head = document.createElement("p");
  const strong = document.createElement("strong");
  strong.textContent = `${problem.status} ${problem.title}`;
  head.append(strong, ` · ${problem.place}: ${problem.problem}`);
  const remedy = document.createElement("p");
  remedy.textContent = `${words("办法：", "What to do: ")}${problem.remedy}`;
  box.append(head, remedy);
  if (problem.line) {
    const line = problem.line - 1;
    const shown = document.createElement("pre");
    shown.textContent = `${yasqe.getDoc().getLine(line) ?? ""}\n${" ".repeat(Math.max(0, problem.column - 1))}^`;
    box.append(shown);
    yasqe.getDoc().addLineClass(line, "background", "problem-line");
    yasqe.getDoc().setCursor({ line, ch: Math.max(0, problem.column - 1) });
    const clear = () => {
      yasqe.getDoc().removeLineClass(line, "background", "problem-line");
      yasqe.off("change", clear);
    };
    yasqe.on("change", clear);
  }
  return box;
}
