/** One worker as its parent sees it: a process, its channel, and what was asked of it. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { FromWorker, ProbeAnswer, ToWorker, WorkerQuestion } from './messages.ts'

/** How long a worker may take for an answer, in milliseconds. It waits for nothing but its own turn. */
const ANSWER_WITHIN_MS = 1_000

/** How long a probe may take, in milliseconds: it waits for a node that may not answer. */
const PROBE_WITHIN_MS = 120_000

/** A process that was started. */
export interface WorkerProcess {
  readonly pid: number | undefined
  readonly send: (message: ToWorker) => void
  /** Asks the worker. Resolves to undefined if it does not answer in time, or ends. */
  readonly ask: (what: WorkerQuestion) => Promise<unknown>
  /** Has the worker carry out a probe. Resolves to undefined if it does not answer in time, or ends. */
  readonly probe: (body: unknown) => Promise<ProbeAnswer | undefined>
  /** Kills it at once. */
  readonly kill: () => void
}

/** What is told of a worker's process. */
export interface WorkerEvents {
  readonly onMessage: (message: FromWorker) => void
  /** It ended: with an exit code, or by a signal. */
  readonly onEnd: (how: string) => void
}

/** Starts the process of a worker. */
export type StartWorker = (events: WorkerEvents) => WorkerProcess

/** Returns the function that starts a module as a worker. What it must know comes over the channel: nothing is in its arguments. */
export function startWith(module: URL): StartWorker {
  return ({ onMessage, onEnd }) => {
    // Settings may hold dates and infinities.
    const child = fork(fileURLToPath(module), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const answers = createAnswers()
    child.on('message', (message: FromWorker) => {
      if (message.kind === 'answer') answers.take(message.id, message.value)
      else onMessage(message)
    })
    let hasEnded = false
    const end = (how: string): void => {
      if (hasEnded) return
      hasEnded = true
      answers.end()
      onEnd(how)
    }
    child.on('exit', (code, signal) => end(signal ?? `exit code ${code}`))
    child.on('error', (error) => end(error.message))
    return {
      pid: child.pid,
      send: (message) => sendTo(child, message),
      ask: (what) => answers.expect((id) => sendTo(child, { kind: 'ask', id, what }), ANSWER_WITHIN_MS),
      async probe(body) {
        const answer = await answers.expect((id) => sendTo(child, { kind: 'probe', id, body }), PROBE_WITHIN_MS)
        return answer as ProbeAnswer | undefined
      },
      kill: () => void child.kill('SIGKILL'),
    }
  }
}

/** Sends a message. A worker that is gone gets none: its end is told. */
function sendTo(child: ChildProcess, message: ToWorker): void {
  if (child.connected) child.send(message, () => undefined)
}

/** Creates the answers that are expected. */
function createAnswers() {
  const waiting = new Map<number, (value: unknown) => void>()
  let last = 0
  const take = (id: number, value: unknown): void => {
    waiting.get(id)?.(value)
    waiting.delete(id)
  }
  return {
    take,
    expect(ask: (id: number) => void, withinMs: number): Promise<unknown> {
      const id = ++last
      return new Promise((resolve) => {
        const timer = setTimeout(() => take(id, undefined), withinMs)
        waiting.set(id, (value) => {
          clearTimeout(timer)
          resolve(value)
        })
        ask(id)
      })
    },
    end(): void {
      for (const id of [...waiting.keys()]) take(id, undefined)
    },
  }
}
