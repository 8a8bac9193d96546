/**
 * The form of a table of words: texts, and functions that make texts. A second language that has this form lacks no word of the first, and the compiler
 * says so.
 */
export type Widened<Words> = Words extends string
  ? string
  : Words extends (...values: infer Values) => string
    ? (...values: Values) => string
    : { readonly [Name in keyof Words]: Widened<Words[Name]> }
