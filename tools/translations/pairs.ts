import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Pair } from './compare.ts'

/** The translations of a checkout. */
export interface Translations {
  readonly pairs: readonly Pair[]
  /** Paths of translations whose page does not exist. */
  readonly orphans: readonly string[]
}

const FOLDER = 'docs/es'

/** Pages whose readers know no English have a Spanish name too: the page that each one translates. */
const NAMED_IN_SPANISH: Readonly<Record<string, string>> = {
  'docs/es/para-quien-decide.md': 'docs/for-who-decides.md',
}

/**
 * Finds the translations of a checkout: `README.es.md`, and each page of `docs/es`, which translates a page in `docs`.
 *
 * @param root path of the checkout.
 */
export function readTranslations(root: string): Translations {
  const names = readdirSync(join(root, FOLDER)).filter((name) => name.endsWith('.md'))
  const found = [
    { original: 'README.md', translation: 'README.es.md' },
    ...names.sort().map((name) => {
      const translation = `${FOLDER}/${name}`
      return { original: NAMED_IN_SPANISH[translation] ?? `docs/${name}`, translation }
    }),
  ]
  const isPair = ({ original }: { readonly original: string }) => existsSync(join(root, original))
  const read = (path: string) => ({ path, text: readFileSync(join(root, path), 'utf8') })
  return {
    pairs: found.filter(isPair).map(({ original, translation }) => ({
      original: read(original),
      translation: read(translation),
    })),
    orphans: found.filter((each) => !isPair(each)).map(({ translation }) => translation),
  }
}
