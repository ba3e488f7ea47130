/** Every file of what was dropped or picked, with its path; folders are walked to their last file. */

/** Files that operating systems leave in folders; nobody means to send them. */
const LEFTOVERS = /^(?:\.DS_Store|Thumbs\.db|desktop\.ini|\._.*)$/i;

/**
 * A file on its way, or what could not be read.
 *
 * @typedef {{path: string, file?: File, problem?: string, isLeftover?: boolean}} Found
 */

/**
 * Walk the items of a drop.
 *
 * Must be called while the drop is being handled: afterwards a browser forgets what was dropped.
 *
 * @param {Iterable<DataTransferItem>} items
 * @returns {AsyncGenerator<Found>}
 */
export function walkItems(items) {
  const entries = [...items].filter((item) => item.kind === "file").map(entryOf);
  return descend(entries.filter(Boolean));
}

/**
 * Walk the files of a picker; those of a folder know their path.
 *
 * @param {Iterable<File>} files
 * @returns {AsyncGenerator<Found>}
 */
export async function* walkFiles(files) {
  const byPath = [...files].map((file) => found(file.webkitRelativePath || file.name, file));
  yield* byPath.sort((a, b) => inOrder(a.path, b.path));
}

function entryOf(item) {
  const entry = item.webkitGetAsEntry?.();
  if (entry) return entry;
  const file = item.getAsFile?.();
  return file && { isFile: true, fullPath: file.name, file: (resolve) => resolve(file) };
}

/** Walk entries, folder by folder; a folder that cannot be read is told, and the others are still walked. */
async function* descend(roots) {
  const folders = [];
  yield* filesOf(roots, folders);
  while (folders.length > 0) {
    const folder = folders.shift();
    const reader = folder.createReader();
    try {
      for await (const entries of batches(reader)) yield* filesOf(entries, folders);
    } catch {
      yield { path: pathOf(folder), problem: "This folder could not be read." };
    }
  }
}

/** Read a folder until nothing more comes: a browser hands out no more than 100 entries at a time. */
async function* batches(reader) {
  for (;;) {
    const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return;
    yield entries;
  }
}

async function* filesOf(entries, folders) {
  entries.sort((a, b) => inOrder(a.fullPath, b.fullPath));
  folders.push(...entries.filter((entry) => entry.isDirectory));
  yield* await Promise.all(entries.filter((entry) => entry.isFile).map(opened));
}

async function opened(entry) {
  const path = pathOf(entry);
  try {
    return found(path, await new Promise((resolve, reject) => entry.file(resolve, reject)));
  } catch {
    return { path, problem: "This file could not be read." };
  }
}

function found(path, file) {
  return { path, file, isLeftover: LEFTOVERS.test(path.slice(path.lastIndexOf("/") + 1)) };
}

/** Compare paths; letter by letter, since a hundred thousand of them must not take seconds. */
const inOrder = (a, b) => (a < b ? -1 : Number(a > b));

const pathOf = (entry) => entry.fullPath.replace(/^\/+/, "");
