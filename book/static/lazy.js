// What comes after the first screen (page.html) is not laid out while a page loads (book.css,
// .lazy): on a phone that takes seconds in which nothing could be read. As soon as the reader does
// anything it is, a section each time the browser has nothing else to do; and all at once before a
// jump or before printing, since the place to jump to depends on the height of all above it.
(() => {
  const root = document.documentElement;
  if (!root.classList.contains("lazy")) return;
  const whenIdle = window.requestIdleCallback ?? ((work) => setTimeout(work, 50));
  const sections = [...document.querySelectorAll("article section:not(.laid)")];
  let laidOut = false;
  const layOutAll = () => {
    if (!root.classList.contains("lazy")) return;
    root.classList.remove("lazy");
    requestAnimationFrame(() => setTimeout(() => {
      laidOut = true;
      dispatchEvent(new Event("scroll"));
    }));
  };
  const layOutNext = () => {
    const next = sections.shift();
    if (!next || !root.classList.contains("lazy")) return layOutAll();
    next.classList.add("laid");
    whenIdle(layOutNext);
  };
  const signs = ["pointermove", "pointerdown", "wheel", "touchstart", "keydown", "scroll"];
  const begin = () => {
    for (const sign of signs) document.removeEventListener(sign, begin);
    whenIdle(layOutNext);
  };
  for (const sign of signs) document.addEventListener(sign, begin, { passive: true });
  // The theme's list of contents asks at each movement where all sections are, for which the
  // browser would have to lay them out at once: it may ask when they are.
  document.addEventListener("scroll", (event) => laidOut || event.stopPropagation());
  addEventListener("click", (event) => event.target.closest("a[href*='#']") && layOutAll(), true);
  addEventListener("beforeprint", layOutAll);
})();
