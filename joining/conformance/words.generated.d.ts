// Written by `npm run generate` from words.en.yaml.
/** The keys of the words, each with its holes. */
export interface Keys {
  about: 'country' | 'domains' | 'where'
  'verdicts.PASSED': never
  'verdicts.FAILED': never
  'verdicts.INCOMPLETE': never
  counts: 'all' | 'failed' | 'passed' | 'untried'
  asked: 'legs' | 'records' | 'seconds'
  expected: never
  came: never
  remedy: never
  more: 'number'
  untriedTitle: never
  untriedRemedy: never
  'columns.part': never
  'columns.check': never
  'columns.result': never
  'results.PASSED': never
  'results.FAILED': never
  'results.NOT_TRIED': never
  prepared: 'check' | 'command' | 'folder'
  progress: 'all' | 'at' | 'id'
  'notCheckable.stopped': 'legs'
  'notCheckable.noAnswer': 'domain'
  'notCheckable.notServed': 'came' | 'domain'
  'notCheckable.notBelieved': 'came' | 'domain'
  'notCheckable.notReady': 'came' | 'domain'
  'notCheckable.serviceFails': 'came' | 'domain'
}
