/** The auditor's and the national team's rooms in a real browser: an entry is proved there, and a key is read there and never sent. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AuditWorld, RECORD, startAuditWorld } from './audit-world.ts'
import { findBarriers } from './console-story.ts'

const CHROMIUM = process.env.ISTMO_CHROMIUM ?? '/usr/bin/chromium'

let world: AuditWorld
let browser: Browser
beforeAll(async () => {
  world = await startAuditWorld()
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser?.close()
  await world?.stop()
})

/** A console with an auditor signed in, and what it asked and complained of. */
interface Open {
  readonly page: Page
  readonly context: BrowserContext
  readonly sent: string[]
  readonly complaints: string[]
}

async function signIn(
  locale: string,
  size: { readonly width: number; readonly height: number },
  prepare: (page: Page) => Promise<void> = async () => undefined,
): Promise<Open> {
  const context = await browser.newContext({ locale, viewport: size })
  const page = await context.newPage()
  await prepare(page)
  const [sent, complaints]: [string[], string[]] = [[], []]
  page.on('request', (request) => void sent.push(`${request.url()} ${request.postData() ?? ''}`))
  page.on('console', (message) => {
    // A server that wants a newer nonce says so with 401 (RFC 9449), and the browser reports each.
    if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text())
  })
  page.on('pageerror', (error) => void complaints.push(error.message))
  await page.goto(`${world.origin}/console/`)
  await page.getByRole('button', { name: locale.startsWith('es') ? 'Iniciar sesión' : 'Sign in', exact: true }).click()
  await page.getByRole('button', { name: locale.startsWith('es') ? 'Continuar' : 'Go on' }).click()
  return { page, context, sent, complaints }
}

