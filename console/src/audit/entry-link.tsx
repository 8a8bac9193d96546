import { Link } from '@tanstack/react-router'
import { ShownText } from '../components/shown-text.tsx'

/** A link to an entry. What is not an id of one leads nowhere. */
export function EntryLink({ id, text }: { readonly id: string; readonly text: string }) {
  const shown = <ShownText text={text} />
  if (!/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(id)) return shown
  return (
    <Link to="/audit/entry/$id" params={{ id }}>
      {shown}
    </Link>
  )
}
