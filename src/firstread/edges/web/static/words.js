/** Numbers and moments in words. */

const NUMBERS = new Intl.NumberFormat("en-GB");
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** Return "1,234". */
export const count = (n) => NUMBERS.format(n);

/** Return "1 film", "1,234 films". */
export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

/** Return a percentage that never claims certainty. */
export function percent(probability) {
  if (probability >= 0.995) return "> 99 %";
  if (probability <= 0.005) return "< 1 %";
  return `${Math.round(100 * probability)} %`;
}

/** Return two ends of an interval; where both read alike, once. */
export function range(low, high) {
  const [from, to] = [percent(low), percent(high)];
  return from === to ? `${from} throughout` : `${from} to ${to}`;
}

/** Return a threshold as a percentage with one decimal: two thresholds may lie close together. */
export const threshold = (value) => `${(100 * value).toFixed(1)} %`;

/** Return the size of a file in words. */
export function size(bytes) {
  if (bytes < 1000) return plural(bytes, "byte");
  const [unit, of] = bytes < 1e6 ? ["kB", 1e3] : bytes < 1e9 ? ["MB", 1e6] : ["GB", 1e9];
  const value = bytes / of;
  return `${value < 10 && unit !== "kB" ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** Return the moment in the reader's own time; the day is left out when it is today. */
export function moment(iso, now = new Date()) {
  const at = new Date(iso);
  return at.toDateString() === now.toDateString() ? CLOCK.format(at) : `${DAY.format(at)}, ${CLOCK.format(at)}`;
}

/** Return a length of time in words. */
export function duration(milliseconds) {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  if (minutes < 1) return "less than a minute";
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`;
}

/** Return a length of time in as few letters as a row has room for: "< 1 min", "12 min", "5 h", "3 d". */
export function brief(milliseconds) {
  const minutes = Math.floor(Math.max(0, milliseconds) / 60_000);
  if (minutes < 1) return "< 1 min";
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${count(Math.floor(hours / 24))} d`;
}

/** Return the words of a finding, as a reader would say them. */
export const FINDING = { present: "pneumonia", absent: "no pneumonia", uncertain: "unsure" };

/** Return a name as one line that reads as it is written: file names may hold line breaks and turns of direction. */
export const printable = (name) => String(name).replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, "\uFFFD");
