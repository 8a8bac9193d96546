import type { EntryOf } from '../contract/audit-log/entry.ts'
import { osUser } from '../service/audit-log/os-user.ts'

/** The option of commands that act on data or logs: who acts. */
export const BY_OPTION = {
  by: {
    flag: 'by',
    value: 'name',
    expected: 'a staff number or a user name of at most 200 characters',
    meaning: 'who does it, for the entry; by default the user of this machine',
    parse: (text: string) => (text.length > 0 && text.length <= 200 ? text : undefined),
  },
} as const

/** Names the person who acts: as the option says, else the user of the operating system. */
export function findPerson(name?: string): EntryOf<'prune'>['by'] {
  return name === undefined ? osUser() : { name, source: 'OPTION' }
}
