import type { EntryOf } from '../contract/audit-log/entry.ts'
import { osUser } from '../service/audit-log/os-user.ts'

/** Names the person who acts: as the option says, else the user of the operating system. */
export function findPerson(name?: string): EntryOf<'prune'>['by'] {
  return name === undefined ? osUser() : { name, source: 'OPTION' }
}