/** Goes to a place of the console, and waits for the page with this title. */
async function goTo(page: Page, place: string, title: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(place)}`)
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
}

const SPANISH = { width: 1280, height: 900 }

describe('an auditor', () => {
  it('finds an entry, and has it proved in the browser, with its words, witnesses and approval', async () => {
    const { page, context, complaints } = await signIn('es-GT', SPANISH)
    await page.getByRole('link', { name: 'Buscar asientos' }).click()
    const row = page.getByRole('link', { name: 'prueba válida' }).filter({ hasText: 'FECO, GT' }).first()
    await row.waitFor()
    expect(await row.textContent()).toMatch(/\d\d:\d\d:\d\dAnalista, FECO, GT/)
    await page.locator('.verdict.PROVEN').waitFor()
    expect((await page.locator('.entries, .story').allTextContents()).join()).not.toMatch(
      /FORBIDDEN_BY_COUNTRY|analyst, GT/,
    )
    expect(await findBarriers(page)).toEqual([])
    await page.getByRole('combobox', { name: 'Buscar asientos' }).fill('persecución')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Quitar el filtro Finalidad: Persecución penal' }).click()
    await goTo(page, `/audit/entry/${world.requestId}`, 'Asiento')
    const verdict = page.locator('.verdict.PROVEN')
    await verdict.getByText('La prueba se sostiene').waitFor()
    expect(await verdict.textContent()).toMatch(/W1: \d\d:\d\d:\d\d/)
    await page.getByText('Aprobado antes del asiento, y no revocado hasta entonces.').waitFor()
    expect(await page.locator('main').textContent()).toContain(
      'Una persona con función de analista de FECO, Guatemala preguntó para',
    )
    expect(await findBarriers(page)).toEqual([])
    expect(complaints).toEqual([])
    await context.close()
  })

  it('is not told that nothing is proved while the trust policy has yet to come', async () => {
    const asked = Promise.withResolvers<void>()
    const answered = Promise.withResolvers<void>()
    const { page, context } = await signIn('es-GT', SPANISH, async (opened) => {
      await opened.route('**/console/trust-policy/*', async (route) => {
        asked.resolve()
        await answered.promise
        await route.continue()
      })
    })
    await goTo(page, `/audit/entry/${world.requestId}`, 'Asiento')
    await asked.promise
    await page.locator('.skeleton').first().waitFor()
    expect(await page.locator('.verdict').count()).toBe(0)
    answered.resolve()
    await page.locator('.verdict.PROVEN').waitFor()
    await context.close()
  })

  it('is told that nothing is proved under somebody else’s trust policy', async () => {
    const { page, context } = await signIn('es-GT', SPANISH)
    await goTo(page, `/audit/entry/${world.requestId}`, 'Asiento')
    await page.locator('.verdict.PROVEN').waitFor()
    await page.locator('summary', { hasText: 'política de confianza' }).click()
    await page.setInputFiles('input[type=file]', join(world.folder, 'other-policy'))
    await page.getByText('No comprobado: no confíe en lo que se muestra.').waitFor()
    expect(await page.locator('.verdict').textContent()).toContain('elsewhere.example/gateway')
    await page.getByText('Lo que dice el servicio de auditoría, sin comprobar').waitFor()
    await context.close()
  })

  it('finds who saw a record, and the key stays in the browser', async () => {
    const { page, context, sent, complaints } = await signIn('es-GT', SPANISH)
    await goTo(page, '/audit/record', 'Quién vio un registro')
    await page.getByLabel('Registro', { exact: true }).fill(RECORD)
    await page.setInputFiles('input[type=file]', join(world.folder, 'GT.refs.json'))
    await page.getByRole('button', { name: 'Buscar quién lo vio' }).click()
    await page.getByText('1 asiento', { exact: true }).waitFor()
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Exportar CSV' }).click()
    const csv = await readFile(await (await saved).path(), 'utf8')
    expect(csv).toMatch(/^\uFEFFFecha y hora \(UTC\),.*Seudónimo.*\r\n20\d\d-.*Z,analyst,GT-MP-FECO,[^,]{16,},/)
    const { epochs } = JSON.parse(await readFile(join(world.folder, 'GT.refs.json'), 'utf8')) as {
      epochs: { key: string }[]
    }
    expect(sent.filter((each) => each.includes(epochs[0]?.key ?? '?') || each.includes(RECORD))).toEqual([])
    expect(sent.some((each) => each.includes('"refs":["1.'))).toBe(true)
    expect(await findBarriers(page)).toEqual([])
    expect(complaints).toEqual([])
    await context.close()
  })

  it('makes a report of counts', async () => {
    const { page, context, complaints } = await signIn('es-GT', SPANISH)
    await goTo(page, '/audit/report', 'Informe público')
    await page.getByLabel('Primer día').fill('2026-11-01')
    await page.getByLabel('Último día').fill('2026-11-30')
    await page.getByRole('button', { name: 'Hacer el informe' }).click()
    const report = page.locator('.report')
    await report.getByText('Total: 7').first().waitFor()
    expect(await findBarriers(page)).toEqual([])
    expect(complaints).toEqual([])
    await context.close()
  })

  it('reads counts, patterns and logs in English on a telephone', async () => {
    const { page, context, complaints } = await signIn('en-GB', { width: 390, height: 844 })
    for (const [place, title, text] of [
      ['/audit/counts', 'Counts', 'Bar chart'],
      ['/audit/patterns', 'Patterns', 'From how many'],
      ['/audit/logs', 'Audit logs', 'read to its end'],
      [`/audit/entry/${world.legId}`, 'Entry', 'The proof holds'],
      ['/national', 'My node', 'What was denied or failed, and what to do'],
    ] as const) {
      await goTo(page, place, title)
      // A text may also stand in a part that is closed.
      await page.getByText(text).or(page.getByLabel(text)).filter({ visible: true }).first().waitFor()
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      )
      expect([place, overflow]).toEqual([place, 0])
      expect([place, await findBarriers(page)]).toEqual([place, []])
    }
    expect(complaints).toEqual([])
    await context.close()
  })
})

describe('a national team', () => {
  it('suspends an agency only after a second look, with a command to run', async () => {
    const { page, context, sent } = await signIn('es-GT', SPANISH)
    await goTo(page, '/national/suspend', 'Suspender')
    await page.getByLabel('Cuál').fill('GT-MP-FECO')
    await page.getByRole('button', { name: 'Revisar' }).click()
    await page.getByText('Escriba un motivo de una línea').waitFor()
    await page.getByLabel('Motivo').fill("Oficio 41; '$(id)'")
    await page.getByLabel('Archivo de su clave').fill('gt.jwk.json')
    await page.getByLabel('Carpetas de suspensiones').fill('/var/lib/istmo/suspensions')
    const before = sent.length
    await page.getByRole('button', { name: 'Revisar' }).click()
    expect(await page.locator('.command').count()).toBe(0)
    await page.getByLabel('Para ver la orden').fill('GT-MP-FECO')
    const command = await page.locator('.command code').textContent()
    expect(command).toBe(
      `istmo suspend --agency GT-MP-FECO --reason 'Oficio 41; '\\''$(id)'\\''' --key-file gt.jwk.json --folder /var/lib/istmo/suspensions`,
    )
    expect(sent).toHaveLength(before)
    expect(await findBarriers(page)).toEqual([])
    await context.close()
  })
})
