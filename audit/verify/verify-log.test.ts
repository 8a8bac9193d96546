import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { openLogOn } from '../log/log.ts'
import { createMemoryStorage, newSigner } from '../log/testing.ts'
import { formatCheckpoint } from '../note/checkpoint.ts'
import { signNote } from '../note/note.ts'
import { parsePolicy } from '../note/policy.ts'
import { readEntries } from './read-log.ts'
import { type LogSource, urlSource } from './source.ts'
import { verifyLogs } from './testing.ts'
import { verifyLog } from './verify-log.ts'

const signer = newSigner('log.example/hn')
const other = newSigner('log.example/gt')
const policy = parsePolicy(`log ${signer.verifier.vkey}\nquorum none\n`)
const bothLogs = parsePolicy(`log ${signer.verifier.vkey}\nlog ${other.verifier.vkey}\nquorum none\n`)

async function logOf(size: number) {
  const storage = createMemoryStorage()
  const log = await openLogOn(storage, { signer, publishAfterMs: 1_000_000 })
  const half = Math.floor(size / 2)
  await Promise.all(Array.from({ length: half }, (_, at) => log.append(Buffer.from(`${at}`))))
  await log.publish()
  await Promise.all(Array.from({ length: size - half }, (_, at) => log.append(Buffer.from(`${half + at}`))))
  await log.close()
  const source: LogSource = { name: 'memory', read: storage.read }
  return { files: storage.files, source }
}

describe('verifying a log', () => {
  it.each([0, 1, 2, 255, 256, 257, 512, 70_000])('of %i entries finds nothing wrong', async (size) => {
    const { source } = await logOf(size)
    const done: number[] = []
    const report = await verifyLog(source, policy, { onProgress: (at) => done.push(at) })
    expect(report).toMatchObject({ size, findings: [], witnessed: { size } })
    expect(done.at(-1) ?? 0).toBe(size)
  })

  it('finds the end of the entries if a checkpoint claims an impossible number of them', async () => {
    const { files, source } = await logOf(3)
    const claimed = formatCheckpoint({
      origin: signer.verifier.name,
      size: Number.MAX_SAFE_INTEGER,
      root: Buffer.alloc(32),
    })
    files.set('checkpoint', Buffer.from(signNote(claimed, [signer])))
    const { findings } = await verifyLog(source, policy)
    expect(findings.map(({ kind }) => kind)).toEqual(['MISSING', 'MISSING', 'ROOT'])
  })

  it('reads the full tile if a partial one no longer exists', async () => {
    const { files, source } = await logOf(300)
    const larger = await logOf(600)
    files.delete('tile/0/001.p/44')
    files.delete('tile/entries/001.p/44')
    for (const path of ['tile/0/001', 'tile/entries/001']) files.set(path, larger.files.get(path) ?? expect.fail(path))
    expect((await verifyLog(source, policy)).findings).toEqual([])
  })

  it('reads no entries if somebody has only hashes, and still finds each hash and checkpoint that was altered', async () => {
    const { files, source } = await logOf(600)
    for (const path of [...files.keys()]) if (path.startsWith('tile/entries/')) files.delete(path)
    expect((await verifyLog(source, policy)).findings.map(({ kind }) => kind)).toContain('MISSING')
    const only = { hashesOnly: true }
    expect(await verifyLog(source, policy, only)).toMatchObject({ size: 600, findings: [] })
    const tile = files.get('tile/0/001') ?? expect.fail('no tile')
    files.set('tile/0/001', Buffer.from(tile).fill(7, 64, 65))
    expect((await verifyLog(source, policy, only)).findings.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['TILE', 'ROOT']),
    )
    files.delete('tile/0/001')
    expect((await verifyLog(source, policy, only)).findings.map(({ kind }) => kind)).toContain('MISSING')
  })

  it('needs entries that can be read from any index on', async () => {
    const { files, source } = await logOf(600)
    const size = 600
    const read: string[] = []
    for await (const { index, bytes } of readEntries(source, size, 250)) read.push(`${index} ${Buffer.from(bytes)}`)
    expect(read).toEqual(Array.from({ length: 350 }, (_, at) => `${250 + at} ${250 + at}`))
    files.delete('tile/entries/001')
    await expect(readEntries(source, size, 300).next()).rejects.toThrow('MISSING tile/entries/001')
    files.set('tile/entries/000', Buffer.of(0, 9, 1))
    await expect(readEntries(source, size).next()).rejects.toThrow('MALFORMED tile/entries/000')
  })

  it('finds nothing wrong while another process writes the log', async () => {
    const storage = createMemoryStorage()
    const log = await openLogOn(storage, { signer, publishAfterMs: 1_000_000 })
    await log.append(Buffer.from('0'))
    await log.publish()
    const receipt = await log.append(Buffer.from('1'))
    const known = [{ note: receipt.checkpoint, where: 'receipt' }]
    // The log publishes between the first and the second read of its checkpoint.
    let reads = 0
    const read: LogSource['read'] = async (path) => {
      if (path === 'checkpoint' && ++reads === 2) await log.publish()
      return storage.read(path)
    }
    const report = await verifyLog({ name: 'live', read }, policy, { known, settleMs: 1 })
    expect(report).toMatchObject({ size: 1, findings: [] })
    const stays = await verifyLog({ name: 'live', read: storage.read }, policy, {
      known: [{ note: (await log.append(Buffer.from('2'))).checkpoint, where: 'receipt' }],
      settleMs: 1,
    })
    expect(stays.findings.map(({ kind, where }) => [kind, where])).toEqual([['ROLLBACK', 'receipt']])
  })

  it('reports that a checkpoint is missing', async () => {
    const report = await verifyLog({ name: 'nothing', read: async () => undefined }, policy)
    expect(report.findings.map(({ kind, where }) => [kind, where])).toEqual([['MISSING', 'checkpoint']])
  })

  it('reports which log of the trust policy is missing', async () => {
    const { source } = await logOf(3)
    const { reports, findings } = await verifyLogs([source], bothLogs)
    expect(reports[0]?.findings).toEqual([])
    expect(findings.map(({ kind, where }) => [kind, where])).toEqual([['ORIGIN', 'log.example/gt']])
  })

  it('reads a log over HTTP, and sends requests only below its URL', async () => {
    const { files } = await logOf(300)
    const requested: string[] = []
    const server = createServer((request, response) => {
      requested.push(request.url ?? '')
      const bytes = files.get((request.url ?? '').replace('/logs/hn/', ''))
      response.writeHead(bytes === undefined ? 404 : 200).end(bytes)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/logs/hn`
    const report = await verifyLog(urlSource(url), policy)
    expect(report).toMatchObject({ source: url, size: 300, findings: [] })
    expect(requested.every((path) => path.startsWith('/logs/hn/'))).toBe(true)
    files.delete('tile/0/000')
    expect((await verifyLog(urlSource(url), policy)).findings[0]).toMatchObject({
      kind: 'MISSING',
      where: 'tile/0/000',
    })
    server.close()
    await expect(verifyLog(urlSource(url), policy)).rejects.toThrow()
  })

  it('rejects other kinds of URL, redirects and error responses', async () => {
    expect(() => urlSource('file:///var/log')).toThrow(TypeError)
    expect(() => urlSource('http://127.0.0.1/log?x')).toThrow('without query')
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/a/checkpoint' ? 302 : 500, { location: '/b/checkpoint' }).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await expect(urlSource(`${origin}/a`).read('checkpoint')).rejects.toThrow('came 302')
    await expect(urlSource(`${origin}/b/`).read('checkpoint')).rejects.toThrow('came 500')
    server.close()
  })
})
