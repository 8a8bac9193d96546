import { openIndexDatabase } from '../../audit/index/database.ts'
import { followLog } from '../../audit/index/store.ts'
import { createProgressBar } from '../../service/progress-bar.ts'
import { defineAudit } from './command.ts'
import { DATABASE_OPTION, LOG_OPTIONS, openLogOption } from './inputs.ts'

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
    const reader = await openLogOption(line)
    const db = await openIndexDatabase(line.db)
    const bar = createProgressBar(io.err, 'index', io.now)
    try {
      const read = await followLog(db, reader, { rebuild: line.rebuild, onProgress: bar.report })
      const { size } = reader.head.checkpoint
      const text = `${reader.log.name}: ${read} entries read, ${size} in the index.`
      return { verdict: 'HOLDS', text, json: { origin: reader.log.name, read, size } }
    } finally {
      bar.clear()
      await db.close()
    }
  },
)
