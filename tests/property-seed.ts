/** The seed of all random cases (docs/decisions/0068). */
import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const PROJECT = join(import.meta.dirname, '..')

/** What decides which cases a property has: code, schemas and data of the project, and no page. */
const CODE = '**/*.{ts,tsx,mjs,graphql,sql,yaml,json}'

/** Folders that git does not track, and whose files differ between machines. */
const NOT_CODE = ['**/node_modules', '.*', '**/.*', '**/dist', '**/coverage', 'desk']

/**
 * Returns the seed of all random cases, a 32-bit integer: ISTMO_PROPERTY_SEED, or the seed of the code.
 * @throws {Error} if ISTMO_PROPERTY_SEED is not such a number.
 */
export function propertySeed(): number {
  const text = process.env.ISTMO_PROPERTY_SEED
  if (text === undefined) return codeSeed()
  const seed = Number(text)
  if (text === '' || seed !== (seed | 0)) {
    throw new Error(`ISTMO_PROPERTY_SEED: expected an integer of 32 bits with a sign; came ${JSON.stringify(text)}`)
  }
  return seed
}

/**
 * Makes a seed from the names and contents of the code's files, so that it needs no git: the same code has the same seed on each machine, and
 * each change has another.
 * @param root the project's folder.
 * @returns an integer from 0 to 2^28 - 1.
 */
export function codeSeed(root: string = PROJECT): number {
  const hash = createHash('sha256')
  for (const path of globSync(CODE, { cwd: root, exclude: NOT_CODE }).sort()) {
    hash.update(`${path}\0`).update(
      createHash('sha256')
        .update(readFileSync(join(root, path)))
        .digest(),
    )
  }
  return Number.parseInt(hash.digest('hex').slice(0, 7), 16)
}
