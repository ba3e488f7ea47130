/**
 * Smaller copies of a film, each half the one before: a film shown small is drawn from means of its pixels, so
 * that fine lines fade instead of breaking up. They are made when they are first needed, and kept with the film.
 */

/** Which copy to draw from: the smallest that still has a sample for each pixel of the screen. */
export function levelFor(scale) {
  return scale >= 1 ? 0 : Math.floor(Math.log2(1 / scale));
}

/** The copy of a film, 0 for the film itself; each sample of copy n stands for 2ⁿ × 2ⁿ of the film. */
export function levelOf(film, number) {
  while (film.levels.length <= number) film.levels.push(halved(film.levels.at(-1)));
  return film.levels[number];
}

function halved({ pixels, width, height }) {
  const columns = Math.ceil(width / 2);
  const rows = Math.ceil(height / 2);
  const means = new pixels.constructor(columns * rows);
  for (let row = 0; row < rows; row += 1) {
    const upper = 2 * row * width;
    // A last row or column without a partner is its own.
    const lower = Math.min(2 * row + 1, height - 1) * width;
    for (let column = 0; column < columns; column += 1) {
      const left = 2 * column;
      const right = Math.min(left + 1, width - 1);
      const sum = pixels[upper + left] + pixels[upper + right] + pixels[lower + left] + pixels[lower + right];
      means[row * columns + column] = (sum + 2) >> 2;
    }
  }
  return { pixels: means, width: columns, height: rows };
}
