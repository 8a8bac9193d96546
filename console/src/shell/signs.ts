import type { Standing } from './summarize-countries.ts'

/** A sign for each standing, so that color is never the only difference. */
export const SIGNS: Readonly<Record<Standing, string>> = {
  answered: '✓',
  partly: '◐',
  'not-published': '○',
  denied: '⊘',
  'timed-out': '⧖',
  unavailable: '✕',
}
