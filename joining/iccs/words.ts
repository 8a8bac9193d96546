import type { Language } from '../../contract/language.ts'
import type { SuggestionReason } from './suggest-codes.ts'

/** What `istmo iccs` says, in each language. */
export interface IccsWords {
  /** Why a code is proposed. */
  readonly reason: (reason: SuggestionReason) => string
  /** What a label without a proposal has in place of a reason. */
  readonly noProposal: string
  /** The end of `suggest`. */
  readonly proposed: (counts: {
    readonly labels: number
    readonly proposed: number
    readonly decided: number
  }) => string
  /** What a person does next with the file. */
  readonly next: (file: string) => string
  /** The end of `crosswalk`. */
  readonly written: (counts: { readonly decided: number; readonly open: number }, file: string) => string
}

const ENGLISH: IccsWords = {
  reason(reason) {
    switch (reason.kind) {
      case 'TERM':
        return `term «${reason.text}»: ${reason.words.join(', ')}`
      case 'TITLE':
        return `title «${reason.text}»: ${reason.words.join(', ')}`
      case 'TEXT':
        return `inclusion «${reason.text}»: ${reason.words.join(', ')}`
      case 'ABOVE':
        return `more general than ${reason.code}`
      case 'SEVERAL_BELOW':
        return `general: ${reason.codes.join(', ')} fit equally well`
      case 'REMAINDER':
        return `the rest of what ${reason.code} belongs to`
      case 'ARTICLE':
        return `only an article: ${reason.article} of the penal code of ${reason.country}`
    }
  },
  noProposal: 'no known word: choose a code yourself',
  proposed: ({ labels, proposed, decided }) =>
    `${labels} labels without a decision: ${proposed} with proposals, ${labels - proposed} without. ${decided} were decided before.`,
  next: (file) =>
    `Now a person decides: in ${file}, write «yes» or a code into the column decided, and your name and the day beside it. Then run istmo iccs crosswalk ${file}`,
  written: ({ decided, open }, file) => `${file}: ${decided} labels decided. ${open} labels are still open.`,
}

const SPANISH: IccsWords = {
  reason(reason) {
    switch (reason.kind) {
      case 'TERM':
        return `término «${reason.text}»: ${reason.words.join(', ')}`
      case 'TITLE':
        return `título «${reason.text}»: ${reason.words.join(', ')}`
      case 'TEXT':
        return `inclusión «${reason.text}»: ${reason.words.join(', ')}`
      case 'ABOVE':
        return `más general que ${reason.code}`
      case 'SEVERAL_BELOW':
        return `general: ${reason.codes.join(', ')} corresponden por igual`
      case 'REMAINDER':
        return `el resto de aquello a lo que pertenece ${reason.code}`
      case 'ARTICLE':
        return `solo un artículo: ${reason.article} del código penal de ${reason.country}`
    }
  },
  noProposal: 'ninguna palabra conocida: elija usted un código',
  proposed: ({ labels, proposed, decided }) =>
    `${labels} etiquetas sin decisión: ${proposed} con propuestas, ${labels - proposed} sin ellas. ${decided} ya estaban decididas.`,
  next: (file) =>
    `Ahora decide una persona: en ${file}, escriba «sí» o un código en la columna decided, y al lado su nombre y el día. Después: istmo iccs crosswalk ${file}`,
  written: ({ decided, open }, file) => `${file}: ${decided} etiquetas decididas. ${open} etiquetas siguen abiertas.`,
}

/** The words by language. */
export const ICCS_WORDS: Readonly<Record<Language, IccsWords>> = { en: ENGLISH, es: SPANISH }
