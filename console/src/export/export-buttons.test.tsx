// @vitest-environment happy-dom
import { screen } from '@testing-library/react'
import type { UserEvent } from '@testing-library/user-event'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { sha256Hex } from '../../../clients/base64url.ts'
import type { AnswerProblem } from '../session/session.ts'
import { makeAnswer, show, word } from '../testing.tsx'
import { ExportButtons } from './export-buttons.tsx'

const EXPORTS = { exports: { url: 'https://console.gt.example/console/exports' } }
const ENTRY = { id: '0199-export', index: 41, authority: 'https://authority.gt.example' }

/** Keeps what the browser would save. */
function catchFiles(): { readonly name: string; readonly content: Promise<string>; readonly blob: Blob }[] {
  const files: { readonly name: string; readonly content: Promise<string>; readonly blob: Blob }[] = []
  const blobs: Blob[] = []
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    blobs.push(blob as Blob)
    return 'blob:istmo'
  })
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    const blob = blobs.at(-1) ?? expect.fail()
    files.push({ name: this.download, content: blob.text(), blob })
  })
  onTestFinished(() => {
    vi.restoreAllMocks()
  })
  return files
}

const HIDDEN = { code: 'FORBIDDEN_BY_COUNTRY', country: 'SV', coordinate: 'Case.narrative', message: '', path: [] }
const NOT_PUBLISHED = { country: 'CR', domain: 'cases', reach: 'NOT_PUBLISHED', code: null }

const table = (
  <ExportButtons
    name="Casos"
    answers={[makeAnswer('Cases', { requestId: 'r-1' }), makeAnswer('Cases', { requestId: 'r-2' })]}
    isComplete
    columns={[{ title: 'Caso', value: ({ id }: { readonly id: string }) => id }]}
    rows={[{ id: 'GT:C-1' }, { id: 'HN:C-2' }]}
  />
)

const exportAs = async (user: UserEvent, act: string): Promise<void> => {
  await user.click(screen.getByRole('button', { name: word('export.menu') }))
  await user.click(await screen.findByRole('menuitem', { name: new RegExp(`${word(`export.as.${act}`)}$`) }))
}

