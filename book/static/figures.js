// A figure is drawn for the width of a book. Where the window is much narrower, its letters are too
// small to read: a button then shows it in its own size, in a box that scrolls, and small again.
(() => {
  const offered = 0.8; // of its own size, below which letters get hard to read
  const enlarge = (picture, button) => {
    const box = document.createElement("div");
    box.className = "figure-scroll";
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "Figure, scrolls sideways");
    picture.replaceWith(box);
    box.append(picture);
    button.textContent = "Make smaller";
  };
  const shrink = (picture, button) => {
    picture.parentElement.replaceWith(picture);
    button.textContent = "Enlarge the figure";
  };
  const offer = (figure) => {
    const picture = figure.querySelector("svg.figure");
    if (figure.querySelector("button.enlarge")) return;
    // The window says it: to ask the figure would have the browser lay it out at once.
    if (innerWidth >= offered * parseFloat(picture.style.width) * (96 / 72)) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "enlarge";
    button.textContent = "Enlarge the figure";
    button.addEventListener("click", () => {
      if (picture.parentElement.matches(".figure-scroll")) shrink(picture, button);
      else enlarge(picture, button);
    });
    const line = figure.querySelector("p.figure-data");
    if (line) line.prepend(button);
    else figure.append(button);
  };
  for (const figure of document.querySelectorAll("figure:has(svg.figure)")) offer(figure);
})();
