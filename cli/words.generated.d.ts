// Written by `npm run generate` from words.en.yaml.
/** The keys of the words, each with its holes. */
export interface Keys {
  'ask.proven': 'held' | 'legs'
  'ask.unproven': 'country' | 'domain' | 'reason'
  'ask.unsigned': 'places'
  'ask.notStated': 'country' | 'stated'
  'suspend.kinds.country': never
  'suspend.kinds.domain': never
  'suspend.kinds.coordinate': never
  'suspend.kinds.agency': never
  'suspend.kinds.authority': never
  'suspend.kinds.task_force': never
  'suspend.kinds.officer': never
  'suspend.kinds.token': never
  'suspend.kinds.key': never
  'suspend.kinds.mandate': never
  'suspend.done.suspend': 'folder' | 'what'
  'suspend.done.resume': 'folder' | 'what'
  'suspend.wasNot': 'folder' | 'others' | 'what'
  'suspend.noOthers': never
  'suspend.onlyHere': never
  'suspend.waiting': 'folder'
  'suspend.refused': 'folder' | 'reason'
  'suspend.question': 'code'
  'suspend.notConfirmed': never
  'suspend.nothing': 'folder'
  'suspend.line': 'by' | 'reason' | 'since' | 'what'
  'suspend.waitingLine.suspend': 'by' | 'what'
  'suspend.waitingLine.resume': 'by' | 'what'
  'mandates.title': 'country'
  'mandates.taskForce': never
  'mandates.purposes': never
  'mandates.countries': never
  'mandates.scopes': never
  'mandates.legalBasis': never
  'mandates.none': never
  'mandates.case': never
  'mandates.boundTo': 'digest'
  'mandates.everyCase': never
  'mandates.officers': never
  'mandates.everybody': 'agency' | 'role'
  'mandates.person': 'digest'
  'mandates.you': never
  'mandates.issued': never
  'mandates.lastDay': never
  'mandates.zone': 'day' | 'zone'
  'mandates.authority': never
  'mandates.drafter': never
  'mandates.approver': never
  'mandates.id': never
  'mandates.hash': never
  'mandates.unnamed': never
  'mandates.revokes': 'hash' | 'reason'
  'mandates.sign': never
  'mandates.notSigned': never
}
