/**
 * The open-loop generator, in a process of its own. Argument: a JSON text of a {@link GeneratePlan}. Prints one line of JSON, a {@link Summary}.
 */
import { readFileSync } from 'node:fs'
import { quantile } from '../../trust/table.ts'
import { sendAtFixedTimes } from './fixed-times.ts'
import type { GeneratePlan, Summary } from './run-generator.ts'

const { file, ...plan } = JSON.parse(process.argv[2] ?? '') as GeneratePlan

/** Reads the requests of a file that `writeRequests` wrote: each behind a line with its length. */
function readRequests(bytes: Buffer): readonly Buffer[] {
  const requests: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf('\n', at)
    const to = end + 1 + Number(bytes.toString('latin1', at, end))
    requests.push(bytes.subarray(end + 1, to))
    at = to
  }
  return requests
}

const { latencies, late, withoutConnection } = await sendAtFixedTimes({
  ...plan,
  requests: readRequests(readFileSync(file)),
})
const summary: Summary = {
  ...{ requests: latencies.length, p50Ms: quantile(latencies, 0.5), p99Ms: quantile(latencies, 0.99) },
  lateP99Ms: quantile(late, 0.99),
  withoutConnection,
}
process.stdout.write(`${JSON.stringify(summary)}\n`)
