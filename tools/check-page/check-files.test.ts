import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { newSigner } from '../../audit/log/testing.ts'
import { SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { writeLog } from '../../tests/audit-cli/logs.ts'
import { checkFiles, type DroppedFile } from './check-files.ts'

const gateway = newSigner('istmo.example/gateway')
const [w1, w2, w3] = ['gt.example', 'hn.example', 'observer.example'].map((name) => newSigner(name, 'cosignature'))
if (w1 === undefined || w2 === undefined || w3 === undefined) throw new Error('expected three witnesses')
const POLICY: DroppedFile = {
  name: 'policy',
  text: `log ${gateway.verifier.vkey}
witness GT ${w1.verifier.vkey}
witness HN ${w2.verifier.vkey}
witness observer ${w3.verifier.vkey}
group members 2 GT HN observer
quorum members
`,
}

let folder: string
let proof: string
let unwitnessed: string

/** Puts the entry into the line `extra` of a receipt, as `istmo audit prove` does. */
function withEntry(receipt: string, entry: unknown): string {
  return receipt.replace('@v1\n', `@v1\nextra ${Buffer.from(canonicalBytes(entry)).toString('base64')}\n`)
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-check-page-'))
  const [receipt = ''] = await writeLog(join(folder, 'log'), gateway, [SAMPLE_REQUEST], [w1, w2])
  const cosigned = await readFile(join(folder, 'log/checkpoint'), 'utf8')
  unwitnessed = withEntry(receipt, SAMPLE_REQUEST)
  proof = `${unwitnessed.slice(0, unwitnessed.indexOf('\n\n') + 2)}${cosigned}`
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const check = (...files: readonly DroppedFile[]) => checkFiles(files, 'en')
const aProof = (text: string): DroppedFile => ({ name: 'a.tlog-proof', text })

describe('the files that somebody drops onto the page', () => {
  it('prove an entry under a trust policy, in any order, with its words and witnesses', () => {
    const { hasPolicy, proofs, unread } = check(aProof(proof), POLICY)
    expect([hasPolicy, unread]).toEqual([true, []])
    expect(proofs).toMatchObject([
      { verdict: 'HOLDS', place: { origin: 'istmo.example/gateway', index: 0, size: 1 }, findings: [] },
    ])
    expect(proofs[0]?.witnesses.map(({ name }) => name)).toEqual(['GT', 'HN'])
    expect(proofs[0]?.words?.title).toBe('Somebody asked the countries.')
  })

  it('prove nothing without a trust policy', () => {
    expect(check(aProof(proof))).toMatchObject({ hasPolicy: false, verdict: null, proofs: [], lists: [], unread: [] })
  })

  it('say that witnesses are missing', () => {
    expect(check(POLICY, aProof(unwitnessed)).proofs[0]?.verdict).toBe('UNWITNESSED')
  })

  it.each([
    [
      'another entry',
      (text: string) => withEntry(text.replace(/\nextra .*/, ''), { ...SAMPLE_REQUEST, traceId: 'a'.repeat(32) }),
    ],
    ['another size', (text: string) => text.replace('\n1\n', '\n2\n')],
    ['another index', (text: string) => text.replace('index 0', 'index 1')],
    [
      'a signature of somebody else',
      (text: string) => text.replaceAll('istmo.example/gateway', 'other.example/gateway'),
    ],
    ['no entry', (text: string) => text.replace(/\nextra .*/, '')],
  ])('fail with %s, and say nothing of the entry', (_, alter) => {
    const [checked] = check(POLICY, aProof(alter(proof))).proofs
    expect(checked).toMatchObject({ verdict: 'FAILS', words: undefined })
    expect(checked?.findings).toHaveLength(1)
  })

  it('may be an export, of which each line is checked', () => {
    const lines = [proof, proof.replace('index 0', 'index 1')].map((text) =>
      JSON.stringify({ index: 0, entry: SAMPLE_REQUEST, proof: text }),
    )
    const { proofs } = check(POLICY, { name: 'gt.jsonl', text: `${lines.join('\n')}\n` })
    expect(proofs.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['gt.jsonl, line 1', 'HOLDS'],
      ['gt.jsonl, line 2', 'FAILS'],
    ])
  })

  it('have one verdict, which is the worst, and an export that may be cut is not taken for whole', () => {
    const line = JSON.stringify({ index: 0, entry: SAMPLE_REQUEST, proof })
    const cut = check(POLICY, aProof(proof), { name: 'gt.jsonl', text: `${line}\n` })
    expect(cut).toMatchObject({ verdict: 'UNTOLD', lists: [{ name: 'gt.jsonl', entries: 1, doubt: 'NO_END' }] })
    expect(check(POLICY, aProof(proof)).verdict).toBe('HOLDS')
    expect(check(POLICY, aProof(proof), { ...aProof(unwitnessed), name: 'b' }).verdict).toBe('UNWITNESSED')
    expect(check(POLICY, aProof(proof), { ...aProof(proof.replace('index 0', 'index 1')), name: 'b' }).verdict).toBe(
      'FAILS',
    )
    expect(check(POLICY, aProof(proof), { name: 'c.json', text: '{' }).verdict).toBe('UNREAD')
    expect(check(POLICY).verdict).toBe(null)
  })

  it('are named if they are something else', () => {
    expect(check(POLICY, { name: 'photo.jpg', text: '\u0001\u0002' }).unread[0]).toMatch(
      /^photo\.jpg: line 1 of the trust/,
    )
    expect(check(POLICY, { name: 'a.json', text: '{' }).unread[0]).toMatch(/^a\.json: /)
  })
})
