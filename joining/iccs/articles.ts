/** Articles that a label names in place of a word: «ART. 318 CP». */
import { LEXICON } from './lexicon.ts'

/** The code of an article, and whose penal code has it. */
export interface FoundArticle {
  readonly country: string
  readonly article: string
  readonly code: string
}

/**
 * Finds what articles take in. It helps only a label without words that are known.
 * @param country the country of the labels; without it, all penal codes that are known count.
 */
export function findArticles(articles: readonly string[], country: string | undefined): readonly FoundArticle[] {
  return Object.entries(LEXICON.articles)
    .filter(([each]) => country === undefined || each === country)
    .flatMap(([each, known]) =>
      articles.flatMap((article) => {
        const code = known[article]
        return code === undefined ? [] : [{ country: each, article, code }]
      }),
    )
}
