// What a link to a theorem, an equation, a figure or an exercise leads to, shown beside the link
// while it is pointed at or focused. Without scripts, and from a disk to another page, it is a link.
(() => {
  const wanted = /#(equation-|thm-|lem-|prop-|cor-|def-|rem-|ex-|fig-)/;
  const article = document.querySelector("article");
  if (!article) return;
  const box = document.createElement("div");
  box.className = "preview";
  box.id = "preview";
  box.setAttribute("role", "tooltip");
  box.hidden = true;
  article.append(box);
  const pages = new Map();
  let current;
  let waiting;
  let leaving;

  const pageOf = async (url) => {
    if (url.pathname === location.pathname) return document;
    if (!/^https?:$/.test(url.protocol) || url.origin !== location.origin) return null;
    if (!pages.has(url.pathname)) {
      const text = await (await fetch(url.pathname)).text();
      pages.set(url.pathname, new DOMParser().parseFromString(text, "text/html"));
    }
    return pages.get(url.pathname);
  };

  const show = async (link) => {
    const url = new URL(link.href);
    const page = await pageOf(url).catch(() => null);
    const target = page?.getElementById(decodeURIComponent(url.hash.slice(1)));
    if (!target || link !== current) return;
    const copy = target.cloneNode(true);
    for (const node of [copy, ...copy.querySelectorAll("[id]")]) node.removeAttribute("id");
    for (const node of copy.querySelectorAll(".headerlink, .claim, .figure-data")) node.remove();
    for (const node of copy.querySelectorAll("[tabindex]")) node.removeAttribute("tabindex");
    box.replaceChildren(copy);
    box.hidden = false;
    link.setAttribute("aria-describedby", "preview");
    const at = link.getBoundingClientRect();
    const around = article.getBoundingClientRect();
    const height = box.offsetHeight;
    const above = at.bottom + height + 8 > innerHeight && at.top > height + 8;
    box.style.top = `${(above ? at.top - height - 6 : at.bottom + 6) - around.top}px`;
    const left = Math.min(at.left - around.left, around.width - box.offsetWidth);
    box.style.left = `${Math.max(0, left)}px`;
  };
  const hide = () => {
    clearTimeout(waiting);
    clearTimeout(leaving);
    current?.removeAttribute("aria-describedby");
    current = undefined;
    box.hidden = true;
  };
  const begin = (event) => {
    const link = event.target.closest?.("a[href]");
    // Whoever comes back from the link to the box, or from the box to the link, has not left.
    if (box.contains(event.target) || link === current) clearTimeout(leaving);
    if (!link || link === current || link.matches(".headerlink") || !wanted.test(link.href)) return;
    hide();
    current = link;
    waiting = setTimeout(show, event.type === "focusin" ? 0 : 250, link);
  };
  const end = (event) => {
    if (!current || box.contains(event.relatedTarget) || current.contains(event.relatedTarget)) return;
    clearTimeout(leaving);
    // Between the link and the box there is a gap, in which a mouse is for a moment.
    leaving = setTimeout(hide, event.type === "focusout" ? 0 : 300);
  };
  article.addEventListener("pointerover", (event) => event.pointerType === "mouse" && begin(event));
  article.addEventListener("pointerout", end);
  article.addEventListener("focusin", begin);
  article.addEventListener("focusout", end);
  addEventListener("keydown", (event) => event.key === "Escape" && hide());
})();
