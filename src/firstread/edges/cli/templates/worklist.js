"use strict";
(() => {
  const by = (id) => document.getElementById(id);
  const list = by("list");
  const films = [...list.children];
  const viewer = document.querySelector(".viewer");
  const BANDS = ["URGENT", "REVIEW", "not scored", "ROUTINE"];
  let shown = films;
  let chosen = null;
  let band = "";
  let sort = "rank";
  let descending = false;

  // What a reader keeps between visits; a browser may refuse to keep anything.
  const keep = {
    get(name) { try { return localStorage.getItem(name); } catch { return null; } },
    set(name, value) { try { localStorage.setItem(name, value); } catch { /* the page works without */ } },
  };
  const readKey = "firstread-read-" + document.body.dataset.worklist;
  const read = new Set(JSON.parse(keep.get(readKey) || "[]"));

  // ── Which films, in which order
  const text = new Map(films.map((film) => [film, [film.querySelector(".what").textContent, film.dataset.band, film.dataset.folder].join(" ").toLowerCase()]));
  const KEYS = {
    rank: (film) => Number(film.dataset.rank),
    name: (film) => film.dataset.name,
    band: (film) => BANDS.indexOf(film.dataset.band),
    probability: (film) => -Number(film.dataset.probability),
  };
  const names = new Intl.Collator(undefined, { numeric: true });
  const compare = (a, b) => (typeof a === "string" ? names.compare(a, b) : a - b);

  function filter() {
    const words = by("search").value.toLowerCase().trim();
    shown = [...list.children].filter((film) => {
      const fits = (!band || film.dataset.band === band) && text.get(film).includes(words);
      film.hidden = !fits;
      return fits;
    });
    by("nothing").hidden = shown.length > 0;
    progress();
  }

  function order() {
    const key = new Map(films.map((film) => [film, KEYS[sort](film)]));
    films.sort((a, b) => (descending ? -1 : 1) * compare(key.get(a), key.get(b)) || a.dataset.rank - b.dataset.rank);
    list.append(...films);
    for (const button of document.querySelectorAll("[data-sort]")) {
      button.setAttribute("aria-pressed", String(button.dataset.sort === sort));
      button.classList.toggle("up", button.dataset.sort === sort && descending);
    }
    filter();
  }

  function progress() {
    const some = shown.length < films.length ? `${shown.length} shown · ` : "";
    by("progress").textContent = films.length ? `${some}${read.size} of ${films.length} read` : "No films";
  }

  // ── The chosen film
  function show(film, { scroll = true } = {}) {
    if (!film) return;
    if (chosen) chosen.removeAttribute("aria-current");
    chosen = film;
    film.setAttribute("aria-current", "true");
    if (scroll) film.scrollIntoView({ block: "nearest" });
    const facts = film.dataset;
    const picture = film.querySelector("img");
    const scored = Number(facts.probability) >= 0;
    viewer.hidden = false;
    by("v-name").textContent = `${facts.rank}. ${facts.name}`;
    by("v-band").textContent = facts.band;
    by("v-band").className = "band " + facts.band.toLowerCase().replace(" ", "-");
    const frame = document.querySelector(".frame");
    frame.style.setProperty("--shape", picture ? facts.width / facts.height : 1.4);
    by("v-film").hidden = !picture;
    by("v-none").hidden = Boolean(picture);
    by("v-none").textContent = picture ? "" : "No picture: this file was not scored.";
    if (picture) {
      by("v-film").src = picture.src;
      by("v-film").alt = `Radiograph ${facts.name}`;
    }
    by("v-heat").src = facts.heat || "data:,";
    by("v-synthetic").hidden = !("synthetic" in facts);
    by("v-score").hidden = !scored;
    if (scored) {
      by("v-percent").textContent = film.querySelector(".number").textContent.trim();
      by("v-fill").style.width = `${100 * facts.probability}%`;
      by("v-fill").className = facts.band.toLowerCase();
    }
    by("v-reason").textContent = film.querySelector(".reason")?.textContent ?? "";
    by("v-warnings").replaceChildren(...[...film.querySelectorAll(".warning")].map((warning) => entry("li", warning.textContent)));
    const rows = [["Folder", facts.folder]];
    if (picture) rows.push(["Size", `${facts.width} × ${facts.height}`]);
    if (facts.view) rows.push(["View", facts.view]);
    if (facts.shift) rows.push(["Unusual", `more than ${facts.shift < 100 ? `${Math.floor(facts.shift)} % of the films` : "any film"} the model was tuned on (shift)`]);
    by("v-facts").replaceChildren(...rows.flatMap(([name, value]) => [entry("dt", name), entry("dd", value)]));
    by("v-open").href = facts.href;
    paint();
  }

  function entry(tag, words) {
    const element = document.createElement(tag);
    element.textContent = words;
    return element;
  }

  function paint() {
    const on = by("heat").getAttribute("aria-pressed") === "true";
    by("v-heat").hidden = !on || !chosen?.dataset.heat;
    by("v-heat").style.opacity = by("opacity").value / 100;
    const inverted = by("invert").getAttribute("aria-pressed") === "true";
    by("v-film").style.filter = `${inverted ? "invert(1) " : ""}brightness(${by("brightness").value}%) contrast(${by("contrast").value}%)`;
    by("read").setAttribute("aria-pressed", String(Boolean(chosen && read.has(chosen.dataset.rank))));
  }

  function step(places) {
    const at = shown.indexOf(chosen);
    show(at < 0 ? shown[0] : shown[Math.min(Math.max(at + places, 0), shown.length - 1)]);
  }

  function toggle(button) {
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    paint();
  }

  function markRead() {
    if (!chosen) return;
    const rank = chosen.dataset.rank;
    const isRead = !read.delete(rank);
    if (isRead) read.add(rank);
    chosen.classList.toggle("is-read", isRead);
    keep.set(readKey, JSON.stringify([...read]));
    progress();
    if (isRead) step(1);
    paint();
  }

  function theme(name) {
    document.documentElement.dataset.theme = name;
    keep.set("firstread-theme", name);
  }

  const otherTheme = () => theme(document.documentElement.dataset.theme === "light" ? "dark" : "light");

  // ── What a reader does
  list.addEventListener("click", (event) => {
    const film = event.target.closest("li");
    if (!film) return;
    event.preventDefault();
    show(film, { scroll: false });
  });
  for (const chip of document.querySelectorAll("[data-filter]")) {
    chip.addEventListener("click", () => {
      band = chip.dataset.filter;
      for (const other of document.querySelectorAll("[data-filter]")) other.setAttribute("aria-pressed", String(other === chip));
      filter();
    });
  }
  for (const button of document.querySelectorAll("[data-sort]")) {
    button.addEventListener("click", () => {
      descending = sort === button.dataset.sort && !descending;
      sort = button.dataset.sort;
      order();
    });
  }
  by("search").addEventListener("input", filter);
  by("clear").addEventListener("click", () => {
    by("search").value = "";
    document.querySelector('[data-filter=""]').click();
  });
  by("previous").addEventListener("click", () => step(-1));
  by("next").addEventListener("click", () => step(1));
  for (const id of ["heat", "invert"]) by(id).addEventListener("click", () => toggle(by(id)));
  for (const id of ["opacity", "contrast", "brightness"]) by(id).addEventListener("input", paint);
  by("read").addEventListener("click", markRead);
  by("close").addEventListener("click", () => { viewer.hidden = true; });
  by("theme").addEventListener("click", otherTheme);

  const ACTIONS = {
    j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1),
    PageDown: () => step(10), PageUp: () => step(-10), Home: () => show(shown[0]), End: () => show(shown.at(-1)),
    h: () => toggle(by("heat")), i: () => toggle(by("invert")), r: markRead, t: otherTheme,
    o: () => chosen && by("v-open").click(), "/": () => by("search").focus(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const inField = event.target.matches("input");
    if (event.key === "Escape" && inField) event.target.blur();
    if (inField || !(event.key in ACTIONS)) return;
    event.preventDefault();
    ACTIONS[event.key]();
  });

  theme(keep.get("firstread-theme") || (matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark"));
  for (const film of films) film.classList.toggle("is-read", read.has(film.dataset.rank));
  filter();
  const wanted = location.hash && films.find((film) => "#" + film.id === location.hash);
  if (wanted || (films.length && matchMedia("(min-width: 44rem)").matches)) show(wanted || films[0]);
})();
