import type { Language } from '../../contract/language.ts'

/**
 * What the first copy demands beside the second one. `tighter`: everybody who passes the first passes the second, and not the other way round.
 * `different`: neither implies the other.
 */
export type DiffVerdict = 'equal' | 'tighter' | 'looser' | 'different'

/** What `istmo policy diff` says, in each language. */
export interface DiffWords {
  readonly verdicts: Readonly<Record<DiffVerdict, string>>
  readonly here: string
  readonly there: string
  /** What a field demands. */
  readonly nothing: string
  readonly notPublished: string
  readonly authenticated: string
  readonly scopes: string
  readonly policies: string
  readonly and: string
  readonly or: string
  /** Whom a copy recognises. */
  readonly notRecognised: string
  readonly until: (day: string) => string
  /** The last line: how many fields have each verdict. */
  readonly sum: (counts: Readonly<Record<DiffVerdict, number>>) => string
}

const ENGLISH: DiffWords = {
  verdicts: { equal: 'equal', tighter: 'tighter', looser: 'looser', different: 'different' },
  here: 'here',
  there: 'there',
  nothing: 'nothing',
  notPublished: 'not published',
  authenticated: 'authenticated',
  scopes: 'scopes',
  policies: 'policies',
  and: ' and ',
  or: ' or ',
  notRecognised: 'not recognised',
  until: (day) => `until ${day}`,
  sum: ({ tighter, looser, different, equal }) =>
    `${tighter} tighter, ${looser} looser, ${different} different, ${equal} equal`,
}

const SPANISH: DiffWords = {
  verdicts: { equal: 'igual', tighter: 'más estricto', looser: 'menos estricto', different: 'distinto' },
  here: 'aquí',
  there: 'allá',
  nothing: 'nada',
  notPublished: 'sin publicar',
  authenticated: 'autenticación',
  scopes: 'permisos',
  policies: 'políticas',
  and: ' y ',
  or: ' o ',
  notRecognised: 'no reconocido',
  until: (day) => `hasta ${day}`,
  sum: ({ tighter, looser, different, equal }) =>
    `${tighter} más estrictos, ${looser} menos estrictos, ${different} distintos, ${equal} iguales`,
}

/** The words of each language. */
export const DIFF_WORDS: Readonly<Record<Language, DiffWords>> = { en: ENGLISH, es: SPANISH }
