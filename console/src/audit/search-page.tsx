import { EntryDesk } from './entry-desk.tsx'

/** The search for entries. */
export function SearchPage() {
  return <EntryDesk id={null} />
}
