import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

/** A link to the dossier of a person. */
export function PersonLink({ id, children }: { readonly id: string; readonly children: ReactNode }) {
  return (
    <Link to="/person/$id" params={{ id }}>
      {children}
    </Link>
  )
}

/** A link to a case. */
export function CaseLink({ id, children }: { readonly id: string; readonly children: ReactNode }) {
  return (
    <Link to="/case/$id" params={{ id }}>
      {children}
    </Link>
  )
}
