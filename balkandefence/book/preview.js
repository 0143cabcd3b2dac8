/* Keeps an open page of the preview up to date. Sent along with each page, never part of a book. */
(() => {
  "use strict";
  const [run, version] = document.currentScript.dataset.mark.split("-");
  const seen = { run, version: Number(version) };
  const KEEP = "preview-place";

  // What the reader had in view, and which parts were open, survive a reload.
  const marked = () => [...document.querySelectorAll("main [id], article [id]")]
    .filter(e => e.getClientRects().length);
  const name = details => (details.querySelector("summary")?.textContent || "").trim();

  function keep() {
    const above = marked().filter(e => e.getBoundingClientRect().top <= 1).pop();
    sessionStorage.setItem(KEEP, JSON.stringify({
      page: location.pathname,
      top: scrollY,
      atEnd: scrollY > 0 && innerHeight + scrollY >= document.documentElement.scrollHeight - 2,
      id: above?.id,
      offset: above?.getBoundingClientRect().top,
      details: [...document.querySelectorAll("details")].map(d => [name(d), d.open]),
    }));
    history.scrollRestoration = "manual";
  }

  function restore() {
    const kept = JSON.parse(sessionStorage.getItem(KEEP) || "null");
    sessionStorage.removeItem(KEEP);
    if (!kept || kept.page !== location.pathname) return;
    const left = kept.details.slice();
    for (const details of document.querySelectorAll("details")) {
      const at = left.findIndex(([summary]) => summary === name(details));
      if (at >= 0) details.open = left.splice(at, 1)[0][1];
    }
    const place = () => {
      const anchor = kept.id && document.getElementById(kept.id);
      const top = kept.atEnd ? document.documentElement.scrollHeight
        : anchor ? scrollY + anchor.getBoundingClientRect().top - kept.offset : kept.top;
      scrollTo({ top, behavior: "instant" });
    };
    place();
    addEventListener("load", () => {
      place();
      requestAnimationFrame(place); // the theme moves to a hash when all is there
      history.scrollRestoration = "auto";
    });
  }

  // A page is touched where it, or a file that it shows, has changed.
  const path = address => {
    const url = new URL(address, location.href);
    if (url.origin !== location.origin) return "";
    const found = decodeURIComponent(url.pathname).replace(/^\/+/, "");
    return !found || found.endsWith("/") ? `${found}index.html` : found;
  };
  const shown = () => [
    location.href,
    ...performance.getEntriesByType("resource").map(entry => entry.name),
    ...[...document.querySelectorAll("img[src], script[src]")].map(e => e.src),
    ...[...document.querySelectorAll("source[srcset]")].map(e => e.srcset.trim().split(/\s+/)[0]),
    ...[...document.querySelectorAll("link[rel~=stylesheet]")].map(e => e.href),
  ].map(path);

  function follow(told) {
    const known = told.run === seen.run;
    const mine = new Set(shown());
    const files = Object.keys(told.changed)
      .filter(file => mine.has(file) && (!known || told.changed[file] > seen.version));
    if (!known || files.some(file => !file.endsWith(".css"))) {
      keep();
      location.reload();
      return;
    }
    for (const link of document.querySelectorAll("link[rel~=stylesheet]")) {
      if (!files.includes(path(link.href))) continue;
      const next = link.cloneNode();
      const address = new URL(link.href);
      address.searchParams.set("preview", told.version);
      next.href = address;
      next.addEventListener("load", () => link.remove());
      link.after(next);
    }
    seen.version = told.version;
  }

  // What is wrong stands over the page, apart from the page's own styles.
  const host = document.createElement("div");
  host.id = "preview";
  const inside = host.attachShadow({ mode: "open" });
  inside.innerHTML = `<style>
    :host { all: initial; }
    #problems, #state { position: fixed; z-index: 2147483647; box-sizing: border-box;
      font: 15px/1.45 system-ui, sans-serif; color: #fff; }
    #problems { left: 0; right: 0; bottom: 0; max-height: 70vh; overflow: auto;
      background: #5c1018; border-top: 4px solid #ff8a8a; padding: 0.8rem 1rem 1rem; }
    #problems.small { max-height: 3.2rem; overflow: hidden; padding-bottom: 0.8rem; }
    #problems[hidden], #state[hidden] { display: none; }
    .head { display: flex; gap: 1rem; align-items: flex-start; justify-content: space-between; }
    h2 { font-size: 1rem; margin: 0; font-weight: 600; }
    p { margin: 0.3rem 0 0; }
    .small p, .small pre { display: none; }
    pre { margin: 0.7rem 0 0; padding: 0.6rem 0.8rem; background: #2b070b; white-space: pre-wrap;
      overflow-wrap: anywhere; font: 13px/1.5 ui-monospace, monospace; }
    button { font: inherit; color: #fff; background: transparent; border: 1px solid #fff;
      border-radius: 4px; padding: 0 0.7rem; cursor: pointer; flex: none; }
    button:focus-visible { outline: 3px solid #ffd54a; outline-offset: 2px; }
    #state { left: 0.8rem; bottom: 0.8rem; background: #22303c; border-radius: 4px;
      padding: 0.15rem 0.7rem; }
  </style><div id="problems" role="alert" hidden></div><div id="state" role="status" hidden></div>`;
  document.body.append(host);
  const problems = inside.getElementById("problems");
  const state = inside.getElementById("state");
  let small = false;
  let last = "";

  function warn(found) {
    if (JSON.stringify(found) === last) return;
    last = JSON.stringify(found);
    problems.replaceChildren();
    problems.hidden = !found.length;
    if (!found.length) return;
    const head = problems.appendChild(document.createElement("div"));
    head.className = "head";
    const words = head.appendChild(document.createElement("div"));
    words.appendChild(document.createElement("h2")).textContent = "The book could not be rebuilt";
    words.appendChild(document.createElement("p")).textContent =
      "The page shows its last good state; this goes away when it is mended.";
    const button = head.appendChild(document.createElement("button"));
    const say = () => {
      problems.classList.toggle("small", small);
      button.textContent = small ? "Show" : "Hide";
      button.setAttribute("aria-expanded", String(!small));
    };
    button.addEventListener("click", () => { small = !small; say(); });
    for (const text of found)
      problems.appendChild(document.createElement("pre")).textContent = text;
    say();
  }

  function tell(text) {
    state.textContent = text;
    state.hidden = !text || !problems.hidden;
  }

  restore();
  const events = new EventSource("/.preview/events");
  let soon;
  events.addEventListener("message", event => {
    const told = JSON.parse(event.data);
    warn(told.problems);
    clearTimeout(soon);
    if (told.busy) soon = setTimeout(tell, 700, "Rebuilding …"); // not a flash at every save
    else tell("");
    follow(told);
  });
  events.addEventListener("error", () => { clearTimeout(soon); tell("The preview has ended."); });
  events.addEventListener("open", () => tell(""));
  addEventListener("pagehide", () => events.close());
})();
