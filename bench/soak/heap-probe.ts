/**
 * Loaded with `--import` into the gateway that is watched: on SIGUSR2 it collects all garbage and adds a line to the file
 * `SOAK_PROBE`, what is left then, in bytes.
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
    // What a first collection finalises, a second one frees.
    collect()
    collect()
    const { heapUsed, external } = process.memoryUsage()
    appendFileSync(file, `${JSON.stringify({ rss, heapUsed, external })}\n`)
  })
}
