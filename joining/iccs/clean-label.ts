/** What a national label says about the offence, without what registers add to it: articles, amounts, how far the act went. */
import { comparedStem, foldText } from './same-words.ts'

/** A label without what does not tell one offence from another. */
export interface CleanLabel {
  /** The label's words, folded, with abbreviations written out. */
  readonly text: string
  /** The numbers of laws that it names, without points: `20000` for «LEY 20.000». */
  readonly laws: readonly string[]
  /** The numbers of articles that it names, such as `318`. */
  readonly articles: readonly string[]
  /** Whether the act was attempted only («frustrado», «tentativa»). */
  readonly isAttempt: boolean
  /** Whether it stands for what has no label of its own («otros», «demás»). */
  readonly isOther: boolean
}

/** Abbreviations of registers, and what they stand for. They are found before the points go. */
const ABBREVIATIONS: readonly (readonly [abbreviation: RegExp, meaning: string])[] = [
  [/\bV\.?I\.?F\b\.?/giu, ' violencia intrafamiliar '],
  [/\bc\/(?=\s|\p{L})/giu, ' con '],
  [/\bs\/(?=\s|\p{L})/giu, ' sin '],
  [/\bp\/(?=\s|\p{L})/giu, ' para '],
  [/\bveh[ií]?c?\.(?=\s|$)/giu, ' vehiculo '],
  [/\bdom\.(?=\s|$)/giu, ' domicilio '],
  [/\bp[uú]b\.(?=\s|$)/giu, ' publico '],
  [/\bpart\.(?=\s|$)/giu, ' particular '],
  [/\bmot\.(?=\s|$)/giu, ' motorizado '],
  [/\b(?:inst|instr)\.(?=\s|$)/giu, ' instrumento '],
  [/\bdoc\.(?=\s|$)/giu, ' documento '],
  [/\bestup\.(?=\s|$)/giu, ' estupefacientes '],
  [/\b(?:O\.?M\.?S\.?|C\.?P\.?P?\.?|C\.?O\.?T\.?|D\.?F\.?L\.?|D\.?L\.?|D\.?S\.?)(?=\s|$|[,;)])/gu, ' '],
]

/** A law by its number: «LEY 20.000», «LEY N° 19.366», «L. 20.066», «DECRETO 48-92». */
const LAW =
  /\b(?:ley(?:es)?|l\.|decreto(?:\s+ley)?|d\.?\s?l\.?)\s*(?:n(?:[°ºo.]|ro\.?|[uú]m\.?)*\s*)?(\d{1,3}(?:\.\d{3})+|\d{3,5}(?:-\d{2,4})?|\d{1,3}-\d{2,4})\b/giu

/** What follows the word «artículo»: numbers, with their letters, clauses and lists. */
const ARTICLE =
  /\bart(?:s|[ií]culos?|[ií]c)?\b\.?\s*(?:n[°ºo.]*\s*)?(\d+)[°ºª]?(?:\s*-?\s*[A-Z](?![\p{L}\d°º.]))?(?:\s*(?:bis|ter|qu[aá]ter|quinquies|sexies|septies)\b)?(?:[\s,]*(?:(?:y|e|al?|-|,|\/)\s*)?(?:inc(?:iso)?s?\.?|n(?:[°ºo.]+|ros?\.?|[uú]ms?\.?)|letras?|let\.?|p[aá]rr(?:afo)?\.?|\d+[°ºª]?|[a-z]\)|final|primero|segundo|tercero|cuarto|[IVX]+\b|bis\b|ter\b)\s*)*/giu

/** Amounts of money or of a measure, with the words around them. */
const AMOUNT =
  /(?:\bpor\s+(?:un\s+)?(?:valor|monto)\s+(?:de\s+)?)?(?:\b(?:sobre|desde|hasta|de|a|m[aá]s\s+de|menos\s+de|mayor(?:es)?\s+[ao]|menor(?:es)?\s+a|inferior(?:es)?\s+a|superior(?:es)?\s+a|igual|entre|media|medio|[\d.,/½]+)\s*)*\b(?:u\.?t\.?m\.?|u\.?t\.?a\.?|u\.?f\.?|smv|umas?|salarios?\s+m[ií]nimos?|quetzales|lempiras|pesos)(?=\s|$|[),.;])/giu

/** The stem of all words that say that an act was only attempted. */
const ATTEMPT = comparedStem('tentativa')

/** Words of the classification's remainders. */
const OTHER = /^(?:otr[oa]s?|demas|resto|varios|diversos|others?)$/u

/** Cleans a label. What it takes away, it gives back in the other members, so that a reason can name it. */
export function cleanLabel(label: string): CleanLabel {
  let text = label.normalize('NFC')
  const laws = [...text.matchAll(LAW)].map(([, number = '']) => number.replaceAll('.', ''))
  text = text.replaceAll(LAW, ' ley ')
  for (const [abbreviation, meaning] of ABBREVIATIONS) text = text.replaceAll(abbreviation, meaning)
  const articles = [...text.matchAll(ARTICLE)].map(([, number = '']) => number)
  text = text.replaceAll(ARTICLE, ' ').replaceAll(AMOUNT, ' ')
  const words = foldText(text)
    .split(' ')
    .filter((word) => word !== '' && !/^\d+$/u.test(word))
  const isAttempt = words.some((word) => isAttemptStem(comparedStem(word)))
  const isOther = words.some((word) => OTHER.test(word))
  return { text: words.filter((word) => !OTHER.test(word)).join(' '), laws, articles, isAttempt, isOther }
}

/** Whether a stem says only that an act was attempted. */
export function isAttemptStem(stem: string): boolean {
  return stem === ATTEMPT
}
