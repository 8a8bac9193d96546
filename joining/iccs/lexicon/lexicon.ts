/**
 * Terms of penal codes and registers of Spanish-speaking countries, by the code of the classification that takes them in. They follow the
 * definitions, inclusions and exclusions of ICCS v1.0 (UNODC, 2015) in words of their own.
 *
 * The terms of a code are separated by semicolons. `~` before a term: registers use it for this code too, but another one is more likely.
 * `!word` in a term: the code is not meant if the label has the word, as an exclusion of the classification says, but for terms that have the word
 * themselves.
 */
export type Lexicon = Readonly<Record<string, string>>
