import { openIndexDatabase } from '../../audit/index/database.ts'
import { followLog } from '../../audit/index/store.ts'
import { createProgressBar } from '../../service/progress-bar.ts'
import { type AuditCommand, textOption } from './command.ts'
import { logOptions, openLogOption } from './inputs.ts'

/** `istmo audit index`: brings the search index up to a log's checkpoint, or builds it anew. */
export const indexCommand: AuditCommand = {
  name: 'index',
  description: 'bring the search index up to a log’s checkpoint',
  define: (command) =>
    logOptions(command)
      .requiredOption('--db <place>', 'a folder for an embedded PostgreSQL, or the postgres:// URL of a server')
      .option('--rebuild', 'forget what the index has of this log, and begin anew'),
  run: async (request, io) => {
    const reader = await openLogOption(request)
    const db = await openIndexDatabase(textOption(request, 'db'))
    const bar = createProgressBar(io.err, 'index', io.now)
    try {
      const rebuild = request.options.rebuild === true
      const read = await followLog(db, reader, { rebuild, onProgress: bar.report })
      const { size } = reader.head.checkpoint
      const text = `${reader.log.name}: ${read} entries read, ${size} in the index.`
      return { verdict: 'HOLDS', text, json: { origin: reader.log.name, read, size } }
    } finally {
      bar.clear()
      await db.close()
    }
  },
}
