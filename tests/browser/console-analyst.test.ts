/** The console at the demo, as an analyst uses it in Spanish at a desk. In English on a telephone: silent-country.test.ts. */
import { hash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { parseCsv, readAttached } from '../../console/src/export/testing.ts'
import { searchName } from '../../tools/screenshots/open-console.ts'
import { DESK, findBarriers, goTo, readLine, type Setting, TELEPHONE, useConsoles } from './console-story.ts'

const DIST = join(import.meta.dirname, '../../console/dist')
const consoles = useConsoles()

describe('the console of an analyst', () => {
  it('finds a person by a misspelt name, shows the dossier over three identities, and exports what is noted', async () => {
    const { page } = await consoles.open(DESK)
    await searchName(page, 'es', 'Erik Ramires Gusman')
    expect(await page.locator('table tbody th').allInnerTexts()).toContain('Erick Ramírez Guzmán')
    expect(await readLine(page)).toMatch(
      /Guatemala respondió[\s\S]*Honduras respondió[\s\S]*El Salvador oculta: nacimiento/,
    )
    expect(await findBarriers(page)).toEqual([])

    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Exportar', exact: true }).click()
    await page.getByRole('menuitem', { name: 'CSV' }).click()
    const csv = readFileSync(await (await saved).path(), 'utf8')
    expect(csv).toMatch(/^\uFEFFRegistro,.*\r\nGT:P-000001,GT,/)
    expect(csv).toMatch(/Identificadores en el registro de auditoría,[0-9a-f-]{36}\r\n/)
    await page
      .getByText(/Asiento de esta exportación: [0-9a-f-]{36}, índice \d+, en el registro de auditoría de https:/)
      .waitFor()
    expect(await page.getByText(hash('sha256', csv, 'hex')).count()).toBe(1)

    const printed = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Exportar', exact: true }).click()
    await page.getByRole('menuitem', { name: 'PDF' }).click()
    const pdf = readFileSync(await (await printed).path())
    expect(parseCsv(await readAttached(pdf))[1]?.slice(0, 2)).toEqual(['GT:P-000001', 'GT'])
    await page.getByText(hash('sha256', pdf, 'hex')).waitFor()

    await page.getByRole('link', { name: 'Erick Ramírez Guzmán' }).click()
    const columns = page.getByRole('table', { name: 'Identidades', exact: true }).locator('thead th')
    await columns.filter({ hasText: 'SV:P-000003' }).waitFor()
    await page.locator('.identities').getByText('afirman que es la misma persona').waitFor()
    expect(await columns.count()).toBe(4)
    await page.getByRole('heading', { name: 'Cronología' }).waitFor()
    // The timeline may be there before the cases are.
    await page.locator('[aria-labelledby=cases] tbody tr').nth(5).waitFor()
    const titles = await page.locator('[aria-labelledby=cases] thead th').allInnerTexts()
    const roles = page.locator(`[aria-labelledby=cases] tbody td:nth-child(${titles.indexOf('Calidad') + 1})`)
    expect((await roles.allInnerTexts()).filter((text) => text.startsWith('Persona '))).not.toEqual([])
    await page.getByRole('button', { name: 'Demostración: datos inventados' }).click()
    await page.locator('.bar-menu').getByText('Honduras: datos inventados').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('navigation', { name: 'Contenido' }).getByRole('button', { name: 'Cronología' }).click()
    await page.getByText('Mapa de estos casos').click()
    await page.locator('.map-picture path[class*=step]').first().waitFor({ state: 'attached' })
    expect(await findBarriers(page)).toEqual([])
  })

  it('finds both persons of two countries who share a telephone, and somebody whose date of birth it was told wrong', async () => {
    const { page } = await consoles.open(DESK)
    const box = page.getByLabel('Nombre, documento, teléfono')
    await box.fill('+502 1555-0107')
    expect(await page.getByLabel('Qué es', { exact: true }).locator('option:checked').textContent()).toBe(
      'Teléfono (por su forma)',
    )
    await page.keyboard.press('Enter')
    // An analyst may not read identifiers, but may ask which countries know somebody who uses one.
    const hits = page.getByRole('table', { name: 'A quién preguntar' }).locator('tbody tr')
    await hits.filter({ hasText: 'Honduras' }).waitFor()
    await hits.filter({ hasText: 'Guatemala' }).waitFor()
    expect(await findBarriers(page)).toEqual([])

    await box.fill('Erik Ramires Gusman')
    await page.getByLabel('Nació el día').fill('11')
    await page.getByLabel('Mes', { exact: true }).selectOption('7')
    await page.getByLabel('Año', { exact: true }).fill('1974')
    await page.keyboard.press('Enter')
    // El Salvador hides the date of its record, which may be that of the person.
    const others = page.getByRole('button', { name: 'Sin la fecha hay 2 más' })
    await others.waitFor()
    expect(await findBarriers(page)).toEqual([])
    await others.click()
    await page.locator('.found tbody tr:not(.group)').nth(2).waitFor()
    // How many rows as high as the first one have room on the screen; the bar at the bottom of a telephone has 56 pixels.
    const countRows = async ({ viewport }: Setting, bar: number): Promise<number> => {
      await page.setViewportSize(viewport)
      await page.evaluate('scrollTo(0, 0)')
      const { y = 0, height = 1 } = (await page.locator('.found tbody tr:not(.group)').first().boundingBox()) ?? {}
      return (viewport.height - bar - y) / height
    }
    expect(await countRows(DESK, 0)).toBeGreaterThanOrEqual(8)
    expect(await countRows(TELEPHONE, 56)).toBeGreaterThanOrEqual(3)
    const rail = page.getByRole('navigation', { name: 'Menú' })
    expect(await rail.getByRole('link', { name: 'Notas' }).isVisible()).toBe(false)
    await rail.getByRole('button', { name: 'Más' }).click()
    await rail.getByRole('link', { name: 'Notas' }).click()
    await page.getByRole('heading', { name: 'Notas', exact: true }).waitFor()
    expect(await rail.getByRole('link', { name: 'Notas' }).isVisible()).toBe(false)
  })

  it('keeps notes in this browser: they are sent nowhere, and are there after a reload until they are deleted', async () => {
    const { page } = await consoles.open(DESK)
    const sent: string[] = []
    page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`))
    await goTo(page, '/person/GT:P-000001')
    await page.getByLabel('Nota nueva').fill('Preguntar a Tegucigalpa\n<img src=x onerror=alert(1)>')
    await page.getByRole('button', { name: 'Guardar nota' }).click()
    await page.getByText('<img src=x onerror=alert(1)>').waitFor()
    await page.reload()
    await page.getByRole('link', { name: 'Todas mis notas' }).click()
    await page.getByText('Preguntar a Tegucigalpa').waitFor()
    expect(await findBarriers(page)).toEqual([])
    await page.getByRole('button', { name: 'Borrar todo' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Borrar todo' }).click()
    await page.getByText('Todavía no hay notas').waitFor()
    expect(sent.length).toBeGreaterThan(0)
    expect(sent.filter((each) => each.includes('Tegucigalpa'))).toEqual([])
  })

  it('shows where the cases of a list happened', async () => {
    const { page } = await consoles.open(DESK)
    await page.getByRole('link', { name: 'Casos', exact: true }).click()
    await page.getByRole('button', { name: 'Mostrar casos' }).click()
    await page.locator('.map-picture path[class*=step]').first().waitFor({ state: 'attached' })
    const cells = await page.getByRole('table', { name: 'Casos por lugar' }).locator('td.number').allInnerTexts()
    expect(cells.reduce((sum, text) => sum + Number(text), 0)).toBe(50)
    expect(await findBarriers(page)).toEqual([])
  })

  it('comes back after a reload to the same place with the same purpose, without a click', async () => {
    const { page } = await consoles.open(DESK)
    await page.getByRole('link', { name: 'Derecho y tratados' }).click()
    await page.getByRole('heading', { name: 'Derecho y tratados' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Derecho y tratados' }).waitFor()
    expect(await page.locator('.bar').textContent()).toContain('Investigación')
  })

  it('loads at most 300 kB of compressed JavaScript before the first page', () => {
    const manifest = JSON.parse(readFileSync(join(DIST, 'manifest.json'), 'utf8')) as Record<string, Chunk>
    const page = readFileSync(join(DIST, 'index.html'), 'utf8')
    // The page names what is loaded at once: its script, and what that script loads next.
    const named = [...page.matchAll(/(?:src|href)="\/console\/([^"]+\.js)"/g)].map(([, file]) => file)
    const first = Object.keys(manifest).filter((name) => named.includes(manifest[name]?.file))
    expect(first.some((name) => name.startsWith('_frame-'))).toBe(true)
    const files = new Set<string>()
    const add = (name: string): void => {
      const chunk = manifest[name]
      if (chunk === undefined || files.has(chunk.file)) return
      files.add(chunk.file)
      for (const other of chunk.imports ?? []) add(other)
    }
    for (const name of first) add(name)
    const sizes = [...files].map((file) => gzipSync(readFileSync(join(DIST, file))).length)
    expect(sizes.length).toBeGreaterThan(0)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(300_000)
    expect(statSync(join(DIST, 'index.html')).size).toBeLessThan(5_000)
  })
})

interface Chunk {
  readonly file: string
  readonly imports?: readonly string[]
}
