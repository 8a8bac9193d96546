/** What the stories of several workers ask: the gateway over new connections, the operator's server, and the system. */
import { readFile } from 'node:fs/promises'
import { Agent, request } from 'undici'
import type { LoggedGateway } from '../audit-log/logged-gateway.ts'

/** One worker, as the operator's `/status` shows it. */
export interface ShownWorker {
  readonly worker: number
  readonly pid: number | null
  readonly isListening: boolean
  readonly restarts: number
  readonly status: {
    readonly participants: readonly { readonly name: { readonly en: string } }[]
    readonly auditLog: { readonly origin: string; readonly size: number } | null
    readonly suspensions: { readonly inForce: readonly unknown[] } | null
  } | null
}

/** Reads the workers of a gateway. */
export async function readWorkers({
  operatorUrl,
}: Pick<LoggedGateway, 'operatorUrl'>): Promise<readonly ShownWorker[]> {
  const { body } = await request(`${operatorUrl}/status`)
  const { workers } = (await body.json()) as { readonly workers: readonly ShownWorker[] }
  return workers
}

/** Asks over a connection of its own, which the kernel gives to any worker. Returns the status and the body. */
export async function getFresh(url: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const dispatcher = new Agent()
  try {
    const { statusCode: status, body } = await request(url, { dispatcher })
    return { status, body: await body.json() }
  } finally {
    await dispatcher.close()
  }
}

/** Whether a process runs. One that has ended and was not waited for does not. */
export async function isRunning(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  return stat !== null && !/\) Z /.test(stat)
}
