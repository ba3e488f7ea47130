/** Films come from the server, and the last ones stay at hand until they take too much memory. */

const NO_ANSWER = "The server does not answer. Is the network there?";

/** Why a film cannot be shown, in words for the reader. */
export class NoFilm extends Error {
  constructor(message, { status = 0 } = {}) {
    super(message);
    this.name = "NoFilm";
    this.status = status;
  }

  /** Whether the same question may have a better answer a little later. */
  get isPassing() {
    return ![404, 409].includes(this.status);
  }
}

/**
 * Keeps films and heat maps, those used last, up to so many bytes.
 *
 * @param {{base: string, maxSide: number|null, bytes: number}} how `maxSide`: the longest side that is asked for.
 */
export class FilmShelf {
  #base;
  #query;
  #bytes;
  #kept = new Map(); // in the order of their last use

  constructor({ base, maxSide, bytes }) {
    this.#base = base;
    this.#query = maxSide ? `?max_side=${maxSide}` : "";
    this.#bytes = bytes;
  }

  /** The film, fetched if need be; throws NoFilm. */
  film(name, { isUrgent = true } = {}) {
    const path = `${this.#base}/films/${name}/pixels${this.#query}`;
    return this.#take(`${name} pixels`, (signal) => fetchFilm(path, name, signal, isUrgent));
  }

  /** The heat map as a picture; null when the film has none. */
  heat(name) {
    const path = `${this.#base}/films/${name}/heat-map.png`;
    return this.#take(`${name} heat`, (signal) => fetchHeat(path, signal));
  }

  /** Give up what is on its way for other films: a reader who hurries through a list waits for one only. */
  keepOnly(names) {
    for (const [key, entry] of this.#kept) {
      if (entry.isHere || names.includes(key.split(" ")[0])) continue;
      this.#kept.delete(key);
      entry.controller.abort();
    }
  }

  /** Forget a film, so that it is fetched anew. */
  forget(name) {
    for (const key of [...this.#kept.keys()]) if (key.startsWith(`${name} `)) this.#kept.delete(key);
  }

  /** Bytes that are kept now. */
  get size() {
    return [...this.#kept.values()].reduce((sum, entry) => sum + entry.bytes, 0);
  }

  #take(key, fetched) {
    const entry = this.#kept.get(key) ?? this.#order(key, fetched);
    this.#kept.delete(key);
    this.#kept.set(key, entry);
    return entry.content;
  }

  #order(key, fetched) {
    const controller = new AbortController();
    const entry = { controller, isHere: false, bytes: 0, content: fetched(controller.signal) };
    entry.content.then(
      (content) => {
        entry.isHere = true;
        entry.bytes = content?.bytes ?? 0;
        this.#makeRoom();
      },
      () => {
        if (this.#kept.get(key) === entry) this.#kept.delete(key);
      },
    );
    return entry;
  }

  #makeRoom() {
    let size = this.size;
    for (const [key, entry] of [...this.#kept].slice(0, -1)) {
      if (size <= this.#bytes) return;
      if (!entry.isHere) continue;
      this.#kept.delete(key);
      size -= entry.bytes;
    }
  }
}

async function fetchFilm(path, name, signal, isUrgent) {
  const answer = await fetched(path, signal, isUrgent ? "high" : "low");
  const samples = await answer.arrayBuffer().catch((error) => {
    throw signal.aborted ? error : new NoFilm(NO_ANSWER);
  });
  const said = (header) => Number(answer.headers.get(`Film-${header}`));
  const [width, height, bits, white] = ["Width", "Height", "Bits", "White"].map(said);
  const isWhole = width > 0 && white > 0 && (bits === 8 || bits === 16);
  if (!isWhole || samples.byteLength !== (width * height * bits) / 8) {
    throw new NoFilm("The film did not arrive whole.");
  }
  // Every browser of today runs on processors that store the low byte first, as the server sends it.
  const pixels = bits === 16 ? new Uint16Array(samples) : new Uint8Array(samples);
  const stored = { storedWidth: said("Stored-Width") || width, storedHeight: said("Stored-Height") || height };
  const says = { first: firstWindow(said) ?? { centre: white / 2, width: white }, values: ownValues(said, answer) };
  // The smaller copies of all levels together take a third more.
  const bytes = Math.ceil((samples.byteLength * 4) / 3);
  return { name, width, height, white, ...says, ...stored, bytes, levels: [{ pixels, width, height }] };
}

/** The window that the film begins with, in its grey levels; null: the server names none. */
function firstWindow(said) {
  const [centre, width] = ["Window-Centre", "Window-Width"].map(said);
  return width > 0 ? { centre, width } : null;
}

/** What the grey levels are in the file's own values, and how much more than the distance its widths count. */
function ownValues(said, answer) {
  // PS3.3 C.11.2.1.2.1: a LINEAR window counts the values from black to white, and not the steps between them.
  const counted = answer.headers.get("Film-Window-Function") === "LINEAR" ? 1 : 0;
  return { slope: said("Value-Slope") || 1, intercept: said("Value-Intercept"), counted };
}

async function fetchHeat(path, signal) {
  try {
    const answer = await fetched(path, signal, "auto");
    const picture = await createImageBitmap(await answer.blob(), { premultiplyAlpha: "premultiply" });
    return { picture, bytes: 4 * picture.width * picture.height };
  } catch (error) {
    if (error.status === 404) return null;
    throw error.name === "AbortError" ? error : new NoFilm("The heat map could not be fetched.");
  }
}

async function fetched(path, signal, priority) {
  let answer;
  try {
    answer = await fetch(path, { signal, priority });
  } catch (error) {
    throw signal.aborted ? error : new NoFilm(NO_ANSWER);
  }
  if (!answer.ok) throw new NoFilm(await refusal(answer), { status: answer.status });
  return answer;
}

/** What the server says of its refusal (RFC 9457), or what its number means. */
async function refusal(answer) {
  const isProblem = answer.headers.get("Content-Type")?.includes("json");
  const told = isProblem ? await answer.json().catch(() => ({})) : {};
  const words = told.detail || told.title;
  if (typeof words === "string" && words) return words;
  if (answer.status === 404) return "This film is not here (any more).";
  return `The server refused the film (${answer.status}).`;
}
