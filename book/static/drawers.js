// Where a window has no room for them, the contents of the book and of the page are drawers beside
// it. A finger opens one by its sign; here the keyboard and screen readers are given the same sign,
// as a button, and Escape shuts what is open.
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
  tell();
})();
