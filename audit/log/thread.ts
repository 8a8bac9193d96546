/** The core of a log in a thread of its own: `startLogThread` starts it, and log-thread.ts runs in it. */

import type { KeyObject } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { siblingModule } from '../../service/module-path.ts'
import { type Finding, LogDamagedError } from '../finding.ts'
import { NoteError, type NoteSigner, type SignatureType } from '../note/key.ts'
import type { Batch, CoreEvents, LogCore, Opened } from './core.ts'
import { ReplacedKeyError, SaltStoreMissingError } from './recover.ts'
import type { SignedCheckpoint } from './state.ts'

/** What a log's thread works with. The members are those of `LogOptions`. */
interface LogThreadOptions {
  readonly folder: string
  readonly salts: string | undefined
  readonly signer: NoteSigner
  readonly publishAfterMs: number
}

/** The thread of a log has ended. What it was asked for may have happened or not. */
class LogThreadEndedError extends Error {
  override readonly name = 'LogThreadEndedError'

  constructor(cause: unknown) {
    super('the thread of the log ended before it answered; the next call opens the log again', { cause })
  }
}

/** A started thread: the log is open in it. */
interface RunningThread {
  readonly opened: Opened
  readonly call: (method: keyof LogCore, args: readonly unknown[], transfer: readonly ArrayBuffer[]) => Promise<unknown>
  readonly stop: () => Promise<void>
}

/**
 * Starts the thread of a log and opens the log in it. If the thread ends by itself, its pending calls reject, and the log is opened
 * again in a new thread, at once and, if that fails, with each next call.
 * @throws {Error} as `openLog` does, apart from the lock, which the caller holds.
 */
