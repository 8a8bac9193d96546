import type { ComponentType } from 'react'
import type { IconName } from '../look/icon.tsx'
import type { ConsoleConfig } from '../session/config.ts'

/** A room of the console: a place with a page that is loaded when somebody goes there. */
export interface Room {
  /** Its place in the router's form: `/person/$id`. A place with a parameter is reached by links only. */
  readonly path: string
  /** The key of its name among the words. */
  readonly name: string
  readonly group: 'analyst' | 'audit' | 'national'
  /** What stands beside its name. */
  readonly icon: IconName
  /** Only for officers who work for a purpose that this accepts. Default: all. */
  readonly purposes?: (purpose: string | null) => boolean
  /** The roles that do not see it among the rooms. */
  readonly notFor?: readonly string[]
  /** What its questions need, one of which the officer's token must have. Default: nothing. */
  readonly scopes?: readonly string[]
  /** Its name where a telephone has little room, among the words. Default: its name. */
  readonly short?: string
  /** Whether this console has the room. Default: it has. */
  readonly isThere?: (config: ConsoleConfig) => boolean
  readonly load: () => Promise<{ readonly Page: ComponentType }>
}
