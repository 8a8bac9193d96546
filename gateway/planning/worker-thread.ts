/** The planning thread as a thread of Node, from both sides: `startWorkerThread` starts it, and `serveJobs` runs in it. */
import { flushCompileCache, getCompileCacheDir } from 'node:module'
import { constants, platform, setPriority } from 'node:os'
import { serialize } from 'node:v8'
import { parentPort, Worker } from 'node:worker_threads'
import { detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import type { ErrorMessage, JobMessage, StartThread, Thread, ThreadEnd, ThreadMessage } from './thread.ts'

/** The most bytes that an answer may have as a message. The thread that answers requests would need too long to read more. */
const MAX_ANSWER_BYTES = 16 * 2 ** 20

/**
 * The most memory of the young generation, in MiB: of this, V8 gives 16 to new values, and not 128 as it would by itself. A thread that runs one job at a
 * time has little that is alive when they are collected, so that it does not matter how often that is.
 */
const MAX_YOUNG_MB = 24

/**
 * Returns a function that starts a module as a thread.
 * @param module the `file:` URL of the module, which calls {@link serveJobs}.
 * @param data what the module reads from `workerData`. It must be plain.
 * @param maxMemoryMb the most memory that the thread may have for JavaScript values, in MiB.
 */
export function startWorkerThread(module: URL, data: unknown, maxMemoryMb: number): StartThread {
  return (onMessage, onEnd): Thread => {
    const worker = new Worker(module, {
      workerData: data,
      resourceLimits: { maxOldGenerationSizeMb: maxMemoryMb, maxYoungGenerationSizeMb: MAX_YOUNG_MB },
      // The thread has no use for the settings, which may hold a password. Where Node keeps compiled code is none. In production graphql-js is faster.
      env: { ...compileCache(), NODE_ENV: 'production' },
    })
    let hasEnded = false
    const end = (reason: ThreadEnd): void => {
      if (hasEnded) return
      hasEnded = true
      onEnd(reason)
    }
    worker.on('message', (message: ThreadMessage) => {
      // The thread must not keep a process alive that has nothing else to do.
      if (message.kind === 'loaded') worker.unref()
      onMessage(message)
    })
    worker.on('error', (cause: NodeJS.ErrnoException) => {
      end({ cause, isOutOfMemory: cause.code === 'ERR_WORKER_OUT_OF_MEMORY' })
    })
    worker.on('exit', (code) => {
      end({ cause: new Error(`expected the planning thread to run; it ended with ${code}`), isOutOfMemory: false })
    })
    return {
      post: (message) => worker.postMessage(message),
      async stop() {
        hasEnded = true
        await worker.terminate()
      },
    }
  }
}

function compileCache(): NodeJS.ProcessEnv {
  const folder = getCompileCacheDir()
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: folder }
}

/**
 * Answers the jobs that come to this thread, one after the other. It says first that it has loaded.
 * @param answer answers one request. Its value must be plain data.
 * @param prepare makes for a request what later ones use too. Its caller does not pay for that.
 * @throws {Error} if this is not a thread of {@link startWorkerThread}.
 */
export function serveJobs(
  answer: (request: unknown) => unknown,
  prepare: (request: unknown) => Promise<void> = async () => undefined,
): void {
  const port = parentPort
  if (port === null) throw new Error('expected a thread; came the main thread of a process')
  yieldToOtherThreads()
  let isFirst = true
  port.on('message', async (job: JobMessage) => {
    const message = await answerJob(job, answer, prepare)
    port.postMessage(message, message.kind === 'answered' ? [message.answer.buffer as ArrayBuffer] : [])
    // A thread is terminated, and would not write the compiled code of its modules for the next one. The first plan does not wait for it.
    if (isFirst) flushCompileCache()
    isFirst = false
  })
  port.postMessage({ kind: 'loaded' } satisfies ThreadMessage)
}

/**
 * Lets the thread that answers requests go first on a core that both need. Otherwise the kernel gives each of them half of the core, and wakes
 * this thread at once when a job comes, so that a stream of new documents doubles the time of every answer.
 */
function yieldToOtherThreads(): void {
  // On Linux, the priority of process 0 is that of the calling thread (setpriority(2), C library/kernel differences). Elsewhere it is that
  // of the whole process.
  if (platform() === 'linux') setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL)
}

/**
 * What this thread has used so far, in milliseconds. A caller pays for the work that its document makes, and not for the time in which the thread
 * waited for a core that others used. Node before 23.9 cannot tell the two apart, and counts both.
 */
function spentMs(): number {
  if (typeof process.threadCpuUsage !== 'function') return performance.now()
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

type EndMessage = Exclude<ThreadMessage, { kind: 'loaded' }>

async function answerJob(
  { id, request }: JobMessage,
  answer: (request: unknown) => unknown,
  prepare: (request: unknown) => Promise<void>,
): Promise<EndMessage> {
  let startedAt = spentMs()
  const ms = (): number => spentMs() - startedAt
  try {
    await prepare(request)
    startedAt = spentMs()
    // The bytes of the serializer may lie in memory that other buffers share, which cannot be handed over.
    const bytes = new Uint8Array(serialize(answer(request)))
    if (bytes.length > MAX_ANSWER_BYTES) {
      throw new IstmoError('DOCUMENT_TOO_HARD', detail('PLAN_SIZE', { most: MAX_ANSWER_BYTES }))
    }
    return { kind: 'answered', id, ms: ms(), answer: bytes }
  } catch (error) {
    return { kind: 'failed', id, ms: ms(), error: toMessage(error) }
  }
}

function toMessage(error: unknown): ErrorMessage {
  if (!(error instanceof IstmoError))
    return { code: null, text: error instanceof Error ? (error.stack ?? '') : String(error) }
  return { code: error.code, detail: error.detail }
}
