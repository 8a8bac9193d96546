/** One worker as its parent sees it: a process, its channel, and what was asked of it. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createAnswers, type FromWorker, type ToWorker, type WorkerQuestion } from './messages.ts'

/** How long a worker may take for an answer, in milliseconds. It waits for nothing but its own turn. */
const ANSWER_WITHIN_MS = 1_000

/** How long a probe may take, in milliseconds: it waits for a node that may not answer. */
const PROBE_WITHIN_MS = 120_000

/** A process that was started. */
export interface WorkerProcess {
  readonly pid: number | undefined
  readonly send: (message: ToWorker) => void
  /** Asks the worker. Resolves to undefined if it does not answer in time, or ends. @param body of a probe. */
  readonly ask: (what: WorkerQuestion, body?: unknown) => Promise<unknown>
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
      ask(what, body) {
        const withinMs = what === 'probe' ? PROBE_WITHIN_MS : ANSWER_WITHIN_MS
        return answers.expect((id) => sendTo(child, { kind: 'ask', id, what, body }), withinMs)
      },
      kill: () => void child.kill('SIGKILL'),
    }
  }
}

/** Sends a message. A worker that is gone gets none: its end is told. */
function sendTo(child: ChildProcess, message: ToWorker): void {
  if (child.connected) child.send(message, () => undefined)
}
