// Written by `npm run generate` from words.en.yaml.
/** The keys of the words, each with its holes. */
export interface Keys {
  stopping: never
  records: 'place'
  databases: never
  ready: 'seconds'
  admitted: 'command' | 'country' | 'folder'
  oversightReady: never
  consoleBuilt: 'seconds'
  consoleNotBuilt: 'reason'
  'news.authorities': never
  'news.tls': never
  'ended.gateway': 'exit' | 'log' | 'name'
  'ended.country': 'exit' | 'log' | 'name'
  'ended.witnesses': 'exit' | 'log' | 'name'
  'ended.oversight': 'exit' | 'log' | 'name'
  'exit.code': 'code'
  'exit.signal': 'signal'
  'country.notRunning': 'country'
  'country.stopped': 'country'
  'country.runsAlready': 'country'
  'country.runsAgain': 'country'
  'country.takesPart': 'country'
  'country.withoutRecords': 'country' | 'name'
  'greeting.status': 'address'
  'greeting.console': 'address' | 'country'
  'greeting.answering': 'countries'
  'greeting.token': never
  'greeting.question': never
  'greeting.commands': never
  'start.noAnswer': 'load' | 'seconds' | 'url'
  'start.slow': 'load' | 'name' | 'seconds'
  'start.load': 'free' | 'load' | 'processors'
  'start.failed': 'end' | 'log' | 'name' | 'reason'
  'login.title': 'country'
  'login.warning': never
  'login.question': never
  'login.cancel': never
  'login.assurance.1': never
  'login.assurance.2': never
  'login.assurance.3': never
  'login.profiles.analyst': never
  'login.profiles.prosecutor': never
  'login.profiles.liaison': never
  'login.profiles.hit-only': never
  'login.profiles.oversight': never
  'login.profiles.nobody': never
  'login.otherLanguage': never
  'login.failed': never
  'login.failures.invalid_client': never
  'login.failures.invalid_redirect_uri': never
  'login.failures.invalid_request': never
  'login.failure': never
}
