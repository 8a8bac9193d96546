import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newSigner } from '../../audit/log/testing.ts'
import { parsePolicy } from '../../audit/note/policy.ts'
import { auditHere } from './istmo.ts'

/** `istmo audit make-policy`, as an auditor makes a trust policy from keys as their owners publish them. */

const gateway = newSigner('istmo.example/gateway')
const witnesses = ['gt', 'hn', 'sv', 'observer'].map((name) => newSigner(`witness.example/${name}`, 'cosignature'))
const [gt, hn, sv, observer] = witnesses.map(({ verifier }) => verifier.vkey)

/** The `/status` of a gateway, as a proxy may have written it anew. */
const show = (auditLog: object | null): string =>
  JSON.stringify(
    { participants: [{ country: 'HN', logKeys: [newSigner('istmo.example/hn').verifier.vkey] }], auditLog },
    null,
    2,
  )

let folder: string
let server: Server
let url: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-policy-'))
  await writeFile(join(folder, 'hn.txt'), `Ministerio Público de Honduras\nClave del testigo: ${hn}\n`)
  await writeFile(join(folder, 'two.txt'), `${hn}\n${sv}\n`)
  const pages: Readonly<Record<string, string>> = {
    '/status': show({ origin: gateway.verifier.name, vkey: gateway.verifier.vkey }),
    '/without-log': show(null),
    '/gt/vkey': `${gt}\n`,
  }
  server = createServer((request, response) => {
    const page = pages[request.url ?? '']
    response.writeHead(page === undefined ? 404 : 200).end(page)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.close()
  await rm(folder, { recursive: true, force: true })
})

const make = (...args: string[]) => auditHere(['make-policy', ...args], folder)

describe('istmo audit make-policy', () => {
  it('takes each key from its owner: a page, a file, or the key itself', async () => {
    const { code, stdout } = await make(
      ...['--log', `${url}/status`, '--witness', `GT=${url}/gt`, '--witness', 'HN=hn.txt'],
      ...['--witness', `SV=${sv}`, '--witness', `observer=${observer}`, '--out', 'policy'],
    )
    expect(stdout).toMatch(/^istmo\.example\/gateway {2}([0-9a-f]{4} ){7}[0-9a-f]{4} {2}from http:.*\/status$/m)
    expect(stdout).toMatch(/Compare each fingerprint with its owner by another way/)
    expect(code).toBe(0)
    const text = await readFile(join(folder, 'policy'), 'utf8')
    expect(text).toContain(`# hn.txt\nwitness HN ${hn}\n`)
    expect(text).toContain(`witness GT ${gt} ${url}/gt/\n`)
    const policy = parsePolicy(text)
    expect(policy.groups.get('witnesses')).toEqual({ threshold: 3, members: ['GT', 'HN', 'SV', 'observer'] })
  })

  it('makes a trust policy without witnesses where none are named', async () => {
    const { code } = await make('--log', gateway.verifier.vkey, '--out', 'alone')
    expect(await readFile(join(folder, 'alone'), 'utf8')).toMatch(/quorum none\n$/)
    expect(code).toBe(0)
  })

  it.each([
    ['a page without a key', ['--log', 'hn.txt'], /hn\.txt: expected one verifier key of a log; came none/],
    [
      'two keys',
      ['--log', gateway.verifier.vkey, '--witness', 'X=two.txt'],
      /two\.txt: expected one verifier key of a witness; came 2/,
    ],
    ['a file that is not there', ['--log', 'nothing'], /nothing: expected a verifier key, or a file or URL with one/],
    [
      'a witness without a name',
      ['--log', gateway.verifier.vkey, '--witness', hn ?? ''],
      /--witness: expected a name, an equals sign/,
    ],
    [
      'a policy file that exists',
      ['--log', gateway.verifier.vkey, '--out', 'hn.txt'],
      /hn\.txt: cannot be written: there is something of this name already \(EEXIST\)/,
    ],
  ])('ends with 2 for %s', async (_, args, message) => {
    const { code, stderr } = await make(...args, ...(args.includes('--out') ? [] : ['--out', 'not-written']))
    expect(stderr).toMatch(message)
    expect(code).toBe(2)
  })

  it('takes no country’s key for that of a gateway that keeps no log', async () => {
    const { code, stderr } = await make('--log', `${url}/without-log`, '--out', 'not-written')
    expect(stderr).toMatch(/\/without-log: expected one verifier key of a log; came none/)
    expect(code).toBe(2)
  })

  it('ends with 2 for a page that does not answer', async () => {
    const { code, stderr } = await make('--log', `${url}/missing`, '--out', 'not-written')
    expect(stderr).toMatch(/\/missing: expected a page with a verifier key; came HTTP 404/)
    expect(code).toBe(2)
  })
})
