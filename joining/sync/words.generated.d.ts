// Written by `npm run generate` from words.en.yaml.
/** The keys of the words, each with its holes. */
export interface Keys {
  'reasons.CONSTRAINT': never
  'reasons.REPEATED': never
  'reasons.OTHER_MAPPING': never
  'reasons.NO_PARENT': never
  'reasons.DANGLING': never
  reading: 'section'
  checking: never
  writing: never
  tookOver: never
  adopted: 'name' | 'records'
  done: 'changesOnly' | 'country' | 'source'
  would: 'changesOnly' | 'country' | 'source'
  changesOnly: never
  line: 'changed' | 'created' | 'deleted' | 'kind' | 'read'
  lineRead: 'read' | 'refused'
  refused: 'rows'
  refusedInFile: 'file' | 'rows'
  moreCauses: 'causes'
  zone: 'other' | 'zone'
  futureTimes: 'field' | 'hours' | 'kind' | 'rows'
  futureTimesInZone: 'field' | 'hours' | 'kind' | 'other' | 'rows' | 'zone'
  blind: 'kinds'
  sinceUnused: 'kinds'
  shrinking: 'lines'
  shrinkingLine: 'before' | 'gone' | 'kind'
  wouldShrink: never
  'doubts.MINOR_NOT_PROTECTED': 'examples' | 'place' | 'rows'
  'doubts.BIRTH_DATE_DOUBTFUL': 'examples' | 'place' | 'rows'
  'doubts.IDENTIFIER_PLACEHOLDER': 'examples' | 'place' | 'rows'
  'doubts.IDENTIFIER_OF_MANY': 'examples' | 'place' | 'rows'
  'doubts.IDENTIFIER_NOT_NORMAL': 'examples' | 'place' | 'rows'
  'doubts.TEXT_GARBLED': 'examples' | 'place' | 'rows'
  'openings.STOPPED': 'lines'
  'openings.WOULD_STOP': 'lines'
  'openings.WOULD_OPEN': 'lines'
  'openings.OPENED': 'lines'
  'opening.PROTECTION': 'before' | 'examples' | 'kind' | 'minors' | 'rows'
  'opening.SHARING': 'before' | 'examples' | 'kind' | 'minors' | 'rows'
  minors: 'minors'
  others: 'lastRun' | 'name' | 'records'
  lastRun: 'lastAt'
  otherDatabase: 'file' | 'filled' | 'served'
  tablesOlder: 'pending'
  noted: never
  notNoted: 'reason'
  tooMany: 'most' | 'rows'
}
