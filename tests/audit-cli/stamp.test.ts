import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { openLog } from '../../audit/log/log.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { openShardedLog } from '../../audit/shards/sharded-log.ts'
import { runAudit } from '../../auditors/run.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { writeLog, writePolicy } from './logs.ts'

/** Time stamps of an authority of the test's own: `openssl ts`, with a root, an authority below it, and others that must not count. */

const run = promisify(execFile)
const key = generateSignerKey('istmo.example/gateway', SIGNATURE_TYPES.ed25519)
const entries = Array.from({ length: 300 }, (_, at) => ({ at }))

let folder: string
let server: Server
let url: string
/** The name of the authority that answers the next request. */
let answering = 'tsa'

/** The arguments for a new key that is not encrypted. */
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

const openssl = (...args: readonly string[]) => run('openssl', args, { cwd: folder })

/** Makes a certificate below the root, with this purpose. */
async function certify(name: string, purpose: string): Promise<void> {
  await writeFile(join(folder, `${name}.ext`), `basicConstraints=CA:FALSE\nextendedKeyUsage=critical,${purpose}\n`)
  await openssl(
    'req',
    '-new',
    ...NEW_KEY,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
    '-subj',
    `/CN=${name}.example`,
  )
  await openssl(
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    '-CA',
    'root.pem',
    '-CAkey',
    'root.key',
    '-CAcreateserial',
    '-days',
    '30',
    '-extfile',
    `${name}.ext`,
    '-out',
    `${name}.pem`,
  )
}

