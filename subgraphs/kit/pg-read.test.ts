import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type Read, sendRead } from './pg-read.ts'

const aRead = (params: readonly unknown[]): Read => ({
  settings: { text: 'select set_config($1)', params: ['a caller'] },
  statement: { text: 'select * from cases where id = any($1)', params },
  isKept: true,
})

describe('a read that cannot be written', () => {
  it('rejects, and nothing of it goes out', async () => {
    const submitted: unknown[] = []
    const client = { query: (read: unknown) => submitted.push(read) } as unknown as pg.ClientBase
    await expect(sendRead(client, aRead(Array(65_536).fill('HN:C-1')))).rejects.toThrow(/at most 65535 values/)
    await expect(sendRead(client, aRead([new Date(0)]))).rejects.toThrow(TypeError)
    expect(submitted).toEqual([])
    void sendRead(client, aRead(['HN:C-2']))
    expect(submitted).toHaveLength(1)
  })
})
