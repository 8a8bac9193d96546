import type { ComponentType } from 'react'
import type { ConsoleConfig } from '../session/config.ts'

/** A room of the console: a place with a page that is loaded when somebody goes there. */
export interface Room {
  /** Its place in the router's form: `/person/$id`. */
  readonly path: string
  /** The key of its name among the words. */
  readonly name: string
  readonly group: 'analyst' | 'audit' | 'national'
  /** Whether the menu leads there. A place with a parameter is reached by links only. */
  readonly isInMenu: boolean
  /** Only for officers who work for one of these purposes. Default: all. */
  readonly purposes?: readonly string[]
  /** Whether this console has the room. Default: it has. */
  readonly isThere?: (config: ConsoleConfig) => boolean
  readonly load: () => Promise<{ readonly Page: ComponentType }>
}

/** The names of rooms that the layout has a place for and that do not exist yet. The menu says so, and leads nowhere. */
export const LATER_ROOMS = ['rooms.alerts', 'rooms.requests', 'rooms.decisions'] as const
