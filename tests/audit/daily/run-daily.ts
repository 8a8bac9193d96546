/** Runs `istmo audit daily` in its own process, which the test kills. Arguments: the settings, and the time in milliseconds since the epoch. */
import { runAudit } from '../../../auditors/run.ts'

const [config = '', now = ''] = process.argv.slice(2)
process.exitCode = await runAudit(['daily', '--config', config], { out: process.stdout, err: process.stderr }, () =>
  Number(now),
)
