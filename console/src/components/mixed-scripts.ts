/** A text of letters that cannot be taken for others: ASCII, and Latin with its accents. Most are. */
const PLAIN = /^[\u0020-\u024f]*$/

/** Scripts with letters that look like Latin ones (Unicode UTS 39, confusables). */
const ALIKE =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}]/u

/** Latin letters in other clothes: of double width, and those of mathematics. No name is written with them. */
const DISGUISED = /[\uff21-\uff3a\uff41-\uff5a\u{1d400}-\u{1d7cb}]/u

/**
 * Whether a text mixes letters of several scripts that look alike, as «Jоrge» with a Cyrillic «о» does: two such names look the same and are not. A name that is
 * wholly in another script is not mixed.
 */
export function mixesScripts(text: string): boolean {
  if (PLAIN.test(text)) return false
  return DISGUISED.test(text) || (ALIKE.test(text) && /\p{Script=Latin}/u.test(text))
}
