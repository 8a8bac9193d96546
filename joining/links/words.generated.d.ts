// Written by `npm run generate` from words.en.yaml.
/** The keys of the words, each with its holes. */
export interface Keys {
  chosen: 'before' | 'persons' | 'protected' | 'unshared'
  unknownIds: 'ids'
  tooWide: 'ids'
  plan: 'atMost' | 'questions'
  progress: 'all' | 'done'
  done: 'candidates' | 'persons' | 'questions'
  left: 'left'
  silent: 'country' | 'why'
  stopped: 'codes' | 'message'
  noCode: never
  next: 'file'
  imported: 'created' | 'deleted' | 'same' | 'type'
  leftOut: 'denied' | 'undecided'
  nothing: never
  noted: 'index'
}
