// Where a window has no room for them, the contents of the book and of the page are drawers beside
// it. A finger opens one by its sign; here the keyboard and screen readers are given the same sign,
// as a button, and Escape shuts what is open. A slash leads to the search, which is in one of them.
(() => {
  const signs = [...document.querySelectorAll("label[for^='__'] > .icon")];
  const boxOf = (sign) => document.getElementById(sign.parentElement.htmlFor);
  const tell = () => {
    for (const sign of signs) sign.setAttribute("aria-expanded", boxOf(sign).checked);
  };
  for (const sign of signs) {
    const box = boxOf(sign);
    sign.tabIndex = 0;
    sign.setAttribute("role", "button");
    sign.setAttribute("aria-label", box.getAttribute("aria-label"));
    sign.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      box.click();
    });
    box.addEventListener("change", tell);
  }
  addEventListener("keydown", (event) => {
    const open = signs.find((sign) => boxOf(sign).checked && sign.checkVisibility());
    if (event.key !== "Escape" || !open) return;
    boxOf(open).click();
    open.focus();
  });
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select");
    if (event.key !== "/" || typing || event.ctrlKey || event.altKey || event.metaKey) return;
    const field = document.querySelector(".sidebar-search");
    const box = document.getElementById("__navigation");
    if (!box.checked && signs.some((sign) => boxOf(sign) === box && sign.checkVisibility())) box.click();
    event.preventDefault();
    // What is hidden takes no focus, and it is hidden until it begins to glide in.
    const enter = (frames) => {
      if (field.checkVisibility({ visibilityProperty: true })) field.focus();
      else if (frames) requestAnimationFrame(() => enter(frames - 1));
    };
    enter(60);
  });
  tell();
})();
