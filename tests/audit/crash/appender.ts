/**
 * Run in a process of its own, to be killed: appends to a log as fast as it takes entries, and tells each acknowledged one on standard
 * output, as `index text`, once it is acknowledged. Arguments: folder, signer key, name of the round.
 */
import { writeSync } from 'node:fs'
import { openLog } from '../../../audit/log/log.ts'
import { parseSignerKey } from '../../../audit/note/key.ts'

/** How many appends are under way at once. */
const CONCURRENCY = 24

const [folder = '', key = '', round = ''] = process.argv.slice(2)
// Publishing often puts the kill into publication about as often as into a commit.
const log = await openLog({ folder, signer: parseSignerKey(key), publishAfterMs: 1 })
writeSync(1, 'OPEN\n')
let next = 0
await Promise.all(
  Array.from({ length: CONCURRENCY }, async () => {
    for (;;) {
      const text = `${round}-${next++}`
      const { index } = await log.append(Buffer.from(text))
      // Straight to the pipe: what is told has left the process when it is killed.
      writeSync(1, `${index} ${text}\n`)
    }
  }),
)
