// Written by `npm run generate` from words.en.yaml.
/** The keys of the words, each with its holes. */
export interface Keys {
  head: 'source'
  onlyZone: 'zone'
  notOneZone: 'zones'
  handling: never
  sharedWith: never
  agency: never
  severalFiles: never
  password: never
  section: 'rows'
  noId: never
  severalKeys: never
  uniqueId: never
  otherIds: 'pattern' | 'rows'
  since: 'columns'
  names: 'columns' | 'table'
  inKeys: 'columns'
  guess: 'field'
  'kinds.text': never
  'kinds.number': never
  'kinds.date': never
  'kinds.time': never
  'kinds.boolean': never
  'kinds.binary': never
  'kinds.other': never
  countries: never
  days: 'first' | 'last'
  otherForms: 'rows'
  doubtfulDays: 'rows'
  minors: 'rows'
  ambiguousDate: 'formats'
  unknownDates: never
  century: never
  placeholders: 'values'
  garbled: 'rows'
  binary: 'name'
  empty: 'name'
  noLabels: never
  labelsNeedMapping: never
  labels: 'count' | 'file'
  done: 'file' | 'todos'
  decide: 'todos'
  noFolder: 'folder'
  exists: 'file'
  noTables: never
}
