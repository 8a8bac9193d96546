import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { newSigner } from '../../audit/log/testing.ts'
import { generateSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { SAMPLE_LEG, SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { speak } from '../../service/lang-option.ts'
import { auditHere } from './istmo.ts'
import { writeLog, writePolicy } from './logs.ts'

/** `istmo audit report`, as somebody makes a report for a court. */

const gateway = newSigner('istmo.example/gateway')
const witnesses = ['gt.example', 'hn.example', 'sv.example', 'observer.example'].map((name) =>
  newSigner(name, 'cosignature'),
)
const honduras = newSigner('istmo.example/hn')
const SECOND = '019ab7e5-2f40-7c3a-9c1d-000000000002'

let folder: string
const audit = (...args: string[]) => auditHere(args, folder)
const report = (entry: string, ...more: string[]) =>
  audit('report', entry, '--log', 'gateway', '--policy', 'policy', '--own-log', 'own', '--own-key', 'own.key', ...more)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-report-'))
  await writePolicy(folder, [gateway, honduras], witnesses)
  await writeLog(
    join(folder, 'honduras'),
    honduras,
    [SAMPLE_LEG, { ...SAMPLE_LEG, id: SECOND, requestId: SECOND }],
    witnesses,
  )
  await writeFile(join(folder, 'own.key'), `${generateSignerKey('auditor.example', SIGNATURE_TYPES.ed25519)}\n`, {
    mode: 0o600,
  })
  await writeLog(join(folder, 'gateway'), gateway, [SAMPLE_REQUEST, { ...SAMPLE_REQUEST, id: SECOND }], witnesses)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

// No locale names a language, unless a test says so.
beforeEach(() => {
  for (const name of ['LC_ALL', 'LC_MESSAGES', 'LANG']) vi.stubEnv(name, '')
  // As the program does when it starts.
  speak([], process.env)
})
afterEach(() => vi.unstubAllEnvs())

describe('istmo audit report', () => {
  it('writes a page in Spanish whose proof istmo audit check accepts, and an entry of this reading', async () => {
    const { code, stdout } = await report(SECOND)
    expect(stdout).toBe(`${SECOND}.html: entry 1 of istmo.example/gateway is in the log.\n`)
    expect(code).toBe(0)
    const page = await readFile(join(folder, `${SECOND}.html`), 'utf8')
    expect(page).toContain('COMPROBADO.')
    expect(page).toContain('analyst, GT-MP-FECO, Guatemala')
    const link = /href="data:text\/plain;base64,([^"]+)"/.exec(page)?.[1] ?? ''
    await writeFile(join(folder, 'saved.tlog-proof'), Buffer.from(link, 'base64'))
    expect((await audit('check', 'saved.tlog-proof', '--policy', 'policy')).code).toBe(0)
    expect((await stat(join(folder, `${SECOND}.html`))).mode & 0o777).toBe(0o600)
    const own = await readFile(join(folder, 'own/log/tile/entries/000.p/1'), 'utf8')
    expect(own).toContain('"channel":"REPORT"')
  })

  it.each([
    ['--lang', ['--lang', 'en'], ''],
    ['--language, its older name', ['--language', 'en'], 'es_GT.UTF-8'],
    ['the locale', [], 'en_US.UTF-8'],
  ])('writes it in English, where it is told to by %s', async (_, args, locale) => {
    vi.stubEnv('LC_ALL', locale)
    speak([], process.env)
    const { code } = await report('0', ...args, '--out', 'english.html')
    expect(await readFile(join(folder, 'english.html'), 'utf8')).toContain('VERIFIED.')
    expect(code).toBe(0)
  })

  it('ends with 1 for an entry that the log does not have, and writes no file', async () => {
    const { code, stdout } = await report('9', '--out', 'nothing.html')
    expect(stdout).toMatch(/^DOES NOT HOLD: istmo\.example\/gateway has no entry 9 among its 2\.\n$/)
    expect(code).toBe(1)
    await expect(stat(join(folder, 'nothing.html'))).rejects.toThrow('ENOENT')
  })

  it.each([['report'], ['prove'], ['was-allowed']])(
    'names the legs of a request whose id is the gateway’s, in a country’s log (%s)',
    async (command) => {
      const own = command === 'prove' ? [] : ['--own-log', 'own', '--own-key', 'own.key']
      const ask = (id: string) => audit(command, id, '--log', 'honduras', '--policy', 'policy', ...own)
      const { code, stdout } = await ask(SAMPLE_REQUEST.id)
      expect(stdout).toContain(`istmo.example/hn has no entry ${SAMPLE_REQUEST.id} among its 2.`)
      expect(stdout).toContain(`Name one of: ${SAMPLE_LEG.id}.`)
      expect(code).toBe(1)
      const nobody = await ask('019ab7e5-2f40-7c3a-9c1d-00000000ffff')
      expect(nobody.stdout).not.toContain('Name one of')
    },
  )

  it('ends with 2 and says what to do if there is no browser for the PDF', async () => {
    const { code, stderr } = await report(
      '0',
      '--out',
      'page.html',
      '--pdf',
      'page.pdf',
      '--browser',
      '/nowhere/chromium',
    )
    expect(stderr).toMatch(/\/nowhere\/chromium made no PDF .*Open page\.html in a browser and print it/)
    expect(code).toBe(2)
  })

  it('knows only its languages', async () => {
    const { code, stderr } = await report('0', '--lang', 'fr')
    expect(stderr).toMatch(/--lang: expected one of en, es; came "?fr/)
    expect(code).toBe(2)
  })
})
