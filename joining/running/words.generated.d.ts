// Written by `npm run generate` from words.en.yaml.
/** The keys of the words, each with its holes. */
export interface Keys {
  rows: 'rows'
  made: 'folder' | 'log' | 'rows'
  madeLog: 'name' | 'size'
  madeNoLog: never
  noRows: never
  secret: never
  withoutKeys: 'paths'
  salts: never
  manifest: 'sha256'
  good: 'files' | 'folder' | 'madeAt'
  damaged: 'faults' | 'folder'
  'judgement.OLDER': 'by' | 'ours' | 'size'
  'judgement.FORKED': 'by' | 'ours' | 'size'
  'judgement.UNKNOWN': never
  waysOut: never
  restored: 'folder'
  continues: 'by' | 'ours' | 'size'
  newLog: 'oldFolder' | 'vkey'
  absolute: 'rules'
  absoluteCopied: 'copy' | 'file' | 'where'
  absoluteLost: 'file' | 'where'
  next: 'folder'
  gatewayUrl: 'url'
  gatewayKeys: 'file' | 'ids'
  epoch: 'epoch'
  prepared: never
  preparedBefore: never
  sendThumbprint: 'country' | 'thumbprint'
  switched: 'thumbprint'
  logKey: 'index'
  logKeyBefore: 'index'
  sendProof: 'country' | 'proof' | 'vkey'
  logKeyFinished: 'vkey'
  logKeyUnknown: 'rules' | 'vkey'
  nameProof: 'copy' | 'lines' | 'proof' | 'rules'
  gatewayAware: 'gateway'
  gatewayUnaware: 'gateway' | 'vkey'
  gatewaySilent: 'gateway' | 'why'
  gatewayNotAsked: 'gateway'
  logNotRunning: never
  lookIntoLog: never
  notRunning: never
  inUse: never
  notInUse: never
  'kinds.node-key': never
  'kinds.ref-keys': never
  'kinds.gateway-key': never
  'kinds.audit-log-key': never
  'kinds.tls': 'tls'
  'kinds.suspension-key': 'rules'
  'kinds.database-password': never
  'kinds.authority-key': never
  'kinds.gateway-leg-key': never
  'kinds.officer-keys': never
  version: 'running' | 'version'
  versionAlone: 'version'
  unknownSetting: 'file' | 'name'
  noMigrations: never
  migration: 'name' | 'purpose'
  reads: 'seconds' | 'tables'
  quick: never
  lock: never
  databaseUnread: 'reason'
  countryRefused: 'reason'
  countryRead: never
  logRead: 'size'
  ready: never
  notReady: 'wrong'
}
