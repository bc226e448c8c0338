// Names on the search page: theorems, equations, figures, functions, typing errors forgiven.
// Nothing leaves the page; Sphinx's own results, which know every word, stand below.
(() => {
  const asked = new URLSearchParams(location.search).get("q")?.trim();
  const place = document.getElementById("search-results");
  const field = document.getElementById("search-again");
  if (field && asked) field.value = asked;
  if (!asked || !place || typeof bookNames === "undefined") return;

  const words = (text) =>
    text.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f]/g, "").match(/[\p{L}\p{N}]+/gu) ?? [];

  // Insertions, deletions, changes and swaps of neighbours; stops beyond `limit`.
  const distance = (a, b, limit) => {
    if (Math.abs(a.length - b.length) > limit) return limit + 1;
    const rows = [[...Array(b.length + 1).keys()]];
    for (let i = 1; i <= a.length; i++) {
      const row = [i];
      for (let j = 1; j <= b.length; j++) {
        const cost = a[i - 1] === b[j - 1] ? 0 : 1;
        row[j] = Math.min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + cost);
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
          row[j] = Math.min(row[j], rows[i - 2][j - 2] + 1);
      }
      if (Math.min(...row) > limit) return limit + 1;
      rows.push(row);
    }
    return rows[a.length][b.length];
  };

  // 0 is the word itself; higher is worse; Infinity does not fit.
  const misfit = (typed, word) => {
    if (word === typed) return 0;
    if (typed.length > 1 && word.startsWith(typed)) return 0.5;
    const limit = typed.length < 4 ? 0 : typed.length < 8 ? 1 : 2;
    const whole = distance(typed, word, limit);
    if (whole <= limit) return whole;
    const start = distance(typed, word.slice(0, typed.length), limit);
    return start <= limit ? start + 0.75 : Infinity;
  };

  // Of two names that fit as well, the one that more is said about comes first.
  const rank = ["theorem", "function", "definition", "section"];

  const typed = words(asked);
  const found = [];
  for (const [name, kind, page, uri] of bookNames) {
    // the package stands in front of a function as the page does: around the name
    const own = words(kind === "function" ? name.slice(name.lastIndexOf(".") + 1) : name);
    const around = [...own, ...words(kind), ...words(page), ...words(name)];
    let score = own.length * 0.01 + (rank.includes(kind) ? 0 : 0.015);
    for (const word of typed) {
      score += Math.min(
        ...own.map((other) => misfit(word, other)),
        ...around.map((other) => misfit(word, other) + 1.5),
      );
    }
    if (score < Infinity) found.push({ score, name, kind, page, uri });
  }
  found.sort((a, b) => a.score - b.score);
  const best = found.filter(({ score }) => score <= found[0].score + 2).slice(0, 12);
  if (!best.length) return;

  const box = document.createElement("section");
  box.className = "found-names";
  box.setAttribute("aria-label", "Found by name");
  const title = document.createElement("h2");
  title.textContent = "Found by name";
  const list = document.createElement("ul");
  for (const { name, kind, page, uri } of best) {
    const link = Object.assign(document.createElement("a"), { href: uri, textContent: name });
    const item = document.createElement("li");
    item.append(link, ` ${kind}, ${page}`);
    list.append(item);
  }
  box.append(title, list);
  place.before(box);
})();
