// Tables sort when a header is pressed: by number where all cells are numbers, else by text.
"use strict";
(() => {
  const value = (cell) => {
    if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
    const text = cell.textContent.trim().replace("∞", "Infinity").replace("−", "-").replace(/[\s,]/g, "");
    return text === "" ? NaN : Number(text);
  };

  // A row whose first cell is empty belongs to the row above it.
  const groups = (body) => {
    const out = [];
    for (const row of body.rows) {
      if (row.className === "gap") continue;
      if (out.length && row.cells[0].textContent === "") out[out.length - 1].push(row);
      else out.push([row]);
    }
    return out;
  };

  const sort = (table, column, header) => {
    const body = table.tBodies[0];
    const descending = header.getAttribute("aria-sort") === "ascending";
    const gap = body.querySelector(".gap");
    const parts = groups(body).map((rows) => ({ rows, cell: rows[0].cells[column] }));
    const numeric = parts.every((p) => !Number.isNaN(value(p.cell)));
    const compare = numeric
      ? (p, q) => value(p.cell) - value(q.cell) || 0
      : (p, q) => p.cell.textContent.localeCompare(q.cell.textContent, "en", { numeric: true });
    parts.sort((p, q) => (descending ? compare(q, p) : compare(p, q)));
    body.append(...parts.flatMap((p) => p.rows), ...(gap ? [gap] : []));
    for (const other of header.parentNode.cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", descending ? "descending" : "ascending");
  };

  for (const table of document.querySelectorAll("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((header, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = header.textContent;
      button.title = "sort";
      button.addEventListener("click", () => sort(table, column, header));
      header.replaceChildren(button);
    });
  }
})();
