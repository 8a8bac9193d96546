import { EventEmitter } from 'node:events'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type Read, sendRead } from './pg-read.ts'

/** A connection that notes what goes out, with the queue of `pg`, which has one read at a time. */
function aClient() {
  const written: Buffer[] = []
  const stream = Object.assign(new EventEmitter(), {
    writable: true,
    write: (bytes: Buffer) => written.push(bytes) > 0,
  })
  stream.on('data', () => undefined)
  const connection = { stream } as unknown as pg.Connection
  const client = {
    query(read: { submit(to: pg.Connection): Error | undefined; handleError(error: Error): void }) {
      const error = read.submit(connection)
      if (error !== undefined) read.handleError(error)
    },
  } as unknown as pg.ClientBase
  const sent = (): string => Buffer.concat(written.splice(0)).toString('latin1')
  return { client, sent }
}

const aRead = (caller: string, params: readonly string[]): Read => ({
  settings: { text: 'select set_config($1)', params: [caller] },
  statement: { text: 'select * from cases where id = any($1)', params },
  isKept: true,
})

describe('a read that cannot be written', () => {
  it('rejects, and nothing of it goes out, neither by itself nor with the next read', async () => {
    const { client, sent } = aClient()
    await expect(sendRead(client, aRead('first', Array(65_536).fill('HN:C-1')))).rejects.toThrow(/at most 65535 values/)
    expect(sent()).toBe('')
    void sendRead(client, aRead('second', ['HN:C-2']))
    const bytes = sent()
    expect(bytes).toContain('second')
    expect(bytes).not.toContain('first')
  })

  it('does not leave a statement behind that the server does not have', async () => {
    const { client, sent } = aClient()
    await sendRead(client, aRead('first', Array(65_536).fill('HN:C-1'))).catch(() => undefined)
    void sendRead(client, aRead('second', ['HN:C-2']))
    expect(sent().match(/select set_config/g)).toHaveLength(1)
  })
})
