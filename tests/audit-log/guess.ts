/** Someone who holds an audit log and guesses: hashes what may be in it in each way that needs no secret, and looks for the hashes. */
import { createHash, createHmac } from 'node:crypto'

/** Something to guess, and a name of it for messages. */
export interface Candidate {
  readonly name: string
  readonly bytes: string | Uint8Array
}

/**
 * Finds the candidates of which a hash stands in the bytes: SHA-256 of the candidate, alone, as a leaf of a tree, with a newline, or behind
 * each known part; or HMAC-SHA-256 with a known part as the key. It finds raw hashes at any place, and hashes in hexadecimal digits, Base 64 and
 * URL-safe Base 64.
 * @param parts texts that the guesser knows, such as those in the log beside the hashes.
 */
export function guess(
  candidates: Iterable<Candidate>,
  places: readonly Uint8Array[],
  parts: Iterable<string>,
): readonly string[] {
  const known = [...parts]
  const names = new Map<string, string>()
  for (const { name, bytes } of candidates) {
    for (const hash of hashesOf(bytes, known)) names.set(hash.toString('latin1'), name)
  }
  const found = new Set<string>()
  for (const hash of listHashes(places, new Set([...names.keys()].map((key) => key.slice(0, 4))))) {
    const name = names.get(hash.toString('latin1'))
    if (name !== undefined) found.add(name)
  }
  return [...found].sort()
}

function* hashesOf(bytes: string | Uint8Array, parts: readonly string[]): Generator<Buffer> {
  const sha256 = (...all: (string | Uint8Array)[]): Buffer => {
    const hash = createHash('sha256')
    for (const each of all) hash.update(each)
    return hash.digest()
  }
  yield sha256(bytes)
  yield sha256(bytes, '\n')
  yield sha256(Buffer.from([0]), bytes)
  for (const part of parts) {
    yield sha256(part, bytes)
    yield createHmac('sha256', part).update(bytes).digest()
  }
}

/**
 * Lists what may be a hash in the bytes.
 * @param beginnings the first four bytes of the raw hashes that are wanted: there are too many places to list all.
 */
function* listHashes(places: readonly Uint8Array[], beginnings: ReadonlySet<string>): Generator<Buffer> {
  for (const place of places) {
    const text = Buffer.from(place).toString('latin1')
    for (let at = 0; at + 32 <= text.length; at++) {
      if (beginnings.has(text.slice(at, at + 4))) yield Buffer.from(text.slice(at, at + 32), 'latin1')
    }
    for (const [hex] of text.matchAll(/[0-9a-fA-F]{64}/g)) yield Buffer.from(hex, 'hex')
    for (const [, digits = ''] of text.matchAll(/(?<![\w+/-])([\w+/-]{43})=?(?![\w+/-])/g)) {
      yield Buffer.from(digits, digits.includes('+') || digits.includes('/') ? 'base64' : 'base64url')
    }
  }
}
