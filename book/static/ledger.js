// Filters for the ledger. Without scripts the whole ledger is there to read.
(() => {
  const lists = [...document.querySelectorAll("ol.ledger")];
  if (!lists.length) return;
  const rows = lists.flatMap((list) =>
    [...list.children].map((row) => ({
      row,
      text: row.textContent.toLowerCase(),
      kind: row.dataset.kind,
      tier: row.dataset.tier,
    })),
  );
  const choices = (key) => [...new Set(rows.map((entry) => entry[key]))].sort();
  const form = document.createElement("form");
  form.className = "ledger-filter";
  form.setAttribute("role", "search");
  form.setAttribute("aria-label", "Filter the claims");
  const field = (name, input) => {
    const label = document.createElement("label");
    label.append(name, input);
    form.append(label);
    return input;
  };
  const select = (name, values) => {
    const input = document.createElement("select");
    for (const value of ["", ...values]) input.add(new Option(value || "all", value));
    return field(name, input);
  };
  const text = field("Find", Object.assign(document.createElement("input"), { type: "search" }));
  const kind = select("Kind", choices("kind"));
  const tier = select("Tier", choices("tier"));
  const count = document.createElement("span");
  count.setAttribute("role", "status");
  form.append(count);
  const update = () => {
    let shown = 0;
    for (const entry of rows) {
      const fits =
        entry.text.includes(text.value.toLowerCase()) &&
        (!kind.value || entry.kind === kind.value) &&
        (!tier.value || entry.tier === tier.value);
      entry.row.hidden = !fits;
      shown += fits;
    }
    for (const list of lists) {
      const empty = ![...list.children].some((row) => !row.hidden);
      list.closest("section").hidden = empty;
    }
    count.textContent = `${shown} of ${rows.length} claims`;
  };
  form.addEventListener("input", update);
  form.addEventListener("submit", (event) => event.preventDefault());
  const first = lists[0].closest("section");
  first.parentNode.insertBefore(form, first);
  update();
})();
