import { ANALYST_ROOMS } from '../analyst/rooms.ts'
import type { Room } from './rooms.ts'

/** All rooms, in the order of the menu. */
export const ROOMS: readonly Room[] = [...ANALYST_ROOMS]
