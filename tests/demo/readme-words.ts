import type { Language } from '../../contract/language.ts'

/** The words of README's answers. Codes, and the lines of the first answer, are the same in each language. */
export interface ReadmeWords {
  /** The sentence before the first answer. */
  readonly lead: (cases: string, countries: string) => string
  /** The numbers from 0 to 12. */
  readonly numbers: readonly string[]
  /** The heads of the columns of the three profiles. */
  readonly profiles: readonly [string, string, string]
  readonly names: string
  readonly cases: string
  readonly narratives: string
  readonly hits: string
  readonly shown: string
  readonly shownOf: (shown: number, all: number) => string
  readonly notReached: string
  readonly isNull: string
  readonly yes: string
  readonly no: string
}

/** The words of README.md and of README.es.md. */
export const README_WORDS: Readonly<Record<Language, ReadmeWords>> = {
  en: {
    lead: (cases, countries) =>
      '"Which cases name this person of Guatemala, in any country?" ' +
      `The demo answers with ${cases} cases of ${countries} countries, in one order:`,
    numbers: 'no one two three four five six seven eight nine ten eleven twelve'.split(' '),
    profiles: ['`analyst` of GT, who investigates', '`prosecutor` of GT, who prosecutes', '`liaison` of HN'],
    names: 'names, birth date',
    cases: 'cases: who answers',
    narratives: 'narratives',
    hits: 'hits: who knows the person',
    shown: 'shown',
    shownOf: (shown, all) => `${shown} of ${all} shown`,
    notReached: 'not reached',
    isNull: 'null',
    yes: 'yes',
    no: 'no',
  },
  es: {
    lead: (cases, countries) =>
      '«¿Qué casos nombran a esta persona de Guatemala, en cualquier país?» ' +
      `La demostración responde con ${cases} casos de ${countries} países, en un solo orden:`,
    numbers: 'cero un dos tres cuatro cinco seis siete ocho nueve diez once doce'.split(' '),
    profiles: [
      '`analyst` de GT, que investiga',
      '`prosecutor` de GT, que ejerce la persecución penal',
      '`liaison` de HN',
    ],
    names: 'nombres, fecha de nacimiento',
    cases: 'casos: quién responde',
    narratives: 'relatos',
    hits: 'coincidencias: quién conoce a la persona',
    shown: 'se muestran',
    shownOf: (shown, all) => `se muestran ${shown} de ${all}`,
    notReached: 'no se llega a ellos',
    isNull: 'nulo',
    yes: 'sí',
    no: 'no',
  },
}
