/**
 * Loaded before the program of every child (`node --import`), and in each of its threads. Ends the child when the supervisor is gone, even by
 * `kill -9`, which closes the channel between them and sends no signal. Keeps the compiled code of the modules for the next start.
 */

import { flushCompileCache } from 'node:module'

/** How long a child may take to end in order after its parent has gone, in milliseconds. */
const GRACE_MS = 3000

function end(): void {
  setTimeout(() => process.exit(1), GRACE_MS).unref()
  process.kill(process.pid, 'SIGTERM')
}
// Modules that NODE_OPTIONS names are loaded before this one. If the supervisor went meanwhile, the event has passed. A thread has no channel.
if (process.connected === false) end()
else process.once('disconnect', end)
// A child that has finished must end although its channel is open.
process.channel?.unref()

/** How long after its start the code of a thread is kept, in milliseconds: it has loaded its modules then. */
const LOADED_AFTER_MS = 5_000

// Node keeps the code when a thread ends by itself. The process ends most threads, and a killed process keeps nothing.
setTimeout(flushCompileCache, LOADED_AFTER_MS).unref()
