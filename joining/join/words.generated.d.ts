// Written by `npm run generate` from words.en.yaml.
/** The keys of the words, each with its holes. */
export interface Keys {
  intro: never
  'questions.country': never
  'questions.nameEs': never
  'questions.nameEn': never
  'questions.domains': never
  'questions.host': never
  'questions.port': never
  'questions.listen': never
  'questions.database': never
  'questions.contact': never
  'questions.logName': never
  'questions.witness': never
  'questions.gatewayName': never
  'questions.gatewayKeys': never
  'questions.gatewayCa': never
  'questions.tls': never
  fallback: 'text'
  nothing: never
  wrong: 'expected'
  wrongFlag: 'came' | 'expected' | 'flag'
  missingFlag: 'expected' | 'flag'
  secret: never
  howToAnswer: never
  differs: 'file' | 'flags'
  made: 'path'
  kept: 'path'
  renewed: 'paths'
  done: never
  cutOff: 'file'
  keyMoved: 'path'
  'files.settings': 'country'
  'files.witness': 'country' | 'host' | 'port'
  'files.rules': 'country' | 'domains' | 'nameEn' | 'nameEs' | 'vkey' | 'witness' | 'x'
  'files.policies': 'country'
  'files.policyTest': 'country' | 'other' | 'verdicts'
  'next.untilStart': 'authority' | 'country' | 'embedded' | 'makeDatabase' | 'missing' | 'node' | 'renewal' | 'root'
  'next.afterStart': 'country' | 'nodeKey' | 'vkey' | 'witness'
  'next.certificate': never
  'next.ownCa': never
  'next.otherCa': never
  'next.gatewayKeys': never
  'next.makeDatabase': never
  'next.embedded': never
  'next.yourAuthority': never
}
