import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { useSignedIn } from '../session/use-session.ts'
import { mergeNotes, type Note } from './note.ts'
import { type NoteStore, openNoteStore } from './note-store.ts'

/** Where notes are kept: in this browser. Tests have a storage of their own. */
export const NoteStoreContext = createContext<NoteStore>(openNoteStore())

/** The notes of the officer, and what can be done with them. Each act rejects if the browser could not keep it. */
export interface OfficersNotes {
  /** The oldest first; undefined until they are read. */
  readonly notes: readonly Note[] | undefined
  /** Why they could not be read; null if they could. */
  readonly error: Error | null
  /** Keeps new and changed notes. */
  keep(notes: readonly Note[]): Promise<void>
  remove(id: string): Promise<void>
  clear(): Promise<void>
}

/** Returns the notes of the officer who is signed in. */
export function useNotes(): OfficersNotes {
  const { officer } = useSignedIn()
  // Two officers of an agency may have one name.
  const owner = JSON.stringify([officer.country, officer.agency, officer.subject])
  const queries = useQueryClient()
  const key = ['notes', owner]
  const store = useContext(NoteStoreContext)
  const { data, error } = useQuery({ queryKey: key, queryFn: async () => mergeNotes(await store.list(owner), []) })
  const act = async (done: Promise<void>): Promise<void> => {
    await done
    await queries.invalidateQueries({ queryKey: key })
  }
  return {
    notes: data,
    error,
    keep: (notes) => act(store.keep(owner, notes)),
    remove: (id) => act(store.remove(owner, id)),
    clear: () => act(store.clear(owner)),
  }
}
