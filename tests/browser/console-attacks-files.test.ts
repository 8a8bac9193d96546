/** Files that an attacker's texts go into or come out of: exports that a spreadsheet opens, reports and notes that somebody loads, and commands to copy. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseCsv, readAttached, readXlsx, unzipParts } from '../../console/src/export/testing.ts'
import { writeAttackedFiles } from './attacks/attacked-files.ts'
import {
  goTo,
  type HostileWorld,
  openHostileWorld,
  openWindow,
  signIn,
  type VictimWindow,
} from './attacks/hostile-world.ts'
import { inspectPage } from './attacks/inspect-page.ts'
import { attackWith } from './attacks/payloads.ts'
import { ANALYST_VISITS, visit } from './attacks/visits.ts'

let world: HostileWorld
let victim: VictimWindow
let page: Page
beforeAll(async () => {
  world = await openHostileWorld()
  world.doors.officer = { subject: 'ana', name: '=1+1' }
  victim = await openWindow(world)
  page = victim.page
  await signIn(page)
})
afterAll(() => world?.stop())

/** Exports what the page shows, and returns the file. */
async function exportAs(format: 'CSV' | 'XLSX' | 'PDF'): Promise<Buffer> {
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Exportar', exact: true }).last().click()
  await page.getByRole('menuitem', { name: format }).click()
  const download = await saved
  expect(download.suggestedFilename()).toMatch(/^istmo-[\p{L}\p{N}-]+\.(?:csv|xlsx|pdf)$/u)
  return readFileSync(await download.path())
}

/** What a spreadsheet would take for a formula, at the beginning of a cell. */
const FORMULA = /^[\s\u00a0\ufeff\u200b"]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]/
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u

/** The cells that a spreadsheet sees in a CSV file, if it divides at commas and if it divides at semicolons. */
function cellsOf(csv: string): readonly string[] {
  const rows = parseCsv(csv.replace('\ufeff', '')).flat()
  const lines = csv.replace('\ufeff', '').split('\r\n')
  const divided = lines.flatMap((line) => [...line.matchAll(/(?:^|;)(?:"((?:[^"]|"")*)"[^;]*|([^;]*))/g)])
  return [...rows, ...divided.map(([, quoted, plain]) => quoted ?? plain ?? '')]
}

const isNumber = (cell: string): boolean => /^[+-]?[\d.]+$/.test(cell)

describe.each(['formula', 'markup'] as const)('an export with texts of the attack «%s»', (attack) => {
  it.each(
    ANALYST_VISITS.filter(({ place }) => /cases|person|case\//.test(place)).map((each) => [each.place, each] as const),
  )('of %s runs nothing in a spreadsheet or a reader of PDF', async (_, each) => {
    world.doors.attack = attack
    // Another place, so that the answers are new.
    const place = each.place.replace(/-1$/, `-${attack}`)
    await goTo(page, '/notes')
    await visit(page, world, { ...each, place })
    const csv = (await exportAs('CSV')).toString('utf8')
    const cells = cellsOf(csv)
    expect(cells.filter((cell) => FORMULA.test(cell) && !isNumber(cell))).toEqual([])
    expect(cells.filter((cell) => HIDDEN.test(cell))).toEqual([])
    expect(csv).toContain(world.doors.marks.of(each.shows))

    const xlsx = await exportAs('XLSX')
    const parts = [...unzipParts(xlsx)]
    expect(
      parts.filter(([name, xml]) => /external|hyperlink|macro|vba/i.test(name) || /<f[ >]|<hyperlink|DDE/.test(xml)),
    ).toEqual([])
    expect(
      readXlsx(xlsx)
        .flat()
        .filter((cell) => FORMULA.test(cell) && !isNumber(cell)),
    ).toEqual([])

    const pdf = await exportAs('PDF')
    expect(
      pdf.toString('latin1').match(/\/(?:JavaScript|JS|URI|Launch|OpenAction|AA|SubmitForm|GoToR|GoToE|ImportData)\b/g),
    ).toBeNull()
    expect(await readAttached(pdf)).toContain(world.doors.marks.of(each.shows))
    expect([...(await inspectPage(page)).faults, ...victim.watched.faults]).toEqual([])
  })
})

describe('a file that somebody loads', () => {
  it('is only text, whatever is in it', async () => {
    const write = attackWith('markup', world.doors.marks)
    const files = writeAttackedFiles((place) => write({ place, type: 'String' }))
    for (const { place, path, name, content, shows } of files) {
      await goTo(page, '/law')
      await goTo(page, place)
      const buffer = Buffer.from(content)
      await page
        .locator(path ?? 'main input[type=file]')
        .first()
        .setInputFiles({ name, mimeType: 'application/json', buffer })
      await page.locator('main').getByText(shows(world.doors.marks)).first().waitFor()
      const { faults, text } = await inspectPage(page)
      expect([name, faults]).toEqual([name, []])
      for (const each of content.match(/q\d+q/g) ?? [])
        expect([name, text]).toEqual([name, expect.stringContaining(each)])
    }
    expect(victim.watched.faults).toEqual([])
  })
})

describe('a command to copy', () => {
  it('gives a shell the attacker’s text as one word', async () => {
    const id = '019ab7e5-2f40-7c3a-9c1d-3a1b2c3d4e5f'
    world.doors.attack = 'shell'
    world.doors.honest = { 'Entry.entry.id': id, 'Entry.entry.kind': 'leg' }
    await goTo(page, `/audit/entry/${id}`)
    const command = (await page.locator('.command code', { hasText: 'was-allowed' }).textContent()) ?? ''
    const out = join(world.folder, 'out')
    await mkdir(out)
    const script = `istmo() { printf '%s\\n' "$@"; }\n${command}`
    const words = execFileSync('/bin/sh', ['-c', script], { cwd: out }).toString().split('\n')
    const log = attackWith('shell', world.doors.marks)({ place: 'Entry.entry.log', type: 'String' })
    expect(words).toEqual(['audit', 'was-allowed', id, '--log', log.split('/').at(-1), ''])
    expect(readdirSync(out)).toEqual([])
  })

  it('is not shown if it would have to name what nobody can read', async () => {
    world.doors.attack = 'markup'
    const id = '019ab7e5-2f40-7c3a-9c1d-3a1b2c3d4e60'
    world.doors.honest = { 'Entry.entry.id': id, 'Entry.entry.kind': 'leg' }
    await goTo(page, `/audit/entry/${id}`)
    await page.getByText('Aquí no se muestra la orden').waitFor()
    expect(await page.locator('.command').count()).toBe(0)
  })
})
