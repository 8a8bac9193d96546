import type { ReactNode } from 'react'
import { isolate } from './shown-text.tsx'

/** The head of a page: its title, a note beside it, and what one can do at the right. */
export function PageHead({
  title,
  note,
  actions,
}: {
  readonly title: ReactNode
  readonly note?: ReactNode
  readonly actions?: ReactNode
}) {
  return (
    <header className="page-head">
      <h1>{isolate(title)}</h1>
      {note !== undefined && <span className="quiet-text">{isolate(note)}</span>}
      {actions !== undefined && <div className="head-actions no-print">{actions}</div>}
    </header>
  )
}
