// Written by `npm run generate` from words.en.yaml.
/** The keys of the words, each with its holes. */
export interface Keys {
  SHOWN_TO_NOBODY: never
  ROWS_UNFILTERED: never
  SHOWN_TO_OTHERS: never
  LINK_SHOWN: 'column' | 'hidden'
  UNREADABLE: 'reason'
  FILTER_BLIND: never
  NOT_COVERED: never
  READER_NOT_TAKEN: never
  READER_UNBOUND: never
  READER_WRITES: 'table'
  ENABLE_SECURITY: never
  INVOKER_VIEW: never
  REPLACE_BY_VIEW: never
  REPLACE_BY_FILTER: never
  RESTORE_FILTER: never
  GIVE_COLUMN: 'column' | 'expression' | 'table'
  GIVE_CHANGE: 'column' | 'table'
  LEARN_WORDS: never
}
