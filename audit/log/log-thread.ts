import { flushCompileCache } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import { createSigner, type NoteSigner } from '../note/key.ts'
import { type CoreEvents, type LogCore, openCore, openFolders } from './core.ts'
import { type CallMessage, describeError, type LogThreadData, type SignerData, type ThreadMessage } from './thread.ts'

/** The module that runs as the thread of a log (thread.ts): it opens the log's core, and answers each call with one message. */

const port = parentPort
if (port === null) throw new Error('expected to run in a worker')
const { folder, salts, signer, publishAfterMs } = workerData as LogThreadData

const post = (message: ThreadMessage): void => port.postMessage(message)

const events: Omit<CoreEvents, 'onThreadEnd'> = {
  onPublished: (checkpoint) => post({ kind: 'published', checkpoint }),
  onPublishError: (error) => post({ kind: 'not-published', error: describeError(error) }),
}

/** Lets all calls in that have come. After a commit, they are those that came while the thread wrote. */
const gather = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function open(): Promise<void> {
  const { storage, saltStorage, close } = await openFolders(folder, salts, { isBlocking: true })
  try {
    const options = { storage, saltStorage, signer: toSigner(signer), publishAfterMs, gather }
    const { core, opened } = await openCore(options, events)
    const closing = { ...core, close: () => core.close().finally(close) }
    port?.on('message', (call: CallMessage) => answer(closing, call))
    post({ kind: 'opened', opened })
  } catch (error) {
    await close()
    post({ kind: 'failed', error: describeError(error) })
  }
}

function answer(core: LogCore, { id, method, args }: CallMessage): void {
  const run = core[method] as (...all: readonly unknown[]) => Promise<unknown>
  run(...args).then(
    (value) => post({ kind: 'done', id, value }),
    (error: unknown) => post({ kind: 'rejected', id, error: describeError(error) }),
  )
}

function toSigner({ name, type, key, next, previous }: SignerData): NoteSigner {
  return {
    ...createSigner(name, type, key),
    ...(next !== undefined && { next: toSigner(next) }),
    ...(previous !== undefined && { previous: toSigner(previous) }),
  }
}

await open()
// The thread may be terminated, and would not write the compiled code of its modules for the next one.
flushCompileCache()
