/** Grey levels of the film become greys of the screen: the same rule for both renderers. */

/** Steps of the look-up table; NARROWEST of the view keeps each of them within one grey of the screen. */
export const STEPS = 65536;

/**
 * Thresholds of ordered dithering, 8 × 8, each of 1/128, 3/128 … 127/128 once (Bayer, IEEE ICC 1973).
 * A screen has 256 greys; between two of them, a share of the pixels takes the brighter one, and no step is seen
 * where the film has none. A grey the screen has is never changed.
 */
export const THRESHOLDS = Float32Array.from({ length: 64 }, (_, place) => (rank(place % 8, place >> 3) + 0.5) / 64);

function rank(x, y) {
  let value = 0;
  for (let bit = 0; bit < 3; bit += 1) {
    value = (value << 2) | ((((x ^ y) >> bit) & 1) << 1) | ((y >> bit) & 1);
  }
  return value;
}

/** Greys of the screen, in 256ths, for equal steps from 0 to white; black is at `low` and white at `high`. */
export function lookUpTable({ low, high, white, inverted }) {
  const table = new Uint16Array(STEPS);
  for (let step = 0; step < STEPS; step += 1) {
    const share = ((step / (STEPS - 1)) * white - low) / (high - low);
    const grey = 255 * Math.min(Math.max(share, 0), 1);
    table[step] = Math.round(256 * (inverted ? 255 - grey : grey));
  }
  return table;
}
