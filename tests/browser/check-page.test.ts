import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newSigner } from '../../audit/log/testing.ts'
import { generateSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { istmo } from '../audit-cli/istmo.ts'
import { writeLog, writePolicy } from '../audit-cli/logs.ts'

/** The page that checks proofs, and the report as PDF, as somebody without a shell uses them. */

const CHROMIUM = process.env.ISTMO_CHROMIUM ?? '/usr/bin/chromium'
const gateway = newSigner('istmo.example/gateway')
const witnesses = ['gt.example', 'hn.example', 'sv.example', 'observer.example'].map((name) =>
  newSigner(name, 'cosignature'),
)

let folder: string
let browser: Browser
const audit = (...args: string[]) => istmo(['audit', ...args], folder)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-check-page-'))
  await writePolicy(folder, [gateway], witnesses)
  await writeLog(join(folder, 'gateway'), gateway, [SAMPLE_REQUEST], witnesses)
  await writeFile(join(folder, 'own.key'), generateSignerKey('auditor.example', SIGNATURE_TYPES.ed25519), {
    mode: 0o600,
  })
  await audit('prove', '0', '--log', 'gateway', '--policy', 'policy')
  await audit('check-page')
  const proof = await readFile(join(folder, '0.tlog-proof'), 'utf8')
  await writeFile(join(folder, 'forged.tlog-proof'), proof.replace('index 0', 'index 1'))
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser?.close()
  await rm(folder, { recursive: true, force: true })
})

async function open(locale: string): Promise<{ readonly page: Page; readonly asked: readonly string[] }> {
  const context = await browser.newContext({ locale, viewport: { width: 390, height: 844 }, offline: true })
  const page = await context.newPage()
  const asked: string[] = []
  page.on('request', (request) => void asked.push(request.url()))
  await page.goto(pathToFileURL(join(folder, 'istmo-check.html')).href)
  return { page, asked }
}

const choose = (page: Page, ...names: readonly string[]) =>
  page.setInputFiles(
    '#files',
    names.map((name) => join(folder, name)),
  )

describe('the page that checks proofs', () => {
  it('checks a proof in Spanish without a network, and names the witnesses', async () => {
    const { page, asked } = await open('es-GT')
    await choose(page, 'policy', '0.tlog-proof')
    const proof = page.locator('.proof')
    await expect(proof.getAttribute('data-verdict')).resolves.toBe('HOLDS')
    const text = await proof.textContent()
    expect(text).toContain('COMPROBADO: este asiento está en el registro.')
    expect(text).toMatch(/Testigo W1\s*20\d\d-/)
    expect(text).toContain('analyst, GT-MP-FECO, Guatemala')
    expect(asked).toEqual([pathToFileURL(join(folder, 'istmo-check.html')).href])
  })

  it('rejects a forged proof, and takes English', async () => {
    const { page } = await open('en-GB')
    await choose(page, 'policy', 'forged.tlog-proof')
    expect(await page.locator('.proof').textContent()).toContain('DOES NOT HOLD: this proof is not valid.')
    await page.click('[data-language=es]')
    expect(await page.locator('.proof').textContent()).toContain('NO SE SOSTIENE')
    await page.click('#clear')
    expect(await page.locator('.proof').count()).toBe(0)
  })

  it('says one verdict and the total first, and folds many proofs into a short page', async () => {
    const { page } = await open('es')
    const whole = await readFile(join(folder, '0.tlog-proof'), 'utf8')
    const proof = whole.replace(/^extra .*\n/m, '')
    const lines = Array.from({ length: 200 }, () => JSON.stringify({ index: 0, entry: SAMPLE_REQUEST, proof }))
    await writeFile(join(folder, 'many.jsonl'), `${lines.join('\n')}\n`)
    await choose(page, 'policy', '0.tlog-proof', 'many.jsonl')
    const overall = page.locator('#result .overall')
    expect([await overall.getAttribute('data-verdict'), await overall.textContent()]).toEqual([
      'FAILS',
      'NO SE SOSTIENE: hay algo falso, alterado o que falta.',
    ])
    expect(await page.locator('#result').textContent()).toContain('Pruebas: 201. Válidas: 201. No válidas: 0.')
    expect(Number(await page.evaluate('document.documentElement.scrollHeight'))).toBeLessThan(12_000)
    expect(await page.locator('.proof').count()).toBe(25)
    await page.click('.more')
    expect(await page.locator('.proof').count()).toBe(50)
    await page.locator('.proof summary').first().click()
    // The page fills a proof when it is opened.
    await page.locator('.proof').first().getByText('analyst, GT-MP-FECO, Guatemala').waitFor()
  })

  it('asks for the trust policy first', async () => {
    const { page } = await open('es')
    await choose(page, '0.tlog-proof')
    expect(await page.locator('#result .verdict').textContent()).toMatch(/^Falta la política de confianza/)
  })

  it('has no serious fault of accessibility, on a telephone', async () => {
    const { page } = await open('es')
    await choose(page, 'policy', '0.tlog-proof')
    await page.waitForSelector('.proof')
    const context = await browser.newContext({ bypassCSP: true, viewport: { width: 390, height: 844 } })
    const checked = await context.newPage()
    await checked.setContent((await page.content()).replace(/<script[\s\S]*?<\/script>/, ''))
    await checked.evaluate(axe.source)
    const { violations } = (await checked.evaluate("axe.run({ resultTypes: ['violations'] })")) as {
      violations: { impact: string; id: string }[]
    }
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
    const isTooWide = await checked.evaluate('document.documentElement.scrollWidth > innerWidth')
    expect(isTooWide).toBe(false)
  })
})

describe('a report', () => {
  it('is printed as PDF', async () => {
    const options = ['--log', 'gateway', '--policy', 'policy', '--own-log', 'own', '--own-key', 'own.key']
    const { code, stdout } = await audit('report', '0', ...options, '--pdf', 'report.pdf')
    expect(stdout).toBe('0.html, report.pdf: entry 0 of istmo.example/gateway is in the log.\n')
    expect(code).toBe(0)
    expect((await readFile(join(folder, 'report.pdf'))).subarray(0, 5).toString()).toBe('%PDF-')
  })
})
