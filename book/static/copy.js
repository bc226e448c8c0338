// What is marked and copied: browsers write a formula one sign a line. Here it becomes a line that
// can be read, "σ′(x) = σ(x)(1 − σ(x))", with fractions as (a)/(b) and indices as a_b and a^b.
"use strict";

(() => {
  const UNSEEN = /[\u2061-\u2064]/g;
  const RELATION = /^[=<>≤≥≠≈≡∈⊂⊆→↦⇒⇔≔∼∝]$/;
  const SUM = /^[+−±⋅×·∘⋆∗]$/;
  const ACCENTS = { "¯": "\u0304", "‾": "\u0304", "^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "˜": "\u0303" };

  // What needs no brackets: as a part of a fraction or above, and as an index.
  const SINGLE = /^(\p{N}[\p{N}.]*|\p{L}\p{M}*′*(_[\p{L}\p{N}]+)?|∞|\([^()]*\))$/u;
  const INDEX = /^([\p{L}\p{N}]+|\([^()]*\))$/u;
  const part = (text, simple = SINGLE) => (simple.test(text) ? text : `(${text})`);
  const above = (text) => (/^[′″*]+$/.test(text) ? text : `^${text === "⊤" ? text : part(text)}`);
  const below = (text) => `_${part(text, INDEX)}`;

  const signOf = (node) => {
    const text = node.textContent.trim().replace(UNSEEN, "");
    return RELATION.test(text) || SUM.test(text) ? ` ${text} ` : text === "," ? ", " : text;
  };

  /** Rows below one another where a formula has several lines, and in brackets for a matrix. */
  const table = (node) => {
    const alone = node.parentElement.children.length === 1;
    const rows = [...node.children].map((row) => {
      const cells = [...row.children].map((cell) => [line(cell).trim(), cell.matches(".reason")]).filter(([text]) => text);
      if (!alone) return cells.map(([text]) => text).join(", ");
      return cells.map(([text, reason]) => (reason ? `   [${text}]` : text)).join(" ");
    });
    return rows.join(alone ? "\n" : "; ");
  };

  /** Text of an element of MathML. */
  const line = (node) => {
    const [a, b, c] = [...node.children];
    switch (node.localName) {
      case "mo": return signOf(node);
      case "mi": case "mn": return node.textContent.trim().replace(UNSEEN, "");
      case "mtext": case "ms": return node.textContent.replace(/\s+/g, " ");
      case "mspace": return parseFloat(node.getAttribute("width")) >= 0.5 ? " " : "";
      case "mphantom": case "annotation": return "";
      case "mfrac": return `${part(line(a))}/${part(line(b))}`;
      case "msqrt": return `√${part(all(node))}`;
      case "mroot": return `${part(line(a))}^(1/${line(b)})`;
      case "msup": return line(a) + above(line(b).trim());
      case "msub": case "munder": return line(a) + below(line(b).trim());
      case "msubsup": case "munderover": return line(a) + below(line(b).trim()) + above(line(c).trim());
      case "mover": return line(a) + (ACCENTS[line(b)] ?? above(line(b).trim()));
      case "mtable": return table(node);
      default: return all(node);
    }
  };

  /** Text of what is in an element; letters that belong to two things do not touch. */
  const all = (node) => {
    let text = "";
    for (const child of node.children) {
      const next = line(child);
      const script = /^(m?sub|m?sup|msubsup|munder|munderover)$/.test(child.previousElementSibling?.localName);
      const word = /^\p{L}{2}/u.test(next);
      if (/[\p{L}\p{N})⊤]$/u.test(text) && /^[\p{L}\p{N}𝟎𝟏]/u.test(next) && (script || word)) text += " ";
      text += next;
    }
    return text
      .replace(/([([{]) +/g, "$1") // no room after a bracket, and none between a sign and what it is the sign of
      .replace(/(^ ?|[([{=<>≤≥,;/] ?)([+−±]) (?=\S)/g, "$1$2")
      .replace(/(\S) {2,3}(?=\S)/g, "$1 ");
  };

  document.addEventListener("copy", (event) => {
    const marked = getSelection();
    if (!marked.rangeCount || marked.isCollapsed || !event.clipboardData) return;
    const range = marked.getRangeAt(0).cloneRange();
    // A formula is copied whole: half of one says something else.
    const whole = (place) => (place.nodeType === Node.ELEMENT_NODE ? place : place.parentElement)?.closest("math");
    const [first, last] = [whole(range.startContainer), whole(range.endContainer)];
    if (first) range.setStartBefore(first);
    if (last) range.setEndAfter(last);
    const held = range.cloneContents();
    if (!held.querySelector("math")) return;
    const original = document.createElement("div");
    original.append(held.cloneNode(true));
    for (const math of held.querySelectorAll("math")) {
      const text = document.createElement("span");
      text.style.whiteSpace = "pre";
      text.textContent = all(math).trim();
      math.replaceWith(text);
    }
    for (const unread of held.querySelectorAll(".headerlink, script, button")) unread.remove();
    // Where lines end is known to the page alone.
    const page = document.createElement("div");
    page.style.cssText = "position: fixed; left: -200vw; width: 100vw";
    page.append(held);
    document.body.append(page);
    event.clipboardData.setData("text/plain", page.innerText.trim().replace(/\n{3,}/g, "\n\n"));
    event.clipboardData.setData("text/html", original.innerHTML);
    page.remove();
    event.preventDefault();
  });
})();
