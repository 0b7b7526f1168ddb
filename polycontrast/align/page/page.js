"use strict";
// A click on the head of a column sorts by it, and a second click turns the order around.
for (const table of document.querySelectorAll("table.sorted")) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...(head.textContent ? head.childNodes : ["name"]));
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const text = (row) => row.cells[column].textContent.trim();
      const number = (row) => parseFloat(text(row).replace(/,/g, ""));
      const rows = [...body.rows];
      const numeric = rows.every((row) => /^–?$/.test(text(row)) || /^[+-]?[\d.,]+( \(|%|$)/.test(text(row)));
      const compare = numeric
        ? (a, b) => (number(a) || 0) - (number(b) || 0)
        : (a, b) => text(a).localeCompare(text(b), undefined, { numeric: true });
      rows.sort((a, b) => (down ? compare(b, a) : compare(a, b)));
      body.append(...rows);
    });
  });
}
// A page that is opened as a file may have no clipboard: the text is then selected and copied.
for (const button of document.querySelectorAll("[data-copies]")) {
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copies);
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      getSelection().selectAllChildren(source);
      document.execCommand("copy");
    }
    button.textContent = "Copied";
  });
}
