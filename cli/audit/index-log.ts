import { openIndexDatabase } from '../../audit/index/database.ts'
import { followLog } from '../../audit/index/store.ts'
import { createProgressBar } from '../../service/progress-bar.ts'
import { defineAudit } from './command.ts'
import { DATABASE_OPTION, LOG_OPTIONS, openShardReaders, readPolicies } from './inputs.ts'

/** `istmo audit index`: updates the search index to a log's checkpoint, or builds it again. */
export const indexCommand = defineAudit(
  {
    name: 'index',
    description: 'update the search index to a log’s checkpoint',
    options: {
      ...LOG_OPTIONS,
      db: { ...DATABASE_OPTION, isRequired: true },
      rebuild: { flag: 'rebuild', value: null, meaning: 'delete this log’s rows from the index, and build them again' },
    },
    examples: [
      {
        command: 'istmo audit index --log gateway --policy trust-policy --db index',
        meaning: 'Builds the index in the folder `index`, for `istmo audit search --db index`.',
      },
    ],
  },
  async (line, io) => {
    const readers = await openShardReaders(line.log, await readPolicies(line.policy))
    const db = await openIndexDatabase(line.db)
    const bar = createProgressBar(io.err, 'index', io.now)
    try {
      const logs: { readonly origin: string; readonly read: number; readonly size: number }[] = []
      // The index knows each shard as a log of its own.
      for (const reader of readers) {
        const read = await followLog(db, reader, { rebuild: line.rebuild, onProgress: bar.report })
        logs.push({ origin: reader.log.name, read, size: reader.head.checkpoint.size })
      }
      const text = logs
        .map(({ origin, read, size }) => `${origin}: ${read} entries read, ${size} in the index.`)
        .join('\n')
      return { verdict: 'HOLDS', text, json: logs.length === 1 ? { ...logs[0] } : { shards: logs } }
    } finally {
      bar.clear()
      await db.close()
    }
  },
)
