/**
 * Runs one step of `npm run bench:audit-scale` in a process of its own, so that its peak of memory is its own. Prints one line of JSON:
 * what it took, and its answer.
 */
import { readFile } from 'node:fs/promises'
import { openIndexDatabase } from '../../audit/index/database.ts'
import { followLog } from '../../audit/index/store.ts'
import { type Policy, parsePolicy } from '../../audit/note/policy.ts'
import { openLogReader } from '../../audit/reader/log-reader.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { verifyLog } from '../../audit/verify/verify-log.ts'
import { runAudit } from '../../auditors/run.ts'

/** What one step took. */
export interface Taken {
  readonly seconds: number
  /** The time on all cores. */
  readonly cpuSeconds: number
  readonly peakMiB: number
  readonly answer: unknown
}

async function index(folder: string, policy: Policy, place: string): Promise<unknown> {
  const db = await openIndexDatabase(place)
  const startedAt = performance.now()
  let rowsAfter = 0
  const onProgress = (): void => {
    rowsAfter = (performance.now() - startedAt) / 1_000
  }
  const read = await followLog(db, await openLogReader(folderSource(folder), policy), { rebuild: true, onProgress })
  await db.close()
  return { read, secondsOfRows: rowsAfter }
}

/** Runs a command as an operator does. Its answer is its exit code and the JSON that it prints. */
async function command(args: readonly string[]): Promise<unknown> {
  let text = ''
  const out = { write: (part: string) => (text += part) }
  const code = await runAudit([...args, '--json'], { out, err: { write: () => undefined, isTTY: false } })
  return { code, ...(JSON.parse(text || '{}') as object) }
}

async function run([step, folder = '', policyFile = '', ...more]: readonly string[]): Promise<unknown> {
  const policy = parsePolicy(await readFile(policyFile, 'utf8'))
  if (step === 'verify') {
    const { size, findings, witnessed } = await verifyLog(folderSource(folder), policy, {
      hashesOnly: more[0] === 'hashes',
    })
    return { size, findings, witnessed }
  }
  if (step === 'index') return index(folder, policy, more[0] ?? '')
  return command(more)
}

const startedAt = performance.now()
const answer = await run(process.argv.slice(2))
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
const taken: Taken = {
  seconds: (performance.now() - startedAt) / 1_000,
  cpuSeconds: (userCPUTime + systemCPUTime) / 1_000_000,
  peakMiB: maxRSS / 1_024,
  answer,
}
process.stdout.write(`${JSON.stringify(taken)}\n`)
