// Before a page is printed: whatever is folded is opened, and a formula or a table that is wider
// than the paper is told by how much it has to be smaller. The paper's measure is that of book.css.
// What has to fit is measured in its own letters, since those of the screen have another size.
(() => {
  const measure = 154 / 25.4 * 72 / 10.2; // mm of text, in letters of 10.2 points
  const letters = (box, width) => width / parseFloat(getComputedStyle(box).fontSize);
  // A rule at the side, as theorems and proofs have, takes from the measure.
  const inset = (box) => {
    let taken = 0;
    for (let at = box.parentElement; at; at = at.parentElement)
      if (at.matches(".proof, .admonition, dd, li, blockquote")) taken += 1.6;
    return taken;
  };
  const fit = (box, width, room) => {
    if (width > room) box.style.setProperty("--fit", (room / width).toFixed(3));
    else box.style.removeProperty("--fit");
  };
  const prepare = () => {
    for (const details of document.querySelectorAll("details")) details.open = true;
    for (const box of document.querySelectorAll(".math-scroll")) {
      const number = box.parentElement.querySelector(".eqno");
      const taken = inset(box) + 1.6 + (number ? 4 : 0);
      fit(box, letters(box, box.firstElementChild.scrollWidth), measure - taken);
    }
    for (const table of document.querySelectorAll("article table")) {
      const { width } = table.style;
      table.style.width = "min-content";
      // On paper tables have letters of 0.8, and less room around the words.
      fit(table, letters(table, table.offsetWidth) * 0.8, measure - inset(table));
      table.style.width = width;
    }
  };
  addEventListener("beforeprint", prepare);
})();
