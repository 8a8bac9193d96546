/**
 * Loaded with `--import` into the gateway that is measured. On SIGUSR2 it collects all garbage and appends a line to the file that
 * `SOAK_PROBE` names: the memory that remains, in bytes, as JSON.
 */
import { appendFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const file = process.env.SOAK_PROBE
if (file !== undefined && process.argv.includes('gateway')) {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  process.on('SIGUSR2', () => {
    const { rss } = process.memoryUsage()
    // The second collection frees what the first one finalised.
    collect()
    collect()
    const { heapUsed, external } = process.memoryUsage()
    appendFileSync(file, `${JSON.stringify({ rss, heapUsed, external })}\n`)
  })
}
