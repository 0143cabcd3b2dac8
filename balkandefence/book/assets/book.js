// Long tables can be sorted by a heading and narrowed by a word. Without scripts they read as they are.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  for (const table of document.querySelectorAll("table.long")) {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const home = table.closest(".pst-scrollable-table-container") || table;

    const bar = document.createElement("div");
    bar.className = "table-tools";
    const label = document.createElement("label");
    label.textContent = "Show rows with ";
    const box = document.createElement("input");
    box.type = "text";
    box.autocomplete = "off";
    label.append(box);
    const count = document.createElement("span");
    count.setAttribute("role", "status");
    const tell = (shown) => { count.textContent = `${shown} of ${rows.length} rows`; };
    tell(rows.length);
    bar.append(label, count);
    home.before(bar);

    box.addEventListener("input", () => {
      const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        shown += row.hidden ? 0 : 1;
      }
      tell(shown);
    });

    const value = (row, column) => row.cells[column].textContent.trim();
    const amount = (text) => parseFloat(text.replace(/,/g, "").replace("\u2212", "-").replace("%", ""));
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const numeric = head.classList.contains("number");
        const sorted = [...rows].sort((a, b) => {
          const [x, y] = [value(a, column), value(b, column)];
          const [unknownX, unknownY] = [x === "–" || x === "", y === "–" || y === ""];
          if (unknownX || unknownY) return unknownX - unknownY; // unknown last, either way
          const order = numeric ? amount(x) - amount(y) : x.localeCompare(y, "en", { numeric: true });
          return down ? -order : order;
        });
        body.append(...sorted);
      });
    });
  }
});

// Beside the earlier edition, as on the released site, its pictures stand beside this one's.
document.addEventListener("DOMContentLoaded", () => {
  const pairs = document.querySelector(".pairs[data-edition]");
  const folder = location.pathname.split("/").slice(-2)[0];
  if (!pairs || ![pairs.dataset.edition, "latest"].includes(folder)) return;
  for (const slot of document.querySelectorAll(".pair .before[data-picture]")) {
    const picture = document.createElement("img");
    picture.loading = "lazy";
    picture.alt = slot.dataset.alt;
    picture.addEventListener("error", () => picture.remove());
    slot.prepend(picture);
    picture.src = slot.dataset.picture;
  }
});
