// What was typed is compared with the names of theorems, equations, figures and functions, and
// with the text of the book. Typing errors are forgiven, and nothing leaves the page: names.js and
// texts.js hold all there is to find.
(() => {
  const asked = new URLSearchParams(location.search).get("q")?.trim();
  const place = document.getElementById("search-results");
  const field = document.getElementById("search-again");
  if (field && asked) field.value = asked;
  if (!asked || !place) return;

  const LETTERS = "α alpha β beta γ gamma δ delta ε epsilon ζ zeta η eta θ theta κ kappa λ lambda μ mu ξ xi π pi ρ rho σ sigma τ tau φ phi χ chi ψ psi ω omega";
  const GREEK = new Map(LETTERS.match(/\S+ \S+/g).map((pair) => pair.split(" ")));
  const COMMON = new Set("a an and are as at be by can do does for from how i in is it its of on or that the this to what when where which why with".split(" "));
  const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
  /** The words of a text: small letters without accents; 2.13 is one of them. */
  const words = (text) =>
    plain(text)
      .toLowerCase()
      .replace(/['’]s(?![\p{L}\p{N}])/gu, "")
      .match(/\d+(?:\.\d+)+|[\p{L}\p{N}]+/gu) ?? [];
  /** The same, and what hyphens or small and large letters join in other places. */
  const names = (text) => [
    ...words(text),
    ...words(text.replace(/(\p{L})[-‐–](?=\p{L})/gu, "$1")),
    ...words(text.replace(/(\p{Ll})(?=\p{Lu})/gu, "$1 ")),
  ];
  /** What a reader typed: TeX counts for what it shows, a Greek letter for its name. */
  const typedWords = (text) =>
    words(text.replace(/\\(operatorname|math[a-z]+|text[a-z]*|left|right|frac|d?frac|sqrt)(?![a-z])/g, " "))
      .map((word) => GREEK.get(word) ?? word);

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

  // 0 is the word itself; higher is worse; Infinity does not fit. A number fits or does not.
  const misfit = (typed, word) => {
    if (word === typed) return 0;
    if (/^\d/.test(typed)) return Infinity;
    if (typed.length > 1 && word.startsWith(typed)) return 0.5;
    const limit = typed.length < 4 ? 0 : typed.length < 8 ? 1 : 2;
    const whole = distance(typed, word, limit);
    if (whole <= limit) return whole;
    const start = distance(typed, word.slice(0, typed.length), limit);
    return start <= limit ? start + 0.75 : Infinity;
  };

  const byName = (typed) => {
    // Of two names that fit as well, the one that more is said about comes first.
    const rank = ["theorem", "function", "definition", "section"];
    const found = [];
    for (const [name, kind, number, page, uri] of bookNames) {
      // the package stands in front of a function as the page does: around the name
      const own = names(kind === "function" ? name.slice(name.lastIndexOf(".") + 1) : name);
      const around = [...own, ...words(kind), ...words(page), ...names(name), number];
      let score = own.length * 0.003 + (rank.includes(kind) ? 0 : 0.015) + (number ? 0 : 0.005);
      for (const word of typed)
        score += Math.min(
          ...own.map((other) => misfit(word, other)),
          ...around.map((other) => misfit(word, other) + (word === number ? 0 : 1.5)),
        );
      if (score < Infinity) found.push({ score, name, kind, number, page, uri });
    }
    found.sort((a, b) => a.score - b.score);
    return found.filter(({ score }) => score <= found[0].score + 2).slice(0, 12);
  };

  /** Sections in whose text most of the words stand, rare words and exact ones first. */
  const byText = (typed) => {
    const wanted = typed.filter((word) => !COMMON.has(word));
    const where = new Map(); // of each word of the book: how often it stands in which section
    bookTexts.forEach(([, , , text], place) => {
      for (const word of words(text)) {
        if (!where.has(word)) where.set(word, new Map());
        where.get(word).set(place, (where.get(word).get(place) ?? 0) + 1);
      }
    });
    const scores = new Map();
    for (const asked of wanted) {
      let fits = [...where.keys()].map((word) => [misfit(asked, word), word]);
      const best = Math.min(...fits.map(([miss]) => miss));
      // who typed a word that is there means it, or a longer one
      fits = fits.filter(([miss]) => miss <= (best === 0 ? 0.5 : best));
      const here = new Map();
      if (best < Infinity)
        for (const [miss, word] of fits)
          for (const [place, count] of where.get(word)) {
            const weight = (Math.log(bookTexts.length / where.get(word).size) * count) / (count + 1) / (1 + miss);
            const title = words(bookTexts[place][0]).includes(word) ? 2 : 1;
            const before = here.get(place);
            if (!before || before.weight < weight * title) here.set(place, { weight: weight * title, word });
          }
      for (const [place, { weight, word }] of here) {
        const score = scores.get(place) ?? { place, hit: 0, weight: 0, marked: [] };
        scores.set(place, { place, hit: score.hit + 1, weight: score.weight + weight, marked: [...score.marked, word] });
      }
    }
    const sorted = [...scores.values()].sort((a, b) => b.hit - a.hit || b.weight - a.weight);
    return sorted.filter(({ hit }) => hit >= Math.min(sorted[0].hit, Math.max(1, wanted.length * 0.6))).slice(0, 15);
  };

  const element = (tag, properties, ...children) => {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...children);
    return node;
  };
  /** A piece of a text around the place where most of the marked words stand together. */
  const excerpt = (text, marked) => {
    const pieces = text.split(/(?<=\s)/u);
    const hits = pieces.map((piece) => words(piece).filter((word) => marked.includes(word)));
    let from = 0;
    let most = -1;
    for (let at = 0; at < pieces.length; at++) {
      const near = new Set(hits.slice(at, at + 24).flat()).size;
      if (near > most) [most, from] = [near, at];
    }
    from = Math.max(0, from - 6);
    const shown = pieces.slice(from, from + 34).map((piece, k) =>
      hits[from + k].length ? element("mark", { textContent: piece }) : piece);
    return [from ? "… " : "", ...shown, from + 34 < pieces.length ? "…" : ""];
  };
  const list = (title, name, items) => {
    if (!items.length) return;
    const box = element("section", { className: name }, element("h2", { textContent: title }), element("ul", {}, ...items));
    box.setAttribute("aria-label", title);
    place.append(box);
  };

  const typed = typedWords(asked);
  const named = typed.length ? byName(typed) : [];
  const read = typed.length ? byText(typed) : [];
  list("Found by name", "found-names", named.map(({ name, kind, number, page, uri }) =>
    element("li", {}, element("a", { href: uri, textContent: name }), ` ${[kind, number].join(" ").trim()}, ${page}`)));
  list("Found in the text", "found-texts", read.map(({ place: at, marked }) => {
    const [title, page, uri, text] = bookTexts[at];
    return element("li", {},
      element("a", { href: uri, textContent: title }), title === page ? "" : ` ${page}`,
      element("p", { className: "excerpt" }, ...excerpt(text, marked)));
  }));
  document.getElementById("search-said").textContent = named.length || read.length
    ? `${named.length} found by name, ${read.length} in the text.`
    : `Nothing in the book is like “${asked}”. A shorter or another word may help; the index lists the names.`;
})();
