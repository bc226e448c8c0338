// A click on a heading of a sortable table sorts its rows by that column; another one turns the
// order round. Without scripts the table is there to read, in the order of the registry.
(() => {
  const text = (row, column) => row.cells[column].textContent.trim();
  const number = (value) => {
    const plain = value.replace("−", "-").replace("∞", "Infinity").replace(/\s/g, "");
    return /^-?(Infinity|\d+(\.\d+)?)$/.test(plain) ? Number(plain) : NaN;
  };
  const compare = (a, b) => {
    const [x, y] = [number(a), number(b)];
    if (!Number.isNaN(x) && !Number.isNaN(y)) return x === y ? 0 : x - y;
    // what is empty goes to the end
    return (a === "") - (b === "") || a.localeCompare(b, "en", { numeric: true });
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    const body = table.tBodies[0];
    const headings = [...table.tHead.rows[0].cells];
    headings.forEach((heading, column) => {
      const button = document.createElement("button");
      button.type = "button";
      // a formula alone gives a button no name that every reader of screens finds
      if (heading.querySelector("math")) button.setAttribute("aria-label", heading.textContent.trim());
      button.append(...heading.childNodes);
      heading.replaceChildren(button);
      button.addEventListener("click", () => {
        const turn = heading.getAttribute("aria-sort") === "ascending" ? -1 : 1;
        const rows = [...body.rows];
        rows.sort((p, q) => turn * compare(text(p, column), text(q, column)));
        body.append(...rows);
        for (const other of headings) other.removeAttribute("aria-sort");
        heading.setAttribute("aria-sort", turn > 0 ? "ascending" : "descending");
      });
    });
  }
})();
