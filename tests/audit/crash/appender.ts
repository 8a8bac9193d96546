/**
 * Runs in its own process, which the test kills. Appends to a log as fast as it accepts entries, and prints each acknowledged entry
 * on standard output, as `index text`. Arguments: folder, signer key, name of the round.
 */
import { writeSync } from 'node:fs'
import { openLog } from '../../../audit/log/log.ts'
import { parseSignerKey } from '../../../audit/note/key.ts'

/** How many appends are pending at the same time. */
const CONCURRENCY = 24

const [folder = '', key = '', round = ''] = process.argv.slice(2)
// It publishes often, so that the kill happens during a publication about as often as during a commit.
const log = await openLog({ folder, signer: parseSignerKey(key), publishAfterMs: 1 })
writeSync(1, 'OPEN\n')
let next = 0
await Promise.all(
  Array.from({ length: CONCURRENCY }, async () => {
    for (;;) {
      const text = `${round}-${next++}`
      const { index } = await log.append(Buffer.from(text))
      // Writes directly to the pipe: the line has left the process before the kill.
      writeSync(1, `${index} ${text}\n`)
    }
  }),
)
