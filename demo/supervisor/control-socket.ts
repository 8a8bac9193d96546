/**
 * How `demo:stop` and `demo:start` talk to a running demo: one JSON text in each direction, over a Unix socket in its home folder.
 */
import { once } from 'node:events'
import { chmod, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { relative } from 'node:path'
import { json } from 'node:stream/consumers'
import { z } from 'zod'
import { UsageError } from '../../service/usage-error.ts'

const commandSchema = z.strictObject({ action: z.enum(['stop', 'start']), country: z.string().min(1).max(64) })
const replySchema = z.strictObject({ done: z.boolean(), message: z.string() })

/** Stops a country's node, or starts it again. */
export type Command = z.infer<typeof commandSchema>

/** The result of a command. `message` is for a person. */
export type Reply = z.infer<typeof replySchema>

// The kernel's limit for the path of a Unix socket, including the final zero byte, is 108 bytes on Linux and 104 on macOS.
const MAX_SOCKET_PATH = 103

/**
 * Listens on the socket at `path`. Only its owner can read and write it. Replaces a socket that a killed demo left behind, so the
 * caller must hold the folder's lock.
 */
export async function serveControl(path: string, carryOut: (command: Command) => Promise<Reply>): Promise<Server> {
  const address = socketAddress(path)
  await rm(path, { force: true })
  const server = createServer({ allowHalfOpen: true }, (socket) => void serveOne(socket, carryOut))
  await once(server.listen(address), 'listening')
  await chmod(path, 0o600)
  return server
}

/**
 * Sends a command to the demo whose socket is at `path`, and waits for its reply.
 * @throws {Error} when no demo listens there, or the demo ends before it replies.
 */
export async function sendCommand(path: string, command: Command): Promise<Reply> {
  const socket = connect(socketAddress(path))
  try {
    await once(socket, 'connect')
  } catch {
    throw new Error(`no demo runs here (nothing listens at ${path}): start one with npm start, or set its ISTMO_HOME`)
  }
  socket.end(JSON.stringify(command))
  const reply = replySchema.safeParse(await readMessage(socket))
  if (!reply.success) throw new Error('the demo ended before it replied')
  return reply.data
}

async function serveOne(socket: Socket, carryOut: (command: Command) => Promise<Reply>): Promise<void> {
  socket.on('error', () => socket.destroy())
  const command = commandSchema.safeParse(await readMessage(socket))
  const reply = command.success
    ? await carryOut(command.data)
    : { done: false, message: 'expected {"action":"stop"|"start","country":"HN"}; came something else' }
  socket.end(JSON.stringify(reply))
}

/** Reads what the other side sends until it ends its direction. Returns undefined for anything but JSON. */
function readMessage(socket: Socket): Promise<unknown> {
  return json(socket).catch(() => undefined)
}

function socketAddress(path: string): string {
  const short = relative(process.cwd(), path)
  const address = Buffer.byteLength(short) < Buffer.byteLength(path) ? short : path
  if (Buffer.byteLength(address) > MAX_SOCKET_PATH) {
    throw new UsageError(
      `${path}: expected a path of at most ${MAX_SOCKET_PATH} bytes for the control socket; choose a shorter ISTMO_HOME`,
    )
  }
  return address
}
