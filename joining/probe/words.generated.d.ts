// Written by `npm run generate` from words.en.yaml.
/** The keys of the words, each with its holes. */
export interface Keys {
  head: 'country' | 'gateway'
  ids: 'request'
  idsAndCertificate: 'certificate' | 'request'
  file: never
  'steps.FILE': never
  'steps.NAME': never
  'steps.CONNECTION': never
  'steps.SERVER': never
  'steps.LEG': never
  'steps.CLOCK': never
  'steps.RECEIPT': never
  'steps.KEY': never
  'steps.RULES': never
  skipped: never
  good: never
  bad: 'count'
  'clock.ahead': 'seconds'
  'clock.behind': 'seconds'
  noServer: 'origin' | 'reason'
  refused: 'message' | 'status' | 'url'
  noMessage: never
  'officer.head': never
  'officer.good': never
  'officer.bad': never
  'officer.unbelieved': 'country'
}
