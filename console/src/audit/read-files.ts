import type { TrustFile } from './trust.ts'

/** The largest file that is read, in bytes. A trust policy has some hundred; a comparison of two logs may have many lines. */
const MAX_BYTES = 100_000_000

/** Reads files that somebody chose. Files that are too large are left out. */
export async function readFiles(files: readonly File[]): Promise<readonly TrustFile[]> {
  const chosen = files.filter(({ size }) => size <= MAX_BYTES)
  return Promise.all(chosen.map(async (file) => ({ name: file.name, text: await file.text() })))
}
