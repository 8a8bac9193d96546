import { ANALYST_ROOMS } from '../analyst/rooms.ts'
import { AUDIT_ROOMS } from '../audit/rooms.ts'
import { NATIONAL_ROOMS } from '../national/rooms.ts'
import type { Room } from './rooms.ts'

/** All rooms, in the order of the menu. */
export const ROOMS: readonly Room[] = [...ANALYST_ROOMS, ...AUDIT_ROOMS, ...NATIONAL_ROOMS]
