/**
 * `node demo/supervisor/fill-main.ts COUNTRY [options of npm start]`: fills one country's database and reports its progress to its
 * parent.
 */

import { openDatabase } from '../../subgraphs/kit/database.ts'
import { noteImport } from '../audit-log/note-import.ts'
import { readDemoConfig } from '../config.ts'
import { homeIn } from '../home.ts'
import type { Progress } from '../importers/run-import.ts'
import { databaseOf, type FillMessage } from './fill.ts'
import { fillDatabase } from './fill-database.ts'
import { parseStartOptions } from './options.ts'

/** The shortest time between two messages of progress, in milliseconds. */
const INTERVAL_MS = 200

/** Resolves when the parent has the message. The channel does not keep the process running, so the process must await its last message. */
function tell(message: FillMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve()
    else process.send(message, () => resolve())
  })
}

function createProgress(): Progress {
  let last = 0
  return {
    report: (label, done, share) => {
      if (performance.now() - last < INTERVAL_MS) return
      last = performance.now()
      const percent = share === undefined ? '' : ` (${Math.floor(share * 100)} %)`
      void tell({ progress: `${label}: ${done} rows${percent}` })
    },
    clear: () => undefined,
  }
}

const [country = '', ...args] = process.argv.slice(2)
const config = readDemoConfig()
const { url, folder } = databaseOf(config, country)
const db = await openDatabase({ url: url ?? undefined, folder: folder ?? undefined })
try {
  const { publicDataDir } = config
  const filled = await fillDatabase(db, country, {
    ...parseStartOptions(args),
    ...(publicDataDir !== null && { publicDataDir }),
    progress: createProgress(),
    note: (noted) => noteImport({ folder: homeIn(config.home).auditLog, port: config.port }, noted, Date.now),
  })
  await tell({ filled })
} finally {
  await db.close()
}
