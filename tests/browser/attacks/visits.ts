/** How one gets to each page of the console that shows what others wrote, and to all that it shows. */
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { goTo, type HostileWorld } from './hostile-world.ts'

const click = (page: Page, name: string): Promise<void> =>
  page.getByRole('button', { name, exact: true }).first().click()

/** Opens each `details` of the page, so that all of it is shown. */
const OPEN_ALL = `for (const each of document.querySelectorAll('main details')) each.open = true`

/** A visit: the place, what an officer does there, and what is awaited. */
export interface Visit {
  readonly place: string
  readonly act?: (page: Page, world: HostileWorld) => Promise<void>
  /** The place of a text (`fill-answer.ts`) that the page shows when it is ready. */
  readonly shows: string
}

/** The visits of an analyst. */
export const ANALYST_VISITS: readonly Visit[] = [
  {
    place: '/',
    shows: 'SearchPersons.persons.edges.matchedName',
    act: async (page) => {
      await page.getByLabel('Nombre, documento, teléfono').fill('Ana')
      await click(page, 'Buscar')
    },
  },
  {
    place: '/',
    shows: 'IccsTitles.iccsClasses.classes.titleEs',
    act: async (page) => {
      await page.getByLabel('Nombre, documento, teléfono').fill('robo')
      await click(page, 'Buscar')
    },
  },
  {
    place: '/cases',
    shows: 'Cases.cases.edges.node.offences.nationalLabel',
    act: async (page) => {
      await click(page, 'Mostrar casos')
      await page.locator('.map-picture').waitFor()
    },
  },
  {
    place: '/counts',
    shows: 'CaseCounts.caseCounts.counts.country',
    act: async (page) => {
      await click(page, 'Contar')
      await page.locator('.count-grid').first().waitFor()
    },
  },
  {
    place: '/lists',
    shows: 'PersonListHits.personListHits.hits.contactPoint',
    act: async (page) => {
      const buffer = Buffer.from('nombre;nacimiento\nAna;1980-01-01\n')
      await page.setInputFiles('input[type=file]', { name: 'lista.csv', mimeType: 'text/csv', buffer })
      await click(page, 'Preguntar por 1 persona')
    },
  },
  {
    place: '/law',
    shows: 'LawOfTwo.dualCriminality.perCountry.statutes.heading',
    act: async (page) => {
      await page.getByLabel('Delito (nombre o código)').fill('0401')
      await click(page, 'Consultar')
    },
  },
  {
    place: '/law',
    shows: 'TreatyArticles.legalInstrument.articles.edges.node.heading',
    act: async (page) => {
      await page.getByLabel('Delito (nombre o código)').fill('0401')
      await click(page, 'Consultar')
      // The treaties about other conduct are folded, and the articles in them; both may still be open from the visit before.
      await page.locator('section[aria-labelledby=treaties] summary').first().waitFor()
      await page.evaluate(OPEN_ALL)
    },
  },
  { place: '/person/GT:P-1', shows: 'PersonCases.person.cases.edges.node.offences.nationalLabel' },
  { place: '/case/GT:C-1', shows: 'CaseFile.case.narrative' },
  {
    place: '/network/GT:P-1',
    shows: 'PersonNetwork.person.sameAs.names.full',
    act: async (page) => {
      await page.locator('summary', { hasText: 'La misma red como tabla' }).click()
      await page.locator('.graph canvas').first().waitFor()
      await page.locator('summary', { hasText: 'Camino hasta' }).click()
      await page.getByLabel('Camino entre dos personas').selectOption({ index: 1 })
    },
  },
]

const ENTRY = '019ab7e5-2f40-7c3a-9c1d-3a1b2c3d4e5f'

/** The visits of an auditor and of a national team to pages that ask oversight. */
export const AUDIT_VISITS: readonly Visit[] = [
  { place: '/audit', shows: 'Entries.entries.edges.node.kind' },
  { place: `/audit/entry/${ENTRY}`, shows: 'EntryWords.entry.words.title' },
  { place: '/audit/counts?by=agency', shows: 'Counts.counts.key' },
  { place: '/audit/patterns', shows: 'Patterns.patterns.agency' },
  {
    place: '/audit/record',
    shows: 'WhoSaw.whoSaw.edges.node.kind',
    act: async (page, { folder }) => {
      await page.getByLabel('Registro', { exact: true }).fill('GT:P-1')
      await page.setInputFiles('input[type=file]', join(folder, 'GT.refs.json'))
      await click(page, 'Buscar quién lo vio')
    },
  },
  { place: '/audit/logs', shows: 'Viewer.logs.origin' },
  {
    place: '/audit/report',
    shows: 'ReportCounts.purpose.key',
    act: async (page) => {
      await page.getByLabel('Primer día').fill('2026-11-01')
      await page.getByLabel('Último día').fill('2026-11-30')
      await click(page, 'Hacer el informe')
    },
  },
  { place: '/national', shows: 'Counts.counts.key' },
]

/** Pays a visit, opens all that can be opened, and waits for what it shows. */
export async function visit(page: Page, world: HostileWorld, { place, act, shows }: Visit): Promise<void> {
  await goTo(page, place)
  await act?.(page, world)
  await page.locator('main').getByText(world.doors.marks.of(shows)).first().waitFor({ state: 'attached' })
  await page.evaluate(OPEN_ALL)
}
