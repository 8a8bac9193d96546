import { hash } from 'node:crypto'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { idAt } from '../../audit/index/testing.ts'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { openLog } from '../../audit/log/log.ts'
import { newSigner } from '../../audit/log/testing.ts'
import { decodeBundle, encodeBundle } from '../../audit/merkle/entry-bundle.ts'
import { formatReceiptHeader } from '../../contract/receipt.ts'
import { auditHere } from './istmo.ts'
import { writeLog, writePolicy } from './logs.ts'

/** Runs `istmo audit verify`, `prove` and `check` as an auditor does: with files and exit codes. */

const gateway = newSigner('istmo.example/gateway')
const hn = newSigner('istmo.example/hn')
const witnesses = ['gt', 'hn', 'sv', 'observer'].map((name) => newSigner(`${name}.example`, 'cosignature'))
const START_MS = Date.now() - 60_000
const idOf = (at: number) => idAt(START_MS, at)
const stop = (at: number) => ({ v: 1, kind: 'stop', id: idOf(at), time: new Date(START_MS).toISOString() })
const entries = Array.from({ length: 300 }, (_, at) => ({ ...stop(at), gateway: gateway.verifier.name }))
const hnEntries = [0, 1, 2].map((at) => ({ ...stop(at), kind: 'node-stop', country: 'HN', node: hn.verifier.name }))

let folder: string
let policy: string
let log: string
let hnLog: string
let receipt: string

const audit = (...args: string[]) => auditHere(args, folder)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-audit-cli-'))
  policy = await writePolicy(folder, [gateway, hn], witnesses)
  log = join(folder, 'gateway')
  hnLog = join(folder, 'hn')
  const [proof = ''] = await writeLog(log, gateway, entries, witnesses.slice(0, 3))
  receipt = join(folder, 'receipt.tlog-proof')
  await writeFile(receipt, proof)
  await writeLog(hnLog, hn, hnEntries, witnesses)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function tampered(name: string, edit: (path: string) => Promise<unknown>): Promise<string> {
  const copy = join(folder, name)
  await cp(log, copy, { recursive: true })
  await edit(copy)
  return copy
}

const editEntry = (at: number) => async (path: string) => {
  const file = join(path, 'tile/entries/000')
  const bundle = [...decodeBundle(await readFile(file))]
  await writeFile(file, encodeBundle(bundle.with(at, canonicalBytes({ ...entries[at], id: idOf(at + 1_000) }))))
}

