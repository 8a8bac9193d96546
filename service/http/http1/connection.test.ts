import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { Connection, type Sending } from './connection.ts'

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const TIMEOUT = 'HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n'

/** A connection on a socket of which a test says when bytes come. It notes what is written, what comes back, and what its owner is told. */
function open() {
  const told: unknown[] = []
  const socket = Object.assign(new EventEmitter(), {
    ...{ destroyed: false, writableLength: 0 },
    ref: () => undefined,
    unref: () => undefined,
    write: () => void told.push('written'),
    destroy: () => {
      socket.destroyed = true
    },
  })
  const connection = new Connection(socket as unknown as Socket, {
    onFree: () => void told.push('free'),
    onStale: () => void told.push('stale'),
    onGone: () => undefined,
  })
  const send = (): void => {
    const sending: Sending = {
      ...{ bytes: 'POST', encoding: 'latin1', connection: null },
      onHead: (status) => void told.push(status),
      onPart: () => undefined,
      onEnd: () => void told.push('end'),
      onError: (error) => void told.push(error),
    }
    connection.send(sending)
  }
  return { connection, send, told, receive: (text: string) => void socket.emit('data', Buffer.from(text)) }
}

it('bytes that come before a request was written are not its answer, and the request may be sent again', async () => {
  const { connection, send, told, receive } = open()
  send()
  await turn()
  receive(ANSWER)
  expect(told.splice(0)).toEqual(['written', 200, 'free', 'end'])
  send()
  receive(TIMEOUT)
  await turn()
  expect(told).toEqual(['stale', expect.objectContaining({ name: 'ConnectionLost', wasKeptAlive: true })])
  expect(connection.isOpen).toBe(false)
})

it('bytes that come after a request was written are its answer', async () => {
  const { send, told, receive } = open()
  for (const text of [ANSWER, TIMEOUT]) {
    send()
    await turn()
    receive(text)
  }
  expect(told.filter((each) => typeof each === 'number')).toEqual([200, 408])
})
