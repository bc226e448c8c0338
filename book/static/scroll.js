// A formula, a table or a block of code that is wider than the page scrolls inside its own box.
// Only such a box takes part in the tab order, so that the keyboard reaches it and nothing else.
(() => {
  const boxes = ".math-scroll, div.highlight pre, .table-wrapper";
  const name = (box) =>
    box.matches(".math-scroll") ? "Equation, scrolls sideways" : "Scrolls sideways";
  const update = () => {
    for (const box of document.querySelectorAll(boxes)) {
      if (box.scrollWidth > box.clientWidth + 1) {
        box.tabIndex = 0;
        box.setAttribute("role", "group");
        box.setAttribute("aria-label", name(box));
      } else {
        for (const a of ["tabindex", "role", "aria-label"]) box.removeAttribute(a);
      }
    }
  };
  let waiting;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(update, 150);
  });
  addEventListener("load", () => document.fonts.ready.then(update));
})();