describe('istmo audit verify', () => {
  it('exits with 0 if each log of the trust policy holds, and says up to which entry witnesses have cosigned it', async () => {
    const { code, stdout } = await audit('verify', log, hnLog, '--policy', policy, '--kept', receipt)
    const sha256 = hash('sha256', await readFile(policy))
    expect(stdout.split('\n')[0]).toBe(`trust policy ${policy}, SHA-256 ${sha256}`)
    expect(stdout).toMatch(/^istmo\.example\/gateway .*\n {2}300 entries, root .*=\n {2}witnessed to entry 300, 20/m)
    expect(stdout).toMatch(/HOLDS: nothing was removed or altered up to this checkpoint\. Too few witnesses were asked/)
    expect(code).toBe(0)
  })

  it('says once that nothing is signed as another policy demands, and each of it to tools', async () => {
    const other = await writePolicy(folder, [newSigner(gateway.verifier.name)], [], 'other-policy')
    const path = join(folder, 'history')
    const signed = await openLog({ folder: path, signer: gateway, publishAfterMs: 1_000_000 })
    for (const entry of entries.slice(0, 5)) {
      await signed.append(canonicalBytes(entry))
      await signed.publish()
    }
    await signed.close()
    const { code, stdout } = await audit('verify', path, '--policy', other)
    expect(stdout.match(/SIGNATURE/g)).toHaveLength(1)
    expect(stdout).toMatch(/SIGNATURE .* \(and \d+ more like it\)\nDOES NOT HOLD: \d+ findings\./)
    expect(code).toBe(1)
    const tools = JSON.parse((await audit('verify', path, '--policy', other, '--json')).stdout)
    expect(tools.logs[0].findings.length).toBeGreaterThan(3)
  })

  it('prints one JSON document for tools', async () => {
    const { code, stdout, stderr } = await audit('verify', log, hnLog, '--policy', policy, '--json')
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'HOLDS', logs: [{ size: 300 }, { size: 3 }], findings: [] })
    expect(JSON.parse(stdout).policy).toEqual({ file: policy, sha256: hash('sha256', await readFile(policy)) })
    expect([code, stderr]).toEqual([0, ''])
  })

  it('exits with 1 if a log of the trust policy is missing', async () => {
    const { code, stdout } = await audit('verify', log, '--policy', policy)
    expect(stdout).toMatch(/ORIGIN istmo\.example\/hn: expected a log of the trust policy, came none of that origin/)
    expect(code).toBe(1)
  })

  it('exits with 1 and the place of an entry that was edited', async () => {
    const copy = await tampered('edited', editEntry(17))
    const { code, stdout } = await audit('verify', copy, hnLog, '--policy', policy, '--json')
    const [{ findings }] = (JSON.parse(stdout) as { logs: [{ findings: { kind: string; where: string }[] }] }).logs
    expect(findings).toMatchObject([{ kind: 'ENTRY', where: 'entry 17 in tile/entries/000' }])
    expect(code).toBe(1)
  })

  it('exits with 1 if a log is shorter than a saved receipt says', async () => {
    const short = join(folder, 'short')
    await writeLog(short, gateway, entries.slice(0, 5), witnesses)
    const { code, stdout } = await audit('verify', short, hnLog, '--policy', policy, '--kept', receipt)
    expect(stdout).toMatch(/ROLLBACK .*receipt\.tlog-proof: expected at least the 300 entries/)
    expect(code).toBe(1)
  })

  it('reads a log over HTTP', async () => {
    const server = createServer((request, response) => {
      readFile(join(log, request.url ?? '')).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { code, stdout } = await audit('verify', url, hnLog, '--policy', policy)
    server.close()
    server.closeAllConnections()
    expect(stdout).toMatch(/HOLDS: nothing/)
    expect(code).toBe(0)
  })

  it.each([
    [
      'a trust policy that does not exist',
      ['verify', 'gateway', '--policy', 'nothing'],
      /nothing: cannot be read: there is no such file or folder \(ENOENT\)/,
    ],
    [
      'a trust policy that never ends',
      ['verify', 'gateway', '--policy', '/dev/zero'],
      /\/dev\/zero: expected at most \d+ bytes; came more/,
    ],
    [
      'a folder that does not exist',
      ['verify', 'gatewy', '--policy', 'policy'],
      /gatewy: expected the folder of a log/,
    ],
    ['no trust policy', ['verify', 'gateway'], /--policy: expected the path of a file; came nothing/],
    ['no logs', ['verify', '--policy', 'policy'], /expected logs, or a trust policy with their URLs/],
    [
      'an option that does not exist',
      ['verify', 'gateway', '--policy', 'policy', '--polcy', 'x'],
      /unknown option '--polcy'/,
    ],
    ['a command that does not exist', ['verfy'], /unknown command 'verfy'/],
    [
      'a URL at which nobody answers',
      ['verify', 'http://127.0.0.1:9', '--policy', 'policy'],
      /could not tell: 127\.0\.0\.1:\d+: expected to connect; .*ECONNREFUSED.*nothing listens there/,
    ],
    [
      'bundles that do not exist',
      ['check', 'a', 'b', '--policy', 'policy'],
      /a: cannot be read: there is no such file or folder \(ENOENT\)/,
    ],
    ['an id of another form', ['prove', 'x', '--log', 'gateway', '--policy', 'policy'], /expected an entry’s id/],
    [
      'a file that is not a bundle',
      ['check', 'policy', '--policy', 'policy'],
      /expected a C2SP tlog-proof with its entry/,
    ],
  ])('exits with 2 and a message for %s', async (_, args, message) => {
    const { code, stderr } = await audit(...args)
    expect(stderr).toMatch(message)
    expect(code).toBe(2)
  })
})

