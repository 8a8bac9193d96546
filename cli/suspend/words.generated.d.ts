// Written by `npm run generate` from words.en.yaml.
/** The keys of the words, each with its holes. */
export interface Keys {
  'kinds.country': never
  'kinds.domain': never
  'kinds.coordinate': never
  'kinds.agency': never
  'kinds.authority': never
  'kinds.task_force': never
  'kinds.officer': never
  'kinds.token': never
  'kinds.key': never
  'kinds.mandate': never
  'done.suspend': 'folder' | 'what'
  'done.resume': 'folder' | 'what'
  wasNot: 'folder' | 'others' | 'what'
  noOthers: never
  onlyHere: never
  waiting: 'folder'
  refused: 'folder' | 'reason'
  question: 'code'
  notConfirmed: never
  nothing: 'folder'
  line: 'by' | 'reason' | 'since' | 'what'
  'waitingLine.suspend': 'by' | 'what'
  'waitingLine.resume': 'by' | 'what'
}
