// Written by `npm run generate` from words.en.yaml.
/** The keys of the words, each with its holes. */
export interface Keys {
  proven: 'held' | 'legs'
  unproven: 'country' | 'domain' | 'reason'
  unsigned: 'places'
  notStated: 'country' | 'stated'
}
