import { statfs } from 'node:fs/promises'

/** The share of the disk that must be free before the gateway reports that it is ready (docs/design/audit-log.md, Durable before release). */
export const MIN_FREE_SHARE = 0.05

/**
 * Measures how much of the folder's disk is free for users other than root.
 * @returns a share from 0 to 1. Rejects with the file system's error if the folder does not exist.
 */
export async function freeShare(folder: string): Promise<number> {
  const { bavail, blocks } = await statfs(folder)
  return blocks === 0 ? 1 : bavail / blocks
}

/**
 * Checks whether the folder's disk has room.
 * @param share the smallest free share, from 0 to 1
 */
export async function hasRoom(folder: string, share: number = MIN_FREE_SHARE): Promise<boolean> {
  return (await freeShare(folder)) >= share
}