async function makeRoot(name: string): Promise<void> {
  await openssl(
    'req',
    '-x509',
    ...NEW_KEY,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.pem`,
    '-days',
    '30',
    '-subj',
    `/CN=${name}.example`,
  )
}

const CONFIG = (name: string) => `
[tsa]
default_tsa = one
[one]
serial = ${name}.serial
signer_cert = ${name}.pem
signer_key = ${name}.key
certs = ${name}.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
`

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-stamp-'))
  await makeRoot('root')
  await makeRoot('stranger')
  await certify('tsa', 'timeStamping')
  await writeFile(join(folder, 'tsa.cnf'), CONFIG('tsa'))
  await writeFile(join(folder, 'tsa.serial'), '0A1B\n')
  server = createServer((request, response) => {
    const parts: Buffer[] = []
    request
      .on('data', (part: Buffer) => parts.push(part))
      .on('end', () => {
        if (answering === 'endless') Readable.from(endlessly()).pipe(response)
        else void answer(Buffer.concat(parts)).then((bytes) => response.end(bytes))
      })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  await writeLog(join(folder, 'gateway/log'), parseSignerKey(key), entries)
  await writePolicy(folder, [parseSignerKey(key)])
  await writeFile(join(folder, 'key'), `${key}\n`)
})
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve))
  await rm(folder, { recursive: true, force: true })
})

function* endlessly(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(16_384)
}

async function answer(query: Buffer): Promise<Buffer> {
  if (answering === 'replay') return readFile(join(folder, 'gateway/log/stamps/300.tsr'))
  await writeFile(join(folder, 'query.tsq'), query)
  await openssl('ts', '-reply', '-config', 'tsa.cnf', '-queryfile', 'query.tsq', '-out', 'answer.tsr')
  return readFile(join(folder, 'answer.tsr'))
}

/** Runs `istmo audit stamp` in this process. */
async function stamp(log: string, certificate: string, ...more: readonly string[]) {
  let [stdout, stderr] = ['', '']
  const streams = {
    out: { write: (text: string) => (stdout += text) },
    err: { isTTY: false, write: (text: string) => (stderr += text) },
  }
  const files = [
    '--log',
    join(folder, log),
    '--policy',
    join(folder, 'policy'),
    '--tsa-certificate',
    join(folder, certificate),
  ]
  return { code: await runAudit(['stamp', ...files, ...more], streams as never), stdout, stderr }
}

const ask = () => ['--tsa', url, '--key', join(folder, 'key')]

describe('istmo audit stamp', () => {
  it('stores a stamp of the checkpoint, writes its entry, and checks it offline under the root or the authority', async () => {
    const made = await stamp('gateway', 'root.pem', ...ask())
    expect([made.code, made.stdout, made.stderr]).toEqual([
      0,
      expect.stringMatching(/^300 entries of istmo\.example\/gateway stamped by tsa\.example, 20/),
      '',
    ])
    // OpenSSL accepts the same stamp.
    const checked = await openssl('ts', '-reply', '-in', 'gateway/log/stamps/300.tsr', '-text')
    expect(checked.stdout).toMatch(/Serial number: 0x0A1C/)
    for (const trusted of ['root.pem', 'tsa.pem']) {
      const { code, stdout } = await stamp('gateway', trusted)
      expect([code, stdout]).toEqual([0, expect.stringMatching(/^300 entries stamped by .*\nHOLDS: all 1 stamps\.\n$/)])
    }
    const tail = (await readFile(join(folder, 'gateway/log/tile/entries/001.p/45'))).toString()
    expect(tail).toMatch(/"kind":"time-stamp".*"serial":"0a1c","size":300/)
  })

  it('does not accept a stranger, a stamp of another tree, an altered stamp, or a log that became shorter', async () => {
    const foreign = await stamp('gateway', 'stranger.pem')
    expect([foreign.code, foreign.stdout]).toEqual([
      1,
      expect.stringMatching(/a signer that leads to a trusted certificate/),
    ])
    await writeLog(join(folder, 'other/log'), parseSignerKey(key), [{ at: -1 }, ...entries])
    await cp(join(folder, 'gateway/log/stamps'), join(folder, 'other/log/stamps'), { recursive: true })
    expect((await stamp('other', 'root.pem')).stdout).toMatch(/300 entries: expected a stamp of this checkpoint/)
    await writeLog(join(folder, 'short/log'), parseSignerKey(key), entries.slice(0, 9))
    await cp(join(folder, 'gateway/log/stamps'), join(folder, 'short/log/stamps'), { recursive: true })
    expect((await stamp('short', 'root.pem')).stdout).toMatch(/300 entries: the log has only 9 entries\nDOES NOT HOLD/)
    const whole = await readFile(join(folder, 'gateway/log/stamps/300.tsr'))
    // Bytes of the stamped hash, of the time behind it, and of the signature at the end.
    const checkpoint = whole.indexOf(Buffer.from('0420', 'hex')) + 2
    for (const at of [checkpoint, checkpoint + 31, checkpoint + 45, whole.length - 1, whole.length - 40]) {
      const bytes = Buffer.from(whole)
      bytes[at] = (bytes[at] ?? 0) ^ 0x01
      const { code } = await stampOf(bytes)
      expect([at, code]).toEqual([at, 1])
    }
  })

  it('misses a stamp that an entry names and that somebody deleted, or replaced by a later one', async () => {
    const named = /300 entries: expected the stamp of tsa\.example, 20[^,]*, that entry 300 names; came/
    await cp(join(folder, 'gateway'), join(folder, 'deleted'), { recursive: true })
    await rm(join(folder, 'deleted/log/stamps/300.tsr'))
    const deleted = await stamp('deleted', 'root.pem')
    expect(deleted.stdout).toMatch(new RegExp(`${named.source} none\nDOES NOT HOLD`))
    expect(deleted.code).toBe(1)
    await rm(join(folder, 'deleted/log/stamps'), { recursive: true })
    expect(await stamp('deleted', 'root.pem')).toMatchObject({ code: 1, stdout: expect.stringMatching(named) })
    // A log of the same entries has the same checkpoint, so the authority stamps it once more, later.
    await writeLog(join(folder, 'twin/log'), parseSignerKey(key), entries)
    expect((await stamp('twin', 'root.pem', ...ask())).code).toBe(0)
    expect((await stamp('twin', 'root.pem')).code).toBe(0)
    await cp(join(folder, 'twin/log/stamps'), join(folder, 'deleted/log/stamps'), { recursive: true })
    const replaced = await stamp('deleted', 'root.pem')
    expect(replaced).toMatchObject({ code: 1, stdout: expect.stringMatching(`${named.source} another one`) })
    // A log without stamps, and without an entry of one.
    expect(await stamp('short', 'root.pem')).toMatchObject({ code: 1 })
    await rm(join(folder, 'short/log/stamps'), { recursive: true })
    expect(await stamp('short', 'root.pem')).toMatchObject({ code: 2, stderr: expect.stringMatching(/came none/) })
  })

  it('stamps the checkpoint of the newest shard of a divided log, and writes the entry into this shard', async () => {
    const signer = parseSignerKey(key)
    // The command writes an entry of now. It goes into the newest shard, so no month may end before now.
    const [first, second] = [comingMonth(1), comingMonth(2)]
    const write = async (time: string, count: number): Promise<void> => {
      const log = await openShardedLog({
        ...{ home: join(folder, 'divided'), signer, sharding: 'monthly', now: () => Date.parse(time) },
        newEntry: () => ({ v: 1, id: createUuidV7(Date.parse(time)), time }),
        open: (shard, by) => openLog({ folder: shard, signer: by, publishAfterMs: 1_000_000 }),
      })
      for (let at = 0; at < count; at++) await log.append(canonicalBytes({ at }))
      await log.close()
    }
    await write(first, 5)
    const one = await stamp('divided', 'root.pem', ...ask())
    expect([one.code, one.stdout]).toEqual([0, expect.stringMatching(/^5 entries of istmo\.example\/gateway stamped/)])
    await write(second, 3)
    // The entry that links it to the first shard, and three more.
    const shard = `istmo\\.example/gateway/${second.slice(0, 7)}`
    const two = await stamp('divided', 'root.pem', ...ask())
    expect([two.code, two.stdout]).toEqual([0, expect.stringMatching(`^4 entries of ${shard} stamped`)])
    const checked = await stamp('divided', 'root.pem')
    expect([checked.code, checked.stdout]).toEqual([
      0,
      expect.stringMatching(
        `^5 entries of istmo\\.example/gateway stamped .*\n4 entries of ${shard} stamped .*\nHOLDS: all 2 stamps\\.\n$`,
      ),
    ])
    await rm(join(folder, 'divided/log/stamps/5.tsr'))
    const deleted = await stamp('divided', 'root.pem')
    expect([deleted.code, deleted.stdout]).toEqual([
      1,
      expect.stringMatching(
        /\n5 entries of istmo\.example\/gateway: expected the stamp of .* that entry 5 names; came none/,
      ),
    ])
  })

  it('does not accept a stamp whose signer may do something else too, such as serve web pages', async () => {
    await certify('web', 'timeStamping,serverAuth')
    // OpenSSL stamps with no such certificate, so the content of a right stamp is signed once more.
    const sign = async (name: string): Promise<Buffer> => {
      const content = ['-econtent_type', '1.2.840.113549.1.9.16.1.4', '-nodetach', '-binary']
      const signer = ['-signer', `${name}.pem`, '-inkey', `${name}.key`]
      await openssl('ts', '-reply', '-in', 'gateway/log/stamps/300.tsr', '-token_out', '-out', 'token.der')
      await openssl('cms', '-verify', '-noverify', '-inform', 'DER', '-in', 'token.der', '-out', 'content.der')
      await openssl(
        'cms',
        '-sign',
        '-in',
        'content.der',
        ...content,
        ...signer,
        '-outform',
        'DER',
        '-out',
        'signed.der',
      )
      await openssl('ts', '-reply', '-in', 'signed.der', '-token_in', '-out', 'signed.tsr')
      return readFile(join(folder, 'signed.tsr'))
    }
    // The entry of the log names the other stamp, of these two.
    expect((await stampOf(await sign('tsa'))).stdout).toMatch(/^300 entries stamped by tsa\.example/)
    const web = await stampOf(await sign('web'))
    expect([web.code, web.stdout]).toEqual([
      1,
      expect.stringMatching(/^300 entries: .*came one with another purpose\n/),
    ])
  })

  it('reads no file and no answer further than a stamp or a certificate can be long', async () => {
    const endless = await stamp('gateway', relative(folder, '/dev/zero'))
    expect([endless.code, endless.stderr]).toEqual([
      2,
      expect.stringMatching(/expected at most 65536 bytes; came more/),
    ])
    const long = await stampOf(Buffer.alloc(65_537))
    expect([long.code, long.stdout]).toEqual([
      1,
      expect.stringMatching(/^300 entries: expected at most 65536 bytes in a stamp; came more\n.*came another one\n/),
    ])
    answering = 'endless'
    const told = await stamp('gateway', 'root.pem', ...ask())
    expect([told.code, told.stderr]).toEqual([2, expect.stringMatching(/: expected at most 65536 bytes; came more/)])
    answering = 'tsa'
  })

  it('does not accept the answer to an earlier request', async () => {
    answering = 'replay'
    await cp(join(folder, 'gateway'), join(folder, 'again'), { recursive: true })
    const again = await stamp('again', 'root.pem', ...ask())
    expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/could not tell: expected/)])
    answering = 'tsa'
  })
})

/** The 20th of the month that begins after so many ends of months, at noon. */
function comingMonth(after: number): string {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + after, 20, 12)).toISOString()
}

/** Checks altered bytes of the stamp in a copy of the log. */
async function stampOf(bytes: Uint8Array) {
  await cp(join(folder, 'gateway'), join(folder, 'altered'), { recursive: true })
  await writeFile(join(folder, 'altered/log/stamps/300.tsr'), bytes)
  return stamp('altered', 'root.pem')
}
