/**
 * Runs in its own process, which the test kills. Appends to a log as fast as it accepts entries, each with a salt, and prints each
 * acknowledged entry on standard output, as `index text id`. The salt is the SHA-256 of the text. Arguments: folder, signer key, name of
 * the round, and `thread` if the log has a thread of its own.
 */
import { hash } from 'node:crypto'
import { writeSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { join } from 'node:path'
import { openLog } from '../../../audit/log/log.ts'
import { parseSignerKey } from '../../../audit/note/key.ts'
import { createUuidV7 } from '../../../contract/uuid-v7.ts'

/** How many appends are pending at the same time. */
const CONCURRENCY = 24

const [folder = '', key = '', round = '', thread = ''] = process.argv.slice(2)
// It publishes often, so that the kill happens during a publication about as often as during a commit.
const log = await openLog({
  folder: join(folder, 'log'),
  salts: join(folder, 'salts'),
  signer: parseSignerKey(key),
  hasThread: thread === 'thread',
  publishAfterMs: 1,
})
// A process that is killed would not keep its compiled code for the next one.
flushCompileCache()
writeSync(1, 'OPEN\n')
let next = 0
await Promise.all(
  Array.from({ length: CONCURRENCY }, async () => {
    for (;;) {
      const text = `${round}-${next++}`
      const id = createUuidV7(Date.now())
      const { index } = await log.append(Buffer.from(text), [{ id, salt: hash('sha256', text, 'buffer') }])
      // Writes directly to the pipe: the line has left the process before the kill.
      writeSync(1, `${index} ${text} ${id}\n`)
    }
  }),
)
