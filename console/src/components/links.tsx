import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { isRecordId } from '../../../contract/record-id.ts'
import { isolate } from './shown-text.tsx'

/** A link to a place of a record: its dossier, its case or its network. What is not a record id leads nowhere. */
export function RecordLink({
  to,
  id,
  button,
  children,
}: {
  readonly to: '/person/$id' | '/case/$id' | '/network/$id'
  readonly id: string
  /** How it looks if it looks as a button. */
  readonly button?: 'filled' | 'default'
  readonly children: ReactNode
}) {
  const shown = isolate(children)
  if (!isRecordId(id)) return shown
  const link = (props: { readonly children?: ReactNode }) => <Link {...props} to={to} params={{ id }} />
  if (button === undefined) return link({ children: shown })
  return (
    <Button variant={button} renderRoot={link}>
      {shown}
    </Button>
  )
}
