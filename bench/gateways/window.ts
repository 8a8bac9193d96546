/** What one window of load has shown of a gateway. */
import { cpuOfTree, memoryOfTree, watchOthers } from './usage.ts'
import { type LoadPlan, loadWithWrk } from './wrk.ts'

/** The figures of one window. */
export interface Window {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** The gateway's processor time, as a share of one core, and in microseconds a request. */
  readonly cpuShare: number
  readonly cpuUs: number
  /** The resident memory at the end. */
  readonly memoryMib: number
  /** How busy the process of the subgraphs was, as a share of one core. */
  readonly stubShare: number
  /** Which share of the machine's processors other work took. */
  readonly otherShare: number
}

/** What is loaded in a window. */
export interface Loaded {
  readonly port: number
  readonly pid: number
  /** The process of the subgraphs. */
  readonly stubPid: number
  /** The file of the requests, and the bytes of an answer with its headers: the mean over all of them. */
  readonly requests: string
  readonly bytesEach: number
  /** Whether answers to signed requests may tell the next DPoP nonce: after a minute each answer does, in a header of its own. */
  readonly mayTellNonce: boolean
}

/** The bytes of the header with a nonce: its name, 22 characters and the end of the line. */
const NONCE_BYTES = 'dpop-nonce: '.length + 22 + 2

/** By how much the mean of a window's answers may differ from that of all answers: the first and last variants come once more or less often. */
const BYTES_TOLERANCE = 0.05

/**
 * Loads a gateway for a window.
 * @throws {Error} if answers did not come, or are of another size than those that were checked.
 */
export async function measureWindow(
  { port, pid, stubPid, requests, bytesEach, mayTellNonce }: Loaded,
  plan: LoadPlan,
): Promise<Window> {
  const read = () => ({ cpuMs: cpuOfTree(pid), stubMs: cpuOfTree(stubPid), at: performance.now() })
  const from = read()
  const others = watchOthers()
  const load = await loadWithWrk(port, requests, plan)
  const otherShare = others()
  const to = read()
  if (load.requests === 0) throw new Error('expected answers in a window; came none: make it longer (--seconds)')
  const most = bytesEach + (mayTellNonce ? NONCE_BYTES : 0)
  if (load.bytesEach < bytesEach * (1 - BYTES_TOLERANCE) || load.bytesEach > most * (1 + BYTES_TOLERANCE)) {
    throw new Error(`expected answers of ${bytesEach.toFixed(0)} bytes; came ${load.bytesEach.toFixed(0)} each`)
  }
  const ms = to.at - from.at
  return {
    ...{ perSecond: load.perSecond, p50Ms: load.p50Ms, p99Ms: load.p99Ms },
    cpuShare: (to.cpuMs - from.cpuMs) / ms,
    cpuUs: ((to.cpuMs - from.cpuMs) * 1_000) / load.requests,
    memoryMib: memoryOfTree(pid),
    stubShare: (to.stubMs - from.stubMs) / ms,
    otherShare,
  }
}
