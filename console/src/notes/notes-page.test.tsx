// @vitest-environment happy-dom
import { screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { fileInput, type Shown, show, word } from '../testing.tsx'
import { type Note, writeNotesFile } from './note.ts'
import type { NoteStore } from './note-store.ts'
import { Notes } from './notes.tsx'
import { NotesPage } from './notes-page.tsx'
import { NoteStoreContext } from './use-notes.ts'

const idOf = (digit: number): string => `${String(digit).repeat(8)}-0000-4000-8000-${String(digit).repeat(12)}`
const note = (digit: number, text: string, record = 'GT:P-1'): Note => ({
  ...{ id: idOf(digit), kind: record.includes(':C-') ? 'case' : 'person', record, text },
  changedAt: Date.parse(`2026-11-2${digit}T12:00:00Z`),
})

/** A storage in memory. `failing`: why it keeps nothing; null as long as it does. */
class TestStore implements NoteStore {
  failing: string | null = null
  readonly notes = new Map<string, Note>()

  constructor(notes: readonly Note[]) {
    for (const each of notes) this.notes.set(each.id, each)
  }

  async list(): Promise<readonly Note[]> {
    this.#mayFail()
    return [...this.notes.values()]
  }

  async keep(_owner: string, notes: readonly Note[]): Promise<void> {
    this.#mayFail()
    for (const each of notes) this.notes.set(each.id, each)
  }

  async remove(_owner: string, id: string): Promise<void> {
    this.#mayFail()
    this.notes.delete(id)
  }

  async clear(): Promise<void> {
    this.#mayFail()
    this.notes.clear()
  }

  #mayFail(): void {
    if (this.failing !== null) throw new Error(this.failing)
  }
}

const open = async (store: NoteStore, page = <NotesPage />, language: 'es' | 'en' = 'es'): Promise<Shown> =>
  show(<NoteStoreContext.Provider value={store}>{page}</NoteStoreContext.Provider>, { language })

const listed = (): readonly (string | null)[] => screen.getAllByRole('listitem').map(({ textContent }) => textContent)

describe('the notes of a record', () => {
  it('are those of this record and no other, as text', async () => {
    const store = new TestStore([note(1, '<b>uno</b>'), note(2, 'dos', 'HN:P-2'), note(3, 'tres', 'GT:C-1')])
    await open(store, <Notes kind="person" record="GT:P-1" />)
    expect(await screen.findByText('<b>uno</b>')).toBeTruthy()
    expect(listed()).toHaveLength(1)
    expect(screen.getByText(new RegExp(word('notes.where')))).toBeTruthy()
  })

  it('get a new one, whose form is empty again when it is kept', async () => {
    const store = new TestStore([])
    const { user, session } = await open(store, <Notes kind="person" record="GT:P-1" />)
    const box = screen.getByRole('textbox', { name: word('notes.new') })
    await user.type(box, '  Llamar al MP ')
    await user.click(screen.getByRole('button', { name: word('notes.keep') }))
    expect(await screen.findByText('Llamar al MP')).toBeTruthy()
    expect(box).toHaveProperty('value', '')
    expect([...store.notes.values()]).toMatchObject([{ kind: 'person', record: 'GT:P-1', text: 'Llamar al MP' }])
    expect(session.asked).toEqual([])
  })

  it('do not lose what was written if the browser cannot keep it, and say so', async () => {
    const store = new TestStore([])
    const { user } = await open(store, <Notes kind="person" record="GT:P-1" />)
    store.failing = 'QuotaExceededError'
    const box = screen.getByRole('textbox', { name: word('notes.new') })
    await user.type(box, 'Importante')
    await user.click(screen.getByRole('button', { name: word('notes.keep') }))
    expect((await screen.findByRole('alert')).textContent).toContain('QuotaExceededError')
    expect(box).toHaveProperty('value', 'Importante')
    expect(box.getAttribute('aria-invalid')).toBe('true')
  })
})

