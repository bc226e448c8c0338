// A formula, a table or a block of code that is wider than the page scrolls inside its own box.
// Only such a box takes part in the tab order, so that the keyboard reaches it and nothing else.
// To measure a box that is far from the window would have the browser lay out the block around
// it, which book.css puts off. So a box is measured when it comes near, and until then it counts
// as one that scrolls: a stop too many can be passed, one too few hides a formula.
(() => {
  const boxes = ".math-scroll, div.highlight pre, .table-wrapper";
  const name = (box) =>
    box.matches(".math-scroll") ? "Equation, scrolls sideways" : "Scrolls sideways";
  const update = (box) => {
    if (box.scrollWidth > box.clientWidth + 1) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", name(box));
    } else if (box === document.activeElement) {
      // came near because the keyboard came to it: it keeps the focus until that moves on
      box.addEventListener("blur", () => update(box), { once: true });
    } else {
      for (const a of ["tabindex", "role", "aria-label"]) box.removeAttribute(a);
    }
  };
  const near = new IntersectionObserver(
    (seen) => {
      for (const { target, isIntersecting } of seen) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        update(target.closest(boxes));
      }
    },
    { rootMargin: "100%" },
  );
  const measure = () => {
    for (const box of document.querySelectorAll(boxes)) {
      box.tabIndex = 0;
      const content = box.firstElementChild ?? box; // which is nowhere before it is laid out
      near.unobserve(content); // what is observed anew is told where it is
      near.observe(content);
    }
  };
  let waiting;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(measure, 150);
  });
  addEventListener("load", () => document.fonts.ready.then(measure));
})();