describe('an export', () => {
  it('is noted at the authority by the SHA-256 of its file, which says how to verify it, and the page names the entry', async () => {
    const files = catchFiles()
    const noted: unknown[] = []
    const { user, session } = await show(table, { config: EXPORTS })
    session.sending = async (address, init) => {
      expect(address).toBe(EXPORTS.exports.url)
      expect(files).toEqual([])
      noted.push(JSON.parse(String(init.body)))
      return new Response(JSON.stringify(ENTRY), { status: 201 })
    }
    await exportAs(user, 'csv')
    await expect.poll(() => files.length).toBe(1)
    const content = await (files[0]?.content ?? expect.fail())
    expect(files[0]?.name).toMatch(/^istmo-casos-\d{12}\.csv$/)
    expect(content).toContain('GT:C-1')
    for (const text of ['r-1', 'r-2', word('export.verify'), word('export.complete'), 'Honduras']) {
      expect(content).toContain(text)
    }
    const [{ digest, ...entry }] = noted as [{ readonly digest: string }]
    expect(entry).toEqual({ requests: ['r-1', 'r-2'], format: 'csv', rows: 2 })
    // Without a salt, whoever reads the log could guess which records were exported.
    expect(content).toMatch(new RegExp(`"${word('export.salt')}","?'?[\\w-]{22}"?\r\n`))
    expect(await sha256Hex(await (files[0]?.blob ?? expect.fail()).arrayBuffer())).toBe(digest)
    expect(await screen.findByText(word('export.entryIs', { ...ENTRY }), { exact: false })).toBeTruthy()
    expect(screen.getByText(digest)).toBeTruthy()
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it.each([
    ['a country withholds small numbers', { withheld: ['HN'] }, {}],
    ['a rule hides a field', {}, { problems: [HIDDEN] }],
    ['a country publishes nothing of it', {}, { countries: [NOT_PUBLISHED] }],
    ['there are more rows', { isComplete: false }, {}],
  ])('is not called complete if %s', async (_, part, answer) => {
    const files = catchFiles()
    const own = { name: 'Casos', answers: [makeAnswer('Cases', answer)], isComplete: true, columns: [], rows: [] }
    const { user } = await show(<ExportButtons {...own} {...part} />)
    await exportAs(user, 'csv')
    await expect.poll(() => files.length).toBe(1)
    const content = await (files[0]?.content ?? expect.fail())
    expect(content).toContain(word('export.incomplete').slice(0, 20))
    expect(content).not.toContain(word('export.complete').slice(0, 20))
  })

  it('names in its file what is hidden, because an empty cell would look like a value that nobody recorded', async () => {
    const files = catchFiles()
    const hide = (country: string | null, coordinate: string): AnswerProblem => ({
      ...{ code: 'FORBIDDEN_BY_COUNTRY', country, coordinate, message: '', path: [] },
    })
    const problems = [hide('SV', 'Person.birthDate'), hide(null, 'Person.identifiers')]
    const answers = [makeAnswer('SearchPersons', { problems })]
    const { user } = await show(<ExportButtons name="Buscar" answers={answers} isComplete columns={[]} rows={[]} />, {
      config: {},
    })
    await exportAs(user, 'csv')
    await expect.poll(() => files.length).toBe(1)
    const content = await (files[0]?.content ?? expect.fail())
    expect(content).toContain(`${word('export.hidden')},El Salvador: Nacimiento (Person.birthDate)`)
    expect(content).toContain(`${word('export.hidden')},Todos los países: Documentos (Person.identifiers)`)
    expect(content).toContain(word('export.incomplete').split(',')[0])
  })

  it.each([
    ['refuses', async () => new Response('{"error":"NO_RIGHT"}', { status: 403 }), 'NO_RIGHT (403)'],
    ['gives no entry', async () => new Response('{}', { status: 201 }), 'unknown (201)'],
    ['is not reached', async () => Promise.reject(new Error('sin red')), 'sin red'],
  ])('makes no file if the authority %s, and says so', async (_, sending, message) => {
    const files = catchFiles()
    const { user, session } = await show(table, { config: EXPORTS })
    session.sending = sending
    await exportAs(user, 'csv')
    expect((await screen.findByRole('alert')).textContent).toContain(message)
    expect(files).toEqual([])
    expect(screen.getByRole('button', { name: word('export.menu') })).toHaveProperty('disabled', false)
  })

  it('cannot be asked for twice while it is being noted', async () => {
    const files = catchFiles()
    const { user, session } = await show(table, { config: EXPORTS })
    const { promise, resolve } = Promise.withResolvers<Response>()
    let requests = 0
    session.sending = () => {
      requests++
      return promise
    }
    await exportAs(user, 'csv')
    expect(await screen.findByText(word('export.noting'))).toBeTruthy()
    for (const button of screen.getAllByRole('button')) expect(button).toHaveProperty('disabled', true)
    await user.click(screen.getByRole('button', { name: word('export.menu') }))
    expect(screen.queryByRole('menuitem')).toBeNull()
    resolve(new Response(JSON.stringify(ENTRY), { status: 201 }))
    await expect.poll(() => files.length).toBe(1)
    expect(requests).toBe(1)
  })

  it('says in its file if the authority notes no exports', async () => {
    const files = catchFiles()
    const { user } = await show(table, { language: 'en' })
    await exportAs(user, 'csv')
    await expect.poll(() => files.length).toBe(1)
    expect(await files[0]?.content).toContain(word('export.noEntry'))
  })

  it('notes what is printed, and prints it with the entry', async () => {
    const printing = vi.fn(() => screen.queryByText(word('export.entryIs', { ...ENTRY }), { exact: false }))
    vi.stubGlobal('print', printing)
    onTestFinished(() => {
      vi.unstubAllGlobals()
    })
    const { user, session } = await show(table, { config: EXPORTS })
    session.sending = async () => new Response(JSON.stringify(ENTRY), { status: 201 })
    await exportAs(user, 'print')
    await expect.poll(() => printing.mock.results.length).toBe(1)
    expect(printing.mock.results[0]?.value).toBeTruthy()
  })
})
