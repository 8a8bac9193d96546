/** The console at the demo, as an analyst uses it: in Spanish at a desk, and in English on a telephone. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import axe from 'axe-core'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { readExportedFile } from '../../cli/audit/exported-file/read-exported-file.ts'
import { consolePort } from '../../demo/ports.ts'
import { runBeside } from '../demo/running-demo.ts'

const CHROMIUM = process.env.ISTMO_CHROMIUM ?? '/usr/bin/chromium'
const DIST = join(import.meta.dirname, '../../console/dist')
const world = inject('world')
const origin = `http://127.0.0.1:${consolePort(world.port, 'GT')}`
const run = (...args: string[]) => runBeside(world, ...args)

let browser: Browser
let context: BrowserContext | null = null

beforeAll(async () => {
  await run('demo/control.ts', 'start', 'SV')
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  // The demo builds the console where nobody has.
  while (!existsSync(join(DIST, 'index.html'))) await sleep(500)
})
afterEach(async () => {
  await context?.close()
  context = null
})
afterAll(async () => {
  await browser?.close()
  await run('demo/control.ts', 'stop', 'SV')
})

const WORDS = {
  es: { signIn: 'Iniciar sesión', goOn: 'Continuar', name: 'Nombre, en cualquier orden', search: 'Buscar' },
  en: { signIn: 'Sign in', goOn: 'Go on', name: 'Name, in any order', search: 'Search' },
} as const

/** Signs in as an analyst of Guatemala, and chooses the purpose. */
async function open(language: keyof typeof WORDS, viewport: { width: number; height: number }): Promise<Page> {
  const words = WORDS[language]
  context = await browser.newContext({ viewport, locale: language === 'es' ? 'es-GT' : 'en-GB', acceptDownloads: true })
  const page = await context.newPage()
  await page.goto(`${origin}/console/`)
  await page.getByRole('button', { name: words.signIn, exact: true }).click()
  await page.click('button[value=analyst]')
  await page.getByRole('dialog').getByRole('button', { name: words.goOn }).click()
  return page
}

async function search(page: Page, language: keyof typeof WORDS, name: string): Promise<void> {
  await page.getByLabel(WORDS[language].name).fill(name)
  await page.getByRole('button', { name: WORDS[language].search, exact: true }).click()
  await page.locator('table tbody tr').first().waitFor()
}

const line = async (page: Page): Promise<string> => (await page.textContent('.line [role=status]')) ?? ''

/** The findings of axe that it calls serious or critical, with the first part that has them. */
async function seriousFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source)
  const { violations } = (await page.evaluate('axe.run()')) as {
    readonly violations: readonly { id: string; impact: string; nodes: readonly { html: string }[] }[]
  }
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
}

