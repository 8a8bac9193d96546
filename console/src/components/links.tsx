import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { isRecordId } from '../../../contract/record-id.ts'
import { isolate } from './shown-text.tsx'

/** A link to the dossier of a person. What is not a record id leads nowhere. */
export function PersonLink({ id, children }: { readonly id: string; readonly children: ReactNode }) {
  const shown = isolate(children)
  if (!isRecordId(id)) return shown
  return (
    <Link to="/person/$id" params={{ id }}>
      {shown}
    </Link>
  )
}

/** A link to a case. What is not a record id leads nowhere. */
export function CaseLink({ id, children }: { readonly id: string; readonly children: ReactNode }) {
  const shown = isolate(children)
  if (!isRecordId(id)) return shown
  return (
    <Link to="/case/$id" params={{ id }}>
      {shown}
    </Link>
  )
}
