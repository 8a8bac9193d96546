/** The module that runs as one worker of a gateway (docs/decisions/0077-several-workers.md): a gateway that obeys the process which started it. */
import type { Logger } from 'pino'
import type { ProbeReport } from '../contract/probe.ts'
import { ConfigError } from '../service/config-error.ts'
import { maskError } from '../service/http/json-response.ts'
import { frontDoor } from './front-door.ts'
import { type Gateway, startGateway } from './main.ts'
import { boundGarbage } from './process/bound-garbage.ts'
import type { GatewayConfig } from './process/config.ts'
import { createLog } from './process/logger.ts'
import { createAnswers, type FromWorker, type ProbeAnswer, type ToWorker } from './process/workers/messages.ts'

/** How much longer than its requests a worker without a parent may take to end, in milliseconds. */
const END_MARGIN_MS = 10_000

/** What runs in this process. */
const running: { gateway: Promise<Gateway> | null; config: GatewayConfig | null; isEnding: boolean } = {
  gateway: null,
  config: null,
  isEnding: false,
}

/** The questions whether the other workers can take requests. */
const others = createAnswers()

// A terminal or a service manager sends its signals to all processes of the gateway. The parent obeys them, and tells this one.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
process.on('message', (message: ToWorker) => take(message))
// The parent is gone, however it ended: nobody would start this process again, or end it.
process.once('disconnect', () => end(1))

function take(message: ToWorker): void {
  if (message.kind === 'start') void start(message.config)
  else if (message.kind === 'close') end(0)
  else if (message.kind === 'others') others.take(message.id, message.unready)
  else void obey(message)
}

async function start(config: GatewayConfig): Promise<void> {
  const log: Logger = createLog(config.logLevel).child({ worker: config.worker?.number })
  running.config = config
  boundGarbage()
  running.gateway = startGateway(config, log, frontDoor(askOthers))
  try {
    const { url } = await running.gateway
    tell({ kind: 'listening', url })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    process.send?.({ kind: 'failed', message, isConfig: error instanceof ConfigError } satisfies FromWorker, () =>
      process.exit(1),
    )
  }
}

/** Does what the parent says to a gateway that has started. */
async function obey(message: Extract<ToWorker, { kind: 'reload' | 'suspension' | 'ask' }>): Promise<void> {
  const gateway = await running.gateway?.catch(() => null)
  if (gateway === null || gateway === undefined) return
  if (message.kind === 'reload') return gateway.reload()
  if (message.kind === 'suspension') return gateway.takeSuspension(message.statement)
  const { status, metrics, unready, published } = gateway.operator
  const probe = () => carryOut(gateway.operator.probe(message.body))
  const value = await { status, metrics, unready, published, probe }[message.what]()
  tell({ kind: 'answer', id: message.id, value })
}

/** Waits for a probe. A channel does not carry the code of an error. */
function carryOut(probe: Promise<ProbeReport>): Promise<ProbeAnswer> {
  return probe.then(
    (report) => ({ report }),
    (error: unknown) => {
      const { code, detail } = maskError(error)
      return { code, detail }
    },
  )
}

/** Asks the parent whether the other workers can take requests. */
async function askOthers(): Promise<string | null> {
  return ((await others.expect((id) => tell({ kind: 'others', id }))) ?? null) as string | null
}

function tell(message: FromWorker): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
}

/** Finishes the requests in progress, writes the audit log to its end, and ends the process. */
function end(code: number): void {
  if (running.isEnding) return
  running.isEnding = true
  const withinMs = (running.config?.requestDeadlineMs ?? 0) + END_MARGIN_MS
  setTimeout(() => process.exit(1), withinMs).unref()
  others.end()
  const closed = running.gateway?.then((gateway) => gateway.close()) ?? Promise.resolve()
  closed.then(
    () => process.exit(code),
    () => process.exit(1),
  )
}
