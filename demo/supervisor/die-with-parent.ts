/**
 * Loaded before the program of every child (`node --import`): ends the child when the supervisor is gone, even by `kill -9`,
 * which closes the channel between them and sends no signal.
 */

/** How long a child may take to end in order after its parent has gone, in milliseconds. */
const GRACE_MS = 3000

process.once('disconnect', () => {
  setTimeout(() => process.exit(1), GRACE_MS).unref()
  process.kill(process.pid, 'SIGTERM')
})
// A child that has finished must end although its channel is open.
process.channel?.unref()
