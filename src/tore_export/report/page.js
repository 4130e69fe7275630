"use strict";

/* The switch between light and dark: it begins as the system says. */
const theme = document.getElementById("theme");
const isDark = () => {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
};
const nameTheme = () => { theme.textContent = isDark() ? "Light" : "Dark"; };
theme.addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  nameTheme();
});
theme.hidden = false;
nameTheme();

/* The browser of samples. Text of documents only ever becomes text nodes. */
const samples = JSON.parse(document.getElementById("sample-data").textContent);
const group = document.getElementById("sample-group");
const search = document.getElementById("sample-search");
const list = document.getElementById("sample-list");
const detail = document.getElementById("sample");
const count = document.getElementById("sample-count");
const previous = document.getElementById("sample-previous");
const next = document.getElementById("sample-next");
let shown = [];
let at = -1;

const make = (tag, text, kind) => {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (kind) made.className = kind;
  return made;
};
const number = (value) => value.toLocaleString("en-US");
const figure = (value) => String(Math.round(value * 10000) / 10000);
const titleOf = (one) => one.source || one.doc_id || "a record";

const beginningOf = (one) => {
  const text = one.pieces.map((piece) => piece.text).find((found) => found.trim() !== "");
  return text === undefined ? one.detail || titleOf(one) : text.trim().slice(0, 80);
};

const words = samples.map((one) =>
  [one.doc_id, one.source, one.group, one.detail, ...one.pieces.map((piece) => piece.text)]
    .join("\n").toLowerCase());

const find = () => {
  const wanted = group.value;
  const sought = search.value.trim().toLowerCase();
  shown = samples.flatMap((one, index) =>
    (wanted === "" || wanted === one.fate || wanted === `${one.fate}:${one.group}`)
    && (sought === "" || words[index].includes(sought)) ? [one] : []);
  list.replaceChildren(...shown.map((one, index) => {
    const item = make("li", undefined, `is-${one.fate}`);
    item.id = `sample-${index}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    const tokens = one.n_tokens === null ? "" : ` · ${number(one.n_tokens)} tokens`;
    item.append(make("b", beginningOf(one)), make("span", `${one.group}${tokens}`),
      make("span", titleOf(one)));
    return item;
  }));
  count.textContent = `${number(shown.length)} of ${number(samples.length)} samples`;
  at = -1;
  select(0, false);
};

const factsOf = (one) => [
  [one.fate === "kept" ? "split" : "went away by", one.group],
  ["document", one.doc_id],
  ["source", one.source],
  ["tokens", one.n_tokens === null ? "" : number(one.n_tokens)],
  ["quality score", one.score === null ? "" : figure(one.score)],
  ["pages", one.pages.join(", ")],
].filter((fact) => fact[1] !== "");

const draw = (one) => {
  const facts = make("dl", undefined, "options");
  for (const [name, value] of factsOf(one)) facts.append(make("dt", name), make("dd", value));
  const parts = [make("h3", titleOf(one)), facts];
  if (one.fate !== "kept") {
    const told = [];
    if (one.value !== null) told.push(`measured ${figure(one.value)}`);
    if (one.threshold !== null) told.push(`threshold ${figure(one.threshold)}`);
    if (one.detail) told.push(one.detail);
    if (told.length) parts.push(make("p", told.join(", "), `why is-${one.fate}`));
    if (!one.pieces.length) parts.push(make("p", "There is no text of this document.", "soft"));
  }
  for (const piece of one.pieces) {
    parts.push(make("h4", piece.name), make("pre", piece.text));
    if (piece.left_out) {
      parts.push(make("p", `… ${number(piece.left_out)} characters more`, "soft small"));
    }
  }
  detail.replaceChildren(...parts);
  detail.scrollTop = 0;
};

const select = (index, isMoved = true) => {
  if (at >= 0) list.children[at].setAttribute("aria-selected", "false");
  if (!shown.length) {
    list.removeAttribute("aria-activedescendant");
    detail.replaceChildren(make("p", "No sample is like that.", "soft"));
    previous.disabled = next.disabled = true;
    return;
  }
  at = Math.max(0, Math.min(index, shown.length - 1));
  const item = list.children[at];
  item.setAttribute("aria-selected", "true");
  list.setAttribute("aria-activedescendant", item.id);
  previous.disabled = at === 0;
  next.disabled = at === shown.length - 1;
  if (isMoved) {
    const top = item.offsetTop - list.offsetTop;
    if (top < list.scrollTop) list.scrollTop = top;
    const below = top + item.offsetHeight - list.clientHeight;
    if (below > list.scrollTop) list.scrollTop = below;
  } else {
    list.scrollTop = 0;
  }
  draw(shown[at]);
};

if (list) {
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -1e9, End: 1e9 };
  list.addEventListener("keydown", (event) => {
    if (!(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    select(at + steps[event.key]);
  });
  list.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (item) select([...list.children].indexOf(item));
  });
  previous.addEventListener("click", () => select(at - 1));
  next.addEventListener("click", () => select(at + 1));
  group.addEventListener("change", find);
  search.addEventListener("input", find);
  for (const link of document.querySelectorAll("a[data-group]")) {
    link.addEventListener("click", () => {
      group.value = link.dataset.group;
      search.value = "";
      find();
    });
  }
  find();
}
