import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newSigner } from '../audit/log/testing.ts'
import { openRevealKeyFiles } from '../auditors/reveal/reveal-files.ts'
import { runReveal } from './reveal.ts'

const folder = await mkdtemp(join(tmpdir(), 'istmo-reveal-'))
const at = (name: string): string => join(folder, name)
afterAll(() => rm(folder, { recursive: true }))

const nobody = { ask: async () => null }

/** Runs `istmo reveal`, where nobody can be asked. */
async function reveal(...args: readonly string[]) {
  let [out, err] = ['', '']
  const io = {
    out: { write: (text: string) => (out += text) },
    err: { write: (text: string) => (err += text) },
    ...{ ...nobody, now: Date.now, witnessPatienceMs: 0 },
  }
  return { code: await runReveal(args, io), out, err }
}

describe('istmo reveal key', () => {
  it('prints the same thumbprint again if the key exists, and changes nothing', async () => {
    const first = await reveal('key', at('reveal.key'))
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(first.out).toMatch(/^[\w-]{43} {2}opens what is sealed to it\npublic part: .*reveal\.key\.jwks\.json\n$/)
    const before = await readFile(at('reveal.key'), 'utf8')
    expect(await reveal('key', at('reveal.key'))).toEqual(first)
    expect(await readFile(at('reveal.key'), 'utf8')).toBe(before)
  })

  it('says which of both files is missing, and makes none', async () => {
    await reveal('key', at('lost.key'))
    await rm(at('lost.key'))
    const ended = await reveal('key', at('lost.key'))
    expect(ended).toMatchObject({ code: 1, out: '' })
    expect(ended.err).toMatch(/lost\.key: expected it beside .*lost\.key\.jwks\.json.* Bring it back, or name another/)
    await expect(readFile(at('lost.key'))).rejects.toThrow('ENOENT')
  })

  it('names the file of a passphrase that does not open it', async () => {
    await writeFile(at('right'), 'correct horse\n')
    await writeFile(at('wrong'), 'battery staple\n')
    await reveal('key', at('locked.key'), '--passphrase-file', at('right'))
    const opening = openRevealKeyFiles([at('locked.key')], at('wrong'), nobody)
    await expect(opening).rejects.toThrow(`came another. Look at the first line of ${at('wrong')}`)
  })
})

describe('istmo reveal approve', () => {
  it.each<[string, string | null, RegExp]>([
    ['missing', null, /request\.jws: expected the auditor’s request; .*there is no such file.*ENOENT/],
    ['empty', '', /request\.jws: expected a request .*came another text\. Ask the auditor for the file again/],
  ])('takes a request that is %s for a wrong argument', async (_, text, message) => {
    if (text !== null) await writeFile(at('request.jws'), text)
    const place = ['--token', at('x'), '--authority', folder, '--policy', at('x')]
    const ended = await reveal('approve', at('request.jws'), at('approval.json'), ...place)
    expect(ended).toMatchObject({ code: 2, out: '' })
    expect(ended.err).toMatch(message)
  })
})

describe('istmo reveal share', () => {
  beforeAll(async () => {
    await writeFile(at('policy'), `log ${newSigner('authority.example').verifier.vkey}\nquorum none\n`)
    await writeFile(at('answer.json'), 'an answer')
    await writeFile(at('empty.json'), '{}')
    const approval = { v: 1, kind: 'istmo-reveal-approval', request: '', seal: '', reveal: '', rotations: [], salt: '' }
    await writeFile(at('approval.json'), JSON.stringify(approval))
  })

  const share = (approval: string, answer: string) =>
    reveal('share', at(approval), at(answer), '--key', 'k', '--auditor', at('empty.json'), '--policy', at('policy'))

  it('does not replace an answer', async () => {
    const ended = await share('approval.json', 'answer.json')
    expect(ended).toMatchObject({ code: 2, out: '' })
    expect(ended.err).toMatch(/answer\.json: expected a file that is not there yet.* Name another file/)
    expect(await readFile(at('answer.json'), 'utf8')).toBe('an answer')
  })

  it('says in plain words which file is another than it should be', async () => {
    const other = await share('empty.json', 'new.json')
    expect(other.err).toMatch(/empty\.json: expected an approval .*: v: expected 1; came something else/)
    const keys = await share('approval.json', 'new.json')
    expect(keys.err).toMatch(/empty\.json: .*keys: expected a list.*; came nothing\. It is the file KEYS\.jwks\.json/)
    expect([other.code, keys.code]).toEqual([1, 1])
  })
})
