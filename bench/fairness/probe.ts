/**
 * Loaded with `--import` into the gateway that is measured. On SIGUSR2 it appends a line to the file that `FAIRNESS_PROBE` names: the delay
 * of the event loop since the last line, in milliseconds, and the memory in bytes, after all garbage was collected. The planning thread
 * loads it too, and reports its own heap.
 */
import { appendFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { BroadcastChannel, isMainThread } from 'node:worker_threads'
import { type StageReport, watchStages } from './stages.ts'

/** What one line of the probe says. `maxMs`, `p99Ms`: how late the event loop was. */
export interface ProbeLine {
  readonly maxMs: number
  readonly p99Ms: number
  readonly rss: number
  readonly heapUsed: number
  readonly stages: StageReport
  /** The heap of the planning thread. */
  readonly planningHeap: number
}

const RESOLUTION_MS = 2

/** How long the planning thread may take to report, in milliseconds. */
const REPORT_MS = 3_000

function collect(): void {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  // The second collection frees what the first one finalised.
  gc()
  gc()
}

async function watchMainThread(file: string): Promise<void> {
  const report = await watchStages()
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  const channel = new BroadcastChannel('fairness-probe')
  channel.unref()
  process.on('SIGUSR2', () => {
    const [maxMs, p99Ms] = [delay.max / 1e6, delay.percentile(99) / 1e6]
    const { rss } = process.memoryUsage()
    const stages = report()
    collect()
    const { heapUsed } = process.memoryUsage()
    const write = (planningHeap: number): void => {
      clearTimeout(timer)
      channel.onmessage = () => undefined
      const line: ProbeLine = { maxMs, p99Ms, rss, heapUsed, planningHeap, stages }
      appendFileSync(file, `${JSON.stringify(line)}\n`)
      // The collections that this probe asked for are not the gateway’s. Their report comes in a later round.
      setTimeout(report, 50)
      delay.reset()
    }
    const timer = setTimeout(write, REPORT_MS, 0)
    channel.onmessage = (event) => write((event as { readonly data: number }).data)
    channel.postMessage('report')
  })
}

function watchThread(): void {
  const channel = new BroadcastChannel('fairness-probe')
  channel.unref()
  channel.onmessage = () => {
    collect()
    channel.postMessage(process.memoryUsage().heapUsed)
  }
}

const file = process.env.FAIRNESS_PROBE
if (!isMainThread) watchThread()
else if (file !== undefined) await watchMainThread(file)
