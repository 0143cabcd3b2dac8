// In a released edition: a menu of all editions that keeps the page, and on an old one a banner.
// The list stands beside the editions, so that an old one learns of those after it and stays as it
// is. A book that does not stand in the folder of its edition asks for nothing and shows nothing.
"use strict";

(() => {
  const said = document.querySelector("[data-edition]");
  const own = said && said.dataset.edition;
  const root = new URL(document.documentElement.dataset.content_root || "./", location.href);
  const folder = root.pathname.split("/").filter(Boolean).pop();
  if (!own || decodeURIComponent(folder || "") !== own) return;

  const page = location.pathname.slice(root.pathname.length) || "index.html";

  // the address of this page in another edition, or of its front page where it has no such page
  const place = (edition) => {
    const there = edition.pages.includes(page);
    const url = new URL(`../${edition.version}/${there ? page : "index.html"}`, root);
    if (there) [url.search, url.hash] = [location.search, location.hash];
    return { there, url: url.href };
  };

  const link = (edition, text) => {
    const made = document.createElement("a");
    made.textContent = text;
    made.href = place(edition).url;
    addEventListener("hashchange", () => { made.href = place(edition).url; });
    return made;
  };

  const menu = (editions) => {
    const made = document.createElement("details");
    made.className = "edition-menu";
    const summary = document.createElement("summary");
    summary.textContent = `Edition ${own}`;
    const list = document.createElement("ul");
    for (const edition of editions) {
      const item = document.createElement("li");
      const made = link(edition, `${edition.name}, as known on ${edition.day}`);
      if (edition.version === own) made.setAttribute("aria-current", "true");
      else if (!place(edition).there) made.append(" (its front page)");
      item.append(made);
      list.append(item);
    }
    const all = document.createElement("a");
    all.textContent = "All editions";
    all.href = new URL("../index.html", root).href;
    const last = document.createElement("li");
    last.append(all);
    list.append(last);
    made.append(summary, list);
    return made;
  };

  const banner = (newest, mine) => {
    const made = document.createElement("aside");
    made.className = "edition-banner";
    made.setAttribute("aria-label", "A newer edition");
    const text = document.createElement("p");
    text.append(`This is edition ${own}${mine ? `, as known on ${mine.day}` : ""}. `);
    const { there } = place(newest);
    text.append(link(newest, there ? `This page in the newest edition, ${newest.version}`
                                   : `The newest edition, ${newest.version}`));
    text.append(there ? "." : ", has no such page.");
    made.append(text);
    return made;
  };

  const show = () => {
    const editions = window.bookEditions || [];
    if (!editions.length) return;
    const newest = editions.find((edition) => edition.preferred) || editions[0];
    const mine = editions.find((edition) => edition.version === own);
    const logo = document.querySelector("#pst-primary-sidebar .navbar-brand");
    if (logo) logo.parentElement.after(menu(editions));
    const main = document.querySelector(".bd-article");
    if (main && newest.version !== own) main.prepend(banner(newest, mine));
  };

  const list = document.createElement("script");
  list.src = new URL("../switcher.js", root).href;
  list.addEventListener("load", () => {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", show);
    else show();
  });
  document.head.append(list);
})();