describe('the console of an analyst', () => {
  it('finds a person by a misspelt name, shows the dossier over three identities, and exports what is noted', async () => {
    const page = await open('es', { width: 1280, height: 800 })
    await search(page, 'es', 'Erik Ramires Gusman')
    expect(await page.locator('table tbody th').allInnerTexts()).toContain('Erick Ramírez Guzmán')
    expect(await line(page)).toMatch(/Guatemala respondió[\s\S]*Honduras respondió[\s\S]*El Salvador respondió/)
    expect(await seriousFindings(page)).toEqual([])

    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Exportar CSV' }).click()
    const csv = readFileSync(await (await saved).path(), 'utf8')
    expect(csv).toMatch(/^\uFEFFRegistro,.*\r\nGT:P-000001,GT,/)
    expect(csv).toMatch(/Identificadores en el registro de auditoría,[0-9a-f-]{36}\r\n/)
    expect(csv).toMatch(/Asiento de esta exportación,"[0-9a-f-]{36}, índice \d+, en el registro de auditoría de https:/)

    const printed = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Exportar PDF' }).click()
    const pdf = readExportedFile(readFileSync(await (await printed).path()))
    expect(pdf.cells[1]?.slice(0, 2)).toEqual(['GT:P-000001', 'GT'])
    expect([pdf.format, pdf.differs, pdf.digest, pdf.entries.length]).toEqual(['pdf', null, pdf.named, 1])

    await page.getByRole('link', { name: 'Erick Ramírez Guzmán' }).click()
    await page.locator('article[aria-label="SV:P-000003"]').getByText('Lo dice').waitFor()
    expect(await page.locator('article').count()).toBe(3)
    await page.getByRole('heading', { name: 'Cronología' }).waitFor()
    // The timeline may be there before the cases are.
    await page.locator('[aria-labelledby=cases] tbody tr').nth(5).waitFor()
    expect(await seriousFindings(page)).toEqual([])
  })

  it('shows in English on a telephone that a country is silent, and why something is empty', async () => {
    await run('demo/control.ts', 'stop', 'HN')
    try {
      const page = await open('en', { width: 390, height: 844 })
      await search(page, 'en', 'Erick Ramirez Guzman')
      expect(await line(page)).toMatch(/✕\s*Honduras could not answer/)
      await page.getByRole('button', { name: 'Details by country' }).click()
      await page.locator('#line-details').getByText('CONNECTION').waitFor()
      await page.getByRole('button', { name: 'Why is this empty?' }).click()
      await page.locator('#line-details [role=status] li, #line-details [role=status] p').first().waitFor()
      const width = 'document.documentElement.scrollWidth'
      expect(await page.evaluate(width)).toBeLessThanOrEqual(390)
      expect(await seriousFindings(page)).toEqual([])
    } finally {
      await run('demo/control.ts', 'start', 'HN')
    }
  })

  it('keeps notes in this browser: they are sent nowhere, and are there after a reload until they are deleted', async () => {
    const page = await open('es', { width: 1280, height: 800 })
    const sent: string[] = []
    page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`))
    const goTo = (place: string) => page.evaluate(`location.hash = '#${place}'`)
    await goTo('/person/GT:P-000001')
    await page.getByLabel('Nota nueva').fill('Preguntar a Tegucigalpa\n<img src=x onerror=alert(1)>')
    await page.getByRole('button', { name: 'Guardar nota' }).click()
    await page.getByText('<img src=x onerror=alert(1)>').waitFor()
    await page.reload()
    await page.getByRole('link', { name: 'Todas mis notas' }).click()
    await page.getByText('Preguntar a Tegucigalpa').waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await page.getByRole('button', { name: 'Borrar todo' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Borrar todo' }).click()
    await page.getByText('Todavía no hay notas').waitFor()
    expect(sent.length).toBeGreaterThan(0)
    expect(sent.filter((each) => each.includes('Tegucigalpa'))).toEqual([])
  })

  it('shows where the cases of a list happened', async () => {
    const page = await open('es', { width: 1280, height: 800 })
    await page.getByRole('link', { name: 'Casos', exact: true }).click()
    await page.getByRole('button', { name: 'Mostrar casos' }).click()
    await page.getByText('Mapa de estos casos').click()
    await page.locator('.map-picture path[class*=step]').first().waitFor({ state: 'attached' })
    const cells = await page.getByRole('table', { name: 'Casos por lugar' }).locator('td.number').allInnerTexts()
    expect(cells.reduce((sum, text) => sum + Number(text), 0)).toBe(50)
    expect(await seriousFindings(page)).toEqual([])
  })

  it('comes back after a reload to the same place with the same purpose, without a click', async () => {
    const page = await open('es', { width: 1280, height: 800 })
    await page.getByRole('link', { name: 'Derecho y tratados' }).click()
    await page.getByRole('heading', { name: 'Derecho y tratados' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Derecho y tratados' }).waitFor()
    expect(await page.locator('.bar').textContent()).toContain('Investigación')
  })

  it('loads at most 300 kB of compressed JavaScript before the first page', () => {
    const manifest = JSON.parse(readFileSync(join(DIST, 'manifest.json'), 'utf8')) as Record<string, Chunk>
    const first = Object.keys(manifest).find((name) => manifest[name]?.isEntry === true) ?? ''
    const files = new Set<string>()
    const add = (name: string): void => {
      const chunk = manifest[name]
      if (chunk === undefined || files.has(chunk.file)) return
      files.add(chunk.file)
      for (const other of chunk.imports ?? []) add(other)
    }
    add(first)
    const sizes = [...files].map((file) => gzipSync(readFileSync(join(DIST, file))).length)
    expect(sizes.length).toBeGreaterThan(0)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(300_000)
    expect(statSync(join(DIST, 'index.html')).size).toBeLessThan(5_000)
  })
})

interface Chunk {
  readonly file: string
  readonly isEntry?: boolean
  readonly imports?: readonly string[]
}