export async function startLogThread(
  options: LogThreadOptions,
  events: CoreEvents,
): Promise<{ readonly core: LogCore; readonly opened: Opened }> {
  let running: RunningThread | undefined
  let starting: Promise<RunningThread> | undefined
  let isClosed = false

  const restart = (): Promise<RunningThread> => {
    starting ??= startOne(options, events, onEnd)
      .then((thread) => {
        running = thread
        events.onPublished(thread.opened.published)
        return thread
      })
      .finally(() => {
        starting = undefined
      })
    return starting
  }

  const onEnd = (cause: unknown): void => {
    running = undefined
    if (isClosed) return
    events.onThreadEnd(cause)
    restart().catch(() => undefined)
  }

  const call = async <Value>(
    method: keyof LogCore,
    args: readonly unknown[],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Value> => {
    const thread = running ?? (await restart())
    return (await thread.call(method, args, transfer)) as Value
  }

  const first = await restart()
  const core: LogCore = {
    append: (batch: Batch) => call('append', [batch], [batch.bundle.buffer as ArrayBuffer]),
    root: (size) => call('root', [size]),
    inclusion: (index, size) => call('inclusion', [index, size]),
    consistency: (from, to) => call('consistency', [from, to]),
    publish: () => call('publish', []),
    addCosignatures: (checkpoint, signatures) => call('addCosignatures', [checkpoint, signatures]),
    async close() {
      isClosed = true
      try {
        await call('close', [])
      } finally {
        await running?.stop()
      }
    },
  }
  return { core, opened: first.opened }
}

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** Starts one thread. Resolves when the log is open in it. */
function startOne(
  { signer, ...options }: LogThreadOptions,
  events: CoreEvents,
  onEnd: (cause: unknown) => void,
): Promise<RunningThread> {
  const workerData: LogThreadData = { ...options, signer: toData(signer) }
  const worker = new Worker(siblingModule(import.meta, './log-thread.ts'), { workerData })
  const waiting = new Map<number, Waiting>()
  let lastId = 0

  const settle = (id: number): Waiting | undefined => {
    const caller = waiting.get(id)
    waiting.delete(id)
    // An idle thread must not keep a process alive that has nothing else to do.
    if (waiting.size === 0) worker.unref()
    return caller
  }

  const call: RunningThread['call'] = (method, args, transfer) =>
    new Promise((resolve, reject) => {
      lastId += 1
      if (waiting.size === 0) worker.ref()
      waiting.set(lastId, { resolve, reject })
      worker.postMessage({ id: lastId, method, args } satisfies CallMessage, transfer)
    })

  return new Promise((resolve, reject) => {
    let isOpen = false
    let hasEnded = false
    const end = (cause: unknown): void => {
      if (hasEnded) return
      hasEnded = true
      reject(cause)
      const ended = new LogThreadEndedError(cause)
      for (const caller of waiting.values()) caller.reject(ended)
      waiting.clear()
      if (isOpen) onEnd(cause)
    }
    const stop = async (): Promise<void> => {
      hasEnded = true
      await worker.terminate()
    }
    worker.on('message', (message: ThreadMessage) => {
      if (message.kind === 'done') settle(message.id)?.resolve(message.value)
      else if (message.kind === 'rejected') settle(message.id)?.reject(restoreError(message.error))
      else if (message.kind === 'published') events.onPublished(message.checkpoint)
      else if (message.kind === 'not-published') events.onPublishError(restoreError(message.error))
      else if (message.kind === 'failed') reject(restoreError(message.error))
      else {
        isOpen = true
        worker.unref()
        resolve({ opened: message.opened, call, stop })
      }
    })
    worker.on('error', end)
    worker.on('exit', (code) => end(new Error(`expected the thread of the log to run; it ended with ${code}`)))
  })
}

function toData({ verifier: { name, type }, key, next, previous }: NoteSigner): SignerData {
  return { name, type, key, next: next && toData(next), previous: previous && toData(previous) }
}

/** The messages between a log and the thread of its core. */

/** A signer key, as it is handed over to the thread. */
export interface SignerData {
  readonly name: string
  readonly type: SignatureType
  readonly key: KeyObject
  readonly next: SignerData | undefined
  readonly previous: SignerData | undefined
}

/** What the thread gets when it starts. */
export interface LogThreadData {
  readonly folder: string
  readonly salts: string | undefined
  readonly signer: SignerData
  readonly publishAfterMs: number
}

/** A call of one of the core's methods. */
export interface CallMessage {
  readonly id: number
  readonly method: keyof LogCore
  readonly args: readonly unknown[]
}

/** What the thread says. `opened` comes first, or `failed`; after `failed` it ends. */
export type ThreadMessage =
  | { readonly kind: 'opened'; readonly opened: Opened }
  | { readonly kind: 'failed'; readonly error: ErrorData }
  | { readonly kind: 'done'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'rejected'; readonly id: number; readonly error: ErrorData }
  | { readonly kind: 'published'; readonly checkpoint: SignedCheckpoint }
  | { readonly kind: 'not-published'; readonly error: ErrorData }

/** An error, as it is handed over: a thread copies only the message of an error itself. */
interface ErrorData {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  readonly code: string | undefined
  readonly findings: readonly Finding[] | undefined
}

/** The errors whose class callers look at. */
const CLASSES = [RangeError, TypeError, LogDamagedError, NoteError, ReplacedKeyError, SaltStoreMissingError]

/** Describes an error for {@link restoreError}. */
export function describeError(error: unknown): ErrorData {
  if (!(error instanceof Error)) {
    return { name: 'Error', message: String(error), stack: undefined, code: undefined, findings: undefined }
  }
  const { code } = error as NodeJS.ErrnoException
  const findings = error instanceof LogDamagedError ? error.findings : undefined
  return { name: error.name, message: error.message, stack: error.stack, code, findings }
}

/** Makes an error of the same class again, with its code and what it found. */
export function restoreError({ name, message, stack, code, findings }: ErrorData): Error {
  const prototype = CLASSES.find((each) => each.name === name)?.prototype ?? Error.prototype
  const members = {
    name,
    message,
    stack,
    ...(code !== undefined && { code }),
    ...(findings !== undefined && { findings }),
  }
  return Object.assign(Object.create(prototype) as Error, members)
}
