/**
 * Runs in its own process, which the test kills. Appends to a log whose months pass within milliseconds, and prints each acknowledged entry on
 * standard output. Arguments: home, signer key, name of the round, the month to begin with, counted from January 2026.
 */
import { writeSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { openLog } from '../../../audit/log/log.ts'
import { parseSignerKey } from '../../../audit/note/key.ts'
import { openShardedLog } from '../../../audit/shards/sharded-log.ts'

/** How many appends are pending at the same time. */
const CONCURRENCY = 8

/** How long a month takes, in milliseconds. The end of a shard takes about as long. */
const MONTH_MS = 40

const [home = '', key = '', round = '', firstMonth = '0'] = process.argv.slice(2)
const startedAt = Date.now()
const now = (): number => Date.UTC(2026, Number(firstMonth) + Math.floor((Date.now() - startedAt) / MONTH_MS), 2)
const log = await openShardedLog({
  ...{ home, signer: parseSignerKey(key), sharding: 'monthly', now },
  newEntry: () => ({ v: 1, id: '019ab7e5-2f40-7c3a-9c1d-3a1b2c3d4e5f', time: new Date(now()).toISOString() }),
  open: (folder, signer) => openLog({ folder, signer, publishAfterMs: 1 }),
})
// A process that is killed would not keep its compiled code for the next one.
flushCompileCache()
writeSync(1, 'OPEN\n')
let next = 0
await Promise.all(
  Array.from({ length: CONCURRENCY }, async () => {
    for (;;) {
      const text = `${round}-${next++}`
      const { checkpoint } = await log.append(
        Buffer.from(JSON.stringify({ text, time: new Date(now()).toISOString() })),
      )
      // Writes directly to the pipe: the line has left the process before the kill.
      writeSync(1, `${checkpoint.slice(0, checkpoint.indexOf('\n'))} ${text}\n`)
    }
  }),
)
