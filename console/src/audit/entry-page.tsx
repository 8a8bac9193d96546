import { useParams } from '@tanstack/react-router'
import { EntryDesk } from './entry-desk.tsx'

/** One entry, beside the list that it was chosen from. */
export function EntryPage() {
  const { id = '' } = useParams({ strict: false }) as { readonly id?: string }
  return <EntryDesk id={id} />
}
