import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

/** The words of penal codes and registers, and their articles, by the code of the classification: lexicon.yaml, which says how it is written. */
interface Lexicon {
  readonly terms: Readonly<Record<string, string>>
  readonly articles: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** The lexicon. */
export const LEXICON = parse(readFileSync(new URL('lexicon.yaml', import.meta.url), 'utf8')) as Lexicon