describe('all notes', () => {
  it.each([
    ['es', /Todavía no hay notas/],
    ['en', /There are no notes yet/],
  ] as const)('say how to write one, if there is none (%s)', async (language, text) => {
    await open(new TestStore([]), <NotesPage />, language)
    expect(await screen.findByText(text)).toBeTruthy()
    expect(screen.queryByRole('button', { name: word('notes.removeAll') })).toBeNull()
    expect(screen.getByRole('button', { name: word('notes.export') })).toHaveProperty('disabled', true)
  })

  it('can be changed, and left as they were', async () => {
    const store = new TestStore([note(1, 'uno')])
    const { user } = await open(store)
    await user.click(await screen.findByRole('button', { name: word('notes.change') }))
    await user.type(screen.getByRole('textbox', { name: word('notes.change') }), ' y dos')
    await user.click(screen.getByRole('button', { name: word('grounds.cancel') }))
    expect(screen.getByText('uno')).toBeTruthy()
    await user.click(screen.getByRole('button', { name: word('notes.change') }))
    await user.type(screen.getByRole('textbox', { name: word('notes.change') }), ' y tres')
    await user.click(screen.getByRole('button', { name: word('notes.keep') }))
    expect(await screen.findByText('uno y tres')).toBeTruthy()
  })

  it('can be deleted one by one, and the last one brought back, by the keyboard alone', async () => {
    const store = new TestStore([note(1, 'uno'), note(2, 'dos', 'HN:C-2')])
    const { user } = await open(store)
    const [first] = await screen.findAllByRole('button', { name: word('notes.remove') })
    first?.focus()
    await user.keyboard('{Enter}')
    await expect.poll(() => listed().length).toBe(1)
    // The button that had the focus is gone.
    await expect.poll(() => document.activeElement?.textContent).toBe('Deshacer')
    expect(document.activeElement?.closest('[role=status]')?.textContent).toContain(word('notes.removed'))
    await user.keyboard('{Enter}')
    await expect.poll(() => listed().length).toBe(2)
    expect([...store.notes.values()]).toContainEqual(note(1, 'uno'))
  })

  it('lead to the record that each is about', async () => {
    await open(new TestStore([note(1, 'uno'), note(2, 'dos', 'HN:C-2')]))
    expect((await screen.findByRole('link', { name: 'GT:P-1' })).getAttribute('href')).toMatch(/^\/person\//)
    expect(screen.getByRole('link', { name: 'HN:C-2' }).getAttribute('href')).toMatch(/^\/case\//)
  })

  it('are all deleted only after a second look', async () => {
    const store = new TestStore([note(1, 'uno'), note(2, 'dos')])
    const { user } = await open(store)
    await user.click(await screen.findByRole('button', { name: word('notes.removeAll') }))
    const dialog = within(screen.getByRole('dialog', { name: word('notes.removeAll') }))
    await user.click(dialog.getByRole('button', { name: word('grounds.cancel') }))
    expect([store.notes.size, screen.queryByRole('dialog')]).toEqual([2, null])
    await user.click(screen.getByRole('button', { name: word('notes.removeAll') }))
    await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: word('notes.removeAll') }))
    expect(await screen.findByText(word('notes.none'))).toBeTruthy()
    expect(store.notes.size).toBe(0)
  })

  it('say why the browser does not give them', async () => {
    const store = new TestStore([])
    store.failing = 'InvalidStateError'
    await open(store)
    expect((await screen.findByRole('alert')).textContent).toContain('InvalidStateError')
    expect(screen.queryByText(word('notes.none'))).toBeNull()
  })
})

describe('a file of notes', () => {
  const choose = async ({ user }: Shown, text: string): Promise<void> => {
    await screen.findByRole('heading', { name: word('notes.file') })
    await user.upload(fileInput(word('notes.import')), new File([text], 'notas.json', { type: 'application/json' }))
  }

  it('adds its notes, and of two versions of one the newer stays', async () => {
    const store = new TestStore([note(3, 'la nueva')])
    const older = { ...note(3, 'la vieja'), changedAt: 5 }
    const shown = await open(store)
    await choose(shown, writeNotesFile([older, note(4, 'otra')]))
    expect(await screen.findByText(word('notes.imported', { count: 2 }))).toBeTruthy()
    expect(await screen.findByText('otra')).toBeTruthy()
    expect(screen.getByText('la nueva')).toBeTruthy()
    expect(screen.queryByText('la vieja')).toBeNull()
  })

  it.each([
    ['that is none', 'nombre;nacimiento', 'notes.problemFile', {}],
    ['of another version', '{"istmo":"notes","version":7,"notes":[]}', 'notes.problemVersion', { version: 7 }],
    ['with a wrong note', '{"istmo":"notes","version":1,"notes":[{}]}', 'notes.problemNote', { number: 1 }],
  ])('%s is not taken, and the page says why', async (_, text, key, values) => {
    const store = new TestStore([note(1, 'uno')])
    const shown = await open(store)
    await choose(shown, text)
    expect((await screen.findByRole('alert')).textContent).toBe(word(key, values))
    expect([...store.notes.values()]).toEqual([note(1, 'uno')])
  })
})
