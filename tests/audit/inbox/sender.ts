/**
 * Runs in its own process, which the test kills: asks for one entry after the other, as a command does. Prints the id of each entry that the
 * log has, with its index. Arguments: the home of the audit log, the file of its signer key, and the ids.
 */
import { writeSync } from 'node:fs'
import { appendEntry } from '../../../service/audit-log/own-log.ts'

const [log = '', key = '', ...ids] = process.argv.slice(2)
const members = {
  kind: 'oversight',
  channel: 'EXPORT',
  actor: null,
  grounds: null,
  country: null,
  operation: null,
  entries: 1,
} as const
for (const id of ids) {
  const { index } = await appendEntry({ log, key }, { members }, { now: Date.now, id })
  writeSync(1, `${id} ${index}\n`)
}
