// Written by `npm run generate` from words.en.yaml.
/** The keys of the words, each with its holes. */
export interface Keys {
  'verdicts.equal': never
  'verdicts.tighter': never
  'verdicts.looser': never
  'verdicts.different': never
  here: never
  there: never
  nothing: never
  notPublished: never
  authenticated: never
  scopes: never
  policies: never
  and: never
  or: never
  notRecognised: never
  until: 'day'
  sum: 'different' | 'equal' | 'looser' | 'tighter'
}
