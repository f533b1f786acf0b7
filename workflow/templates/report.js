"use strict";

// Extras of the page, which says all that it has to say without them.

// ── Figures open large ──────────────────────────────────────────────────────────────────────────
const dialog = document.querySelector("dialog");
const large = dialog.querySelector("img");

for (const image of document.querySelectorAll("figure img")) {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-haspopup", "dialog");
  image.replaceWith(button);
  button.append(image);
  button.addEventListener("click", () => {
    large.src = image.src;
    large.alt = image.alt;
    dialog.showModal();
  });
}
// Escape closes a dialog by itself, and the browser gives the focus back to the button.
dialog.addEventListener("click", () => dialog.close());

// ── Paper shows what a screen folds ─────────────────────────────────────────────────────────────
addEventListener("beforeprint", () => {
  document.querySelectorAll("main details").forEach((part) => (part.open = true));
});

// ── Tables sort ─────────────────────────────────────────────────────────────────────────────────
const language = document.documentElement.lang;
const collator = new Intl.Collator(language, { numeric: true });
const decimalComma = (1.5).toLocaleString(language).includes(",");
const units = { M: 1e6, h: 3600, min: 60, s: 1, млн: 1e6, ч: 3600, мин: 60, с: 1 };

/** 98.54 ± 0.12 → 98.54; 1,234 → 1234; 4.241 M → 4241000; 2 min 6 s → 126; – → NaN. */
function valueOf(text) {
  const plain = decimalComma
    ? text.replace(/(\d)\s(?=\d{3}(?!\d))/g, "$1").replace(/(\d),(?=\d)/g, "$1.")
    : text.replace(/(\d),(?=\d{3}(?!\d))/g, "$1");
  const numbers = plain
    .replaceAll("\u2212", "-")
    .matchAll(/([+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*(\p{L}*)/gu);
  const parts = [...numbers].map(([, number, unit]) => [Number(number), unit]);
  const measured = parts.filter(([, unit]) => unit in units);
  if (measured.length) {
    return measured.reduce((sum, [number, unit]) => sum + number * units[unit], 0);
  }
  return parts.length ? parts[0][0] : NaN;
}

/** Rows in the order of a column; what has no value (–, empty) comes last in either direction. */
function sorted(rows, column, numeric, sign) {
  const keys = new Map(
    rows.map((row) => {
      const text = row.cells[column].textContent.trim();
      return [row, numeric ? valueOf(text) : text];
    }),
  );
  const missing = (key) => (numeric ? Number.isNaN(key) : key === "" || key === "–");
  return rows.toSorted((one, other) => {
    const [a, b] = [keys.get(one), keys.get(other)];
    if (missing(a) || missing(b)) {
      return missing(a) - missing(b);
    }
    return sign * (numeric ? a - b : collator.compare(a, b));
  });
}

for (const table of document.querySelectorAll("main table")) {
  const rows = [...table.tBodies[0].rows];
  const headers = [...table.tHead.rows[0].cells];
  for (const header of rows.length > 5 ? headers : []) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener("click", () => {
      const descending = header.ariaSort === "ascending";
      headers.forEach((each) => each.removeAttribute("aria-sort"));
      header.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const numeric = header.classList.contains("number");
      const order = sorted(rows, header.cellIndex, numeric, descending ? -1 : 1);
      table.tBodies[0].append(...order);
    });
  }
}
