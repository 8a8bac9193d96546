/**
 * How `demo:stop` and `demo:start` talk to a running demo: one JSON line in each direction, over a Unix socket in its home folder.
 */
import { chmod, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { relative } from 'node:path'
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
const MAX_LINE_LENGTH = 65_536

/**
 * Listens on the socket at `path`. Only its owner can read and write it. Replaces a socket that a killed demo left behind, so the
 * caller must hold the folder's lock.
 */
export async function serveControl(path: string, carryOut: (command: Command) => Promise<Reply>): Promise<Server> {
  const address = socketAddress(path)
  await rm(path, { force: true })
  const server = createServer((socket) => void serveOne(socket, carryOut))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(address, resolve)
  })
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
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
  } catch {
    throw new Error(`no demo runs here (nothing listens at ${path}): start one with npm start, or set its ISTMO_HOME`)
  }
  socket.write(`${JSON.stringify(command)}\n`)
  const reply = replySchema.safeParse(parseLine(await readLine(socket)))
  socket.end()
  if (!reply.success) throw new Error('the demo ended before it replied')
  return reply.data
}

async function serveOne(socket: Socket, carryOut: (command: Command) => Promise<Reply>): Promise<void> {
  socket.on('error', () => socket.destroy())
  const command = commandSchema.safeParse(parseLine(await readLine(socket)))
  const reply = command.success
    ? await carryOut(command.data)
    : { done: false, message: 'expected {"action":"stop"|"start","country":"HN"}; came something else' }
  socket.end(`${JSON.stringify(reply)}\n`)
}

/** Reads the first line. Returns what has arrived so far if the other side ends, or sends too much. */
function readLine(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (part: string) => {
      text += part
      const end = text.indexOf('\n')
      if (end >= 0 || text.length > MAX_LINE_LENGTH) resolve(end >= 0 ? text.slice(0, end) : '')
    })
    socket.once('close', () => resolve(text))
  })
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
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