describe('istmo audit prove and check', () => {
  it('make a bundle of an entry, which proves without the log that the entry is in it', async () => {
    const made = await audit('prove', idOf(123), '--log', log, '--policy', policy, '--out', 'court.tlog-proof')
    expect(made.stdout).toMatch(/entry 123 of istmo\.example\/gateway, .*300 entries, in quorum: W1, W2, W3\n$/)
    expect(made.code).toBe(0)
    const checked = await audit('check', 'court.tlog-proof', '--policy', policy)
    expect(checked.stdout).toMatch(
      /^entry 123 of istmo\.example\/gateway, in its tree of 300 entries\n {2}witnessed by W1/,
    )
    expect(checked.stdout).toContain(`${Buffer.from(canonicalBytes(entries[123]))}\nHOLDS`)
    expect(checked.code).toBe(0)
  })

  it('accept the value of the header of an answer, which no witness has seen, only if the reader says so', async () => {
    const bundle = join(folder, 'answer')
    const copy = await tampered('grown', async () => undefined)
    await writeLog(copy, gateway, [{ id: idOf(700), kind: 'stop' }])
    await audit('prove', idOf(700), '--log', copy, '--policy', policy, '--out', 'new.tlog-proof')
    await writeFile(bundle, formatReceiptHeader(await readFile(join(folder, 'new.tlog-proof'), 'utf8')))
    const strict = await audit('check', bundle, '--policy', policy)
    expect([strict.code, strict.stdout]).toEqual([1, expect.stringMatching(/NO_QUORUM[\s\S]*DOES NOT HOLD/)])
    const { code, stdout } = await audit('check', bundle, '--policy', policy, '--unwitnessed')
    expect(stdout).toMatch(/HOLDS: the owner of the log signed that this entry is in it\. No quorum/)
    expect(code).toBe(0)
  })

  it('use the newest checkpoint that is in quorum', async () => {
    const copy = await tampered('grown', (path) => writeLog(path, gateway, entries.slice(0, 9)))
    const { code, stdout } = await audit('prove', '7', '--log', copy, '--policy', policy, '--json')
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'HOLDS', index: 7, size: 300, inQuorum: true })
    expect(code).toBe(0)
    const late = await audit('prove', '304', '--log', copy, '--policy', policy, '--out', 'late.tlog-proof')
    expect(late.stdout).toMatch(/NOT in quorum yet/)
    expect(late.code).toBe(2)
    const unseen = await audit('check', 'late.tlog-proof', '--policy', policy)
    expect(unseen.stdout).toMatch(/NO_QUORUM checkpoint of size 309: expected quorum members, came no witness/)
    expect(unseen.code).toBe(1)
  })

  it('exit with 1 for an entry that the log does not have', async () => {
    const { code, stdout } = await audit('prove', idOf(300), '--log', log, '--policy', policy)
    expect(stdout).toMatch(/^DOES NOT HOLD: istmo\.example\/gateway has no entry .* among its 300\.\n$/)
    expect(code).toBe(1)
  })

  it('exit with 1 if the entry was edited, in the log and in the bundle', async () => {
    const copy = await tampered('edited-too', editEntry(17))
    expect((await audit('prove', idOf(17), '--log', copy, '--policy', policy)).code).toBe(1)
    const bundle = join(folder, 'forged.tlog-proof')
    await audit('prove', idOf(17), '--log', log, '--policy', policy, '--out', bundle)
    const extra = /^extra (.*)$/m.exec(await readFile(bundle, 'utf8'))?.[1] ?? ''
    const forged = Buffer.from(Buffer.from(extra, 'base64').toString().replace('stop', 'halt')).toString('base64')
    await writeFile(bundle, (await readFile(bundle, 'utf8')).replace(extra, forged))
    const { code, stdout } = await audit('check', bundle, '--policy', policy)
    expect(stdout).toMatch(/RECEIPT receipt for entry 17: expected/)
    expect(code).toBe(1)
  })

  it('exit with 1 under a trust policy with other keys', async () => {
    const other = await writePolicy(folder, [newSigner('istmo.example/gateway')], [], 'other')
    await audit('prove', '3', '--log', log, '--policy', policy, '--out', 'three.tlog-proof')
    const { code, stdout } = await audit('check', 'three.tlog-proof', '--policy', other)
    expect(stdout).toMatch(/SIGNATURE receipt/)
    expect(code).toBe(1)
  })
})
