/** Articles that a label names in place of a word: «ART. 318 CP». */

/** The penal codes whose articles are known, by country, and what each article takes in, as a code of the classification. */
const ARTICLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // Código Penal of Chile.
  CL: {
    ...{
      '141': '020221',
      '142': '02021',
      '143': '020222',
      '144': '0509',
      '146': '02111',
      '193': '07023',
      '206': '08061',
    },
    ...{
      '210': '08061',
      '213': '07019',
      '214': '07019',
      '233': '07032',
      '239': '070111',
      '240': '07033',
      '248': '070312',
    },
    ...{
      '250': '070311',
      '261': '08069',
      '269': '0801',
      '277': '08043',
      '292': '0905',
      '296': '02012',
      '297': '02012',
    },
    ...{
      '318': '02071',
      '342': '0106',
      '345': '0106',
      '346': '020611',
      '361': '03011',
      '362': '030113',
      '363': '030113',
    },
    ...{ '366': '03012', '367': '030222', '373': '0802', '374': '030221', '390': '0101', '391': '0101', '393': '0104' },
    ...{ '397': '020111', '399': '020112', '412': '0209', '416': '0209', '432': '0502', '433': '0401', '436': '0401' },
    ...{ '438': '02051', '440': '05012', '442': '0501', '443': '0502', '446': '0502', '447': '0502', '448': '05025' },
    ...{ '456': '07049', '458': '0509', '467': '0701', '468': '0701', '470': '07019', '472': '08042', '475': '0504' },
    ...{ '485': '0504', '487': '0504', '490': '02069', '491': '02062', '494': '020112', '495': '08019' },
  },
}

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
  return Object.entries(ARTICLES)
    .filter(([each]) => country === undefined || each === country)
    .flatMap(([each, known]) =>
      articles.flatMap((article) => {
        const code = known[article]
        return code === undefined ? [] : [{ country: each, article, code }]
      }),
    )
}
