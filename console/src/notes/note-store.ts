import type { Note } from './note.ts'

const DATABASE = 'istmo-console-notes'
const STORE = 'notes'
const BY_OWNER = 'owner'

/** Keeps notes in the browser. Nothing is sent anywhere. */
export interface NoteStore {
  /** Lists the notes of one officer. */
  list(owner: string): Promise<readonly Note[]>
  /** Keeps notes, in place of those with the same ids. Either all are kept or none. */
  keep(owner: string, notes: readonly Note[]): Promise<void>
  remove(owner: string, id: string): Promise<void>
  /** Removes all notes of one officer. */
  clear(owner: string): Promise<void>
}

/** Keeps notes in IndexedDB. An officer does not see the notes of another one who uses the same browser. */
export function openNoteStore(): NoteStore {
  return {
    async list(owner) {
      const found = await run('readonly', (store) => store.index(BY_OWNER).getAll(owner))
      return (found as readonly (Note & { readonly owner: string })[]).map(({ owner: _, ...note }) => note)
    },
    async keep(owner, notes) {
      await run('readwrite', (store) => {
        for (const note of notes) store.put({ ...note, owner })
        return store.count()
      })
    },
    async remove(owner, id) {
      await run('readwrite', (store) => store.delete([owner, id]))
    },
    async clear(owner) {
      await run('readwrite', (store) => store.delete(IDBKeyRange.bound([owner], [owner, []])))
    },
  }
}

/** Runs requests in one transaction, and gives the result of the last one when all of it is kept. */
async function run(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
  const database = await open()
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode)
      const request = act(transaction.objectStore(STORE))
      transaction.oncomplete = () => resolve(request.result)
      transaction.onabort = () => reject(transaction.error ?? new Error('expected the browser to keep the notes'))
    })
  } finally {
    database.close()
  }
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1)
    opening.onupgradeneeded = () => {
      // Two officers may import the same file: each has a note with this id.
      const store = opening.result.createObjectStore(STORE, { keyPath: ['owner', 'id'] })
      store.createIndex(BY_OWNER, 'owner')
    }
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => reject(opening.error ?? new Error('expected the browser to open its storage of notes'))
  })
}
