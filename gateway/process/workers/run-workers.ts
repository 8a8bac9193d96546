/** Runs a gateway with several workers: one port, one identity, one operator's server, and a process for each worker. */
import type { Logger } from 'pino'
import { IstmoError } from '../../../contract/errors.ts'
import { formatOrigin } from '../../../service/http/listen.ts'
import { createOperatorServer, type MetricsText, type OperatorServer } from '../../../service/http/operator-server.ts'
import { readVersion } from '../../../service/version.ts'
import type { GatewayConfig } from '../config.ts'
import { readGraphFiles } from '../load-graph.ts'
import { configOfWorker } from './config-of-worker.ts'
import { mergeMetrics } from './merge-metrics.ts'
import { reservePort } from './reserve-port.ts'
import { superviseWorkers, type WorkerState, type Workers } from './supervise.ts'
import { openSuspensionDoor, type SuspensionDoor } from './suspension-door.ts'
import type { StartWorker } from './worker-process.ts'

/** How much longer than its requests a worker may take to end, in milliseconds: it writes and publishes its audit log. */
const END_MARGIN_MS = 15_000

/** The media type of Prometheus's text format, as the workers say it. */
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** A gateway with several workers that listens. */
export interface RunningWorkers {
  readonly url: string
  /** The address of the operator's server; null if it has none. */
  readonly operatorUrl: string | null
  /** Makes each worker read its files again. */
  readonly reload: () => void
  /** Resolves, with the reason, if a worker cannot be started any more. */
  readonly givenUp: Promise<Error>
  readonly close: () => Promise<void>
}

/**
 * Starts the workers, and the operator's server when all of them listen.
 * @param start starts the process of a worker.
 * @throws {ConfigError} if this system has no workers, or a setting or file cannot be used.
 * @throws {Error} if the port is taken, or a worker cannot start. Then no process is left.
 */
export async function runWorkers(config: GatewayConfig, start: StartWorker, log: Logger): Promise<RunningWorkers> {
  const reserved = await reservePort(config.host, config.port)
  const door = await openDoor(config, (statement) => workers?.send({ kind: 'suspension', statement }), log)
  let workers: Workers | undefined
  const give = async (number: number): Promise<void> => {
    for (const statement of (await door?.listSince(number)) ?? []) {
      workers?.send({ kind: 'suspension', statement }, number)
    }
  }
  let isReserved = true
  try {
    workers = await superviseWorkers({
      workers: config.workers,
      start,
      log,
      endWithinMs: config.requestDeadlineMs + END_MARGIN_MS,
      async prepare(number) {
        await door?.prepare(number)
        return configOfWorker(config, number, reserved.port)
      },
      onListening(number) {
        if (isReserved) void reserved.release()
        isReserved = false
        if (workers !== undefined) void give(number)
      },
    })
    for (const { worker } of workers.states()) await give(worker)
    const operator = openOperator(config, workers, door, log)
    const operatorUrl = (await operator?.listen()) ?? null
    return present(workers, { operator, operatorUrl, door })
  } catch (error) {
    if (isReserved) await reserved.release()
    await workers?.close()
    await door?.close()
    throw error
  }
}

function present(
  workers: Workers,
  parts: {
    readonly operator: Operator | null
    readonly operatorUrl: string | null
    readonly door: SuspensionDoor | null
  },
): RunningWorkers {
  const { operator, operatorUrl, door } = parts
  return {
    url: workers.url,
    operatorUrl,
    reload() {
      workers.send({ kind: 'reload' })
      void door?.reload()
    },
    givenUp: workers.givenUp,
    async close() {
      await operator?.close()
      await workers.close()
      await door?.close()
    },
  }
}

async function openDoor(
  config: GatewayConfig,
  tell: (statement: string) => void,
  log: Logger,
): Promise<SuspensionDoor | null> {
  const { suspensionsFolder } = config
  if (suspensionsFolder === null) return null
  return openSuspensionDoor({ ...config, suspensionsFolder }, await readGraphFiles(config), tell, log)
}

interface Operator {
  readonly listen: () => Promise<string>
  readonly close: OperatorServer['close']
}

/** Creates the operator's server of all workers; null if the settings name no address for it. */
function openOperator(
  { operatorListen, metrics }: GatewayConfig,
  workers: Workers,
  door: SuspensionDoor | null,
  log: Logger,
): Operator | null {
  if (operatorListen === null) return null
  const version = readVersion()
  const server = createOperatorServer({
    async status() {
      const status = await workers.ask('status')
      return {
        version,
        workers: workers.states().map((state) => ({ ...state, status: status.get(state.worker) ?? null })),
      }
    },
    suspensions: (after) => door?.feed(after) ?? null,
    async published(country) {
      const [first] = (await workers.ask('published')).values()
      return (first as ReadonlyMap<string, unknown> | undefined)?.get(country) ?? null
    },
    async probe(body) {
      const answer = await workers.probe(body)
      if (answer === undefined) throw new IstmoError('INTERNAL')
      if ('report' in answer) return answer.report
      throw new IstmoError(answer.code, answer.detail ?? undefined)
    },
    metrics: metrics ? () => exposeAll(workers) : null,
    log,
  })
  return {
    close: server.close,
    async listen() {
      const { address, port } = await server.listen(operatorListen.host, operatorListen.port)
      return formatOrigin('http', address, port)
    },
  }
}

async function exposeAll(workers: Workers): Promise<MetricsText> {
  const texts = (await workers.ask('metrics')) as ReadonlyMap<number, MetricsText>
  const states = workers.states()
  const own = [
    gauge('istmo_worker_up', 'Whether the worker answers.', states, ({ worker }) => (texts.has(worker) ? 1 : 0)),
    gauge('istmo_worker_restarts', 'How often the worker was started again.', states, ({ restarts }) => restarts),
  ]
  const merged = mergeMetrics(new Map([...texts].map(([worker, { text }]) => [worker, text])))
  return { type: METRICS_TYPE, text: [...own, merged].join('\n') }
}

function gauge(
  name: string,
  help: string,
  states: readonly WorkerState[],
  read: (state: WorkerState) => number,
): string {
  const samples = states.map((state) => `${name}{worker="${state.worker}"} ${read(state)}\n`)
  return [`# HELP ${name} ${help}\n# TYPE ${name} gauge\n`, ...samples].join('')
}
